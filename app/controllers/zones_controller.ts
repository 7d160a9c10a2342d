import type { HttpContext } from '@adonisjs/core/http'
import { watchedZone } from '#controllers/basic_dns_controller'
import { zonesOf } from '#models/account/visible'
import { apexLines } from '#models/zone/apex'
import { recordRowsOf, zoneRowsOf, zoneSorts } from '#models/zone/listing'
import NameServer from '#models/name_server'
import Zone from '#models/zone'
import { publicationOf } from '#models/zone/publication_state'
import ZonePolicy from '#policies/zone_policy'
import { readList } from '#validators/list'
import { newSecondaryZone, newZone, secondarySettings, zoneSettings } from '#validators/zone'

/** OPT-10: zones of the contract on the provider's name servers. */
export default class ZonesController {
  async index({ account, bouncer, request, view }: HttpContext) {
    await bouncer.with(ZonePolicy).authorize('index')
    const list = await readList(request.qs(), zoneSorts)
    return view.render('pages/zones/index', { list, zones: await zoneRowsOf(account, list) })
  }

  async create({ bouncer, request, view }: HttpContext) {
    await bouncer.with(ZonePolicy).authorize('create')
    const kind = request.qs().kind === 'secondary' ? 'secondary' : 'primary'
    return view.render('pages/zones/create', { kind })
  }

  async store({ account, bouncer, i18n, request, response, session }: HttpContext) {
    await bouncer.with(ZonePolicy).authorize('create')
    const isSecondary = request.input('kind') === 'secondary'
    const input = await request.validateUsing(isSecondary ? newSecondaryZone : newZone)
    const { zone_name: name } = input
    const primaries = 'primaries' in input ? (input.primaries as string[]) : undefined
    const kind = isSecondary ? ('secondary' as const) : ('primary' as const)
    const zone = await Zone.order({ name, kind, primaries }, { by: account, ip: request.ip() })
    session.flash('success', i18n.t('messages.zones.added', { name: zone.unicodeName }))
    return response.redirect().toRoute('zones.show', [zone.id])
  }

  async show({ account, bouncer, params, request, view }: HttpContext) {
    const zone = await zonesOf(account).where('id', params.id).firstOrFail()
    await bouncer.with(ZonePolicy).authorize('show', zone)
    const list = await readList(request.qs(), [''])
    const records = await recordRowsOf(zone.id, list)
    return view.render('pages/zones/show', {
      ...{ zone, list, records, apex: apexLines(zone) },
      ...{ publication: publicationOf(zone), progress: await watchedZone(zone) },
      secondary: zone.isSecondary ? await NameServer.findBy('role', 'secondary') : null,
    })
  }

  async edit({ account, bouncer, params, view }: HttpContext) {
    const zone = await zonesOf(account).where('id', params.id).firstOrFail()
    await bouncer.with(ZonePolicy).authorize('edit', zone)
    return view.render('pages/zones/edit', { zone })
  }

  async update({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const zone = await zonesOf(account).where('id', params.id).firstOrFail()
    await bouncer.with(ZonePolicy).authorize('edit', zone)
    const wish = zone.isSecondary
      ? addressesOf(await request.validateUsing(secondarySettings))
      : settingsOf(await request.validateUsing(zoneSettings))
    const actor = { by: account, ip: request.ip() }
    const isChanged = await zone.change(actor, { action: 'zones.update' }, (_, now) => {
      now.merge(wish)
    })
    session.flash('success', i18n.t(isChanged ? 'messages.zones.saved' : 'messages.unchanged'))
    return response.redirect().toRoute('zones.show', [zone.id])
  }
}

type Settings = Awaited<ReturnType<typeof zoneSettings.validate>>

const settingsOf = (input: Settings) => ({
  defaultTtl: input.default_ttl,
  soaRefresh: input.soa_refresh,
  soaRetry: input.soa_retry,
  soaExpire: input.soa_expire,
  soaMinimum: input.soa_minimum,
})

const addressesOf = ({ primaries }: { readonly primaries: readonly string[] }) => ({
  primaries: primaries.join('\n'),
})
