import type { HttpContext } from '@adonisjs/core/http'
import { nameServerNames } from '#config/dns'
import BasicDns from '#models/basic_dns'
import type { BasicDnsChoice } from '#models/basic_dns/lines'
import { domainsOf } from '#models/account/visible'
import NameServer from '#models/name_server'
import type Zone from '#models/zone'
import { apexLines } from '#models/zone/apex'
import { zoneOfDomain } from '#models/zone/of_domain'
import { progressOfZone } from '#models/zone/progress'
import { isUnderWay, publicationOf } from '#models/zone/publication_state'
import { wantedNameServers } from '#monitoring/delegation'
import DomainPolicy from '#policies/domain_policy'
import { basicDns } from '#validators/basic_dns'

/** DOM-04: who answers for a domain's name, and what. */
export default class BasicDnsController {
  async show({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('show', domain)
    const choice = await BasicDns.choiceOf(domain)
    const zone = await zoneOfDomain(domain).first()
    const secondary = await NameServer.findBy('role', 'secondary')
    return view.render('pages/basic_dns/show', {
      ...{ domain, server: domain.server, choice, zone, secondary },
      lines: zone && !zone.isSecondary ? [...apexLines(zone), ...(await linesOf(zone))] : [],
      publication: zone && publicationOf(zone),
      wanted: wantedNameServers(choice.pattern),
      isServed: secondary !== null,
      progress: await watchedZone(zone),
      secondaryName: nameServerNames.secondary,
    })
  }

  async edit({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editDns', domain)
    const choice = await BasicDns.choiceOf(domain)
    const zone = await zoneOfDomain(domain).first()
    return view.render('pages/basic_dns/edit', { domain, server: domain.server, choice, zone })
  }

  async update({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editDns', domain)
    const input = await request.validateUsing(basicDns, { meta: { name: domain.name } })
    const actor = { by: account, ip: request.ip() }
    const isChanged = await BasicDns.choose(domain, wishOf(input), actor)
    const said = isChanged ? 'messages.basic_dns.edited' : 'messages.unchanged'
    session.flash('success', i18n.t(said, { name: domain.unicodeName }))
    return response.redirect().toRoute('basic_dns.show', [domain.id])
  }
}

/** What was just saved, while it is on its way. */
export async function watchedZone(zone: Zone | null) {
  return zone && isUnderWay(zone) ? progressOfZone(zone.id) : null
}

type Input = Awaited<ReturnType<typeof basicDns.validate>>

/** What the chosen pattern has no use for is not kept. */
function wishOf(input: Input) {
  const { pattern, web, mail } = input
  const choice: BasicDnsChoice = {
    ...{ pattern, web, mail },
    webTarget: web === 'elsewhere' ? (input.web_target ?? null) : null,
    mailTarget: mail === 'elsewhere' ? (input.mail_target ?? null) : null,
  }
  return { ...choice, primaries: pattern === 'B' ? (input.dns_primaries ?? []) : [] }
}

function linesOf(zone: Zone) {
  return zone.related('records').query().orderBy('id')
}
