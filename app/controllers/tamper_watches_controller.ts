import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf } from '#models/account/visible'
import { checkForward } from '#models/mail_address'
import { readAddressList } from '#models/mail_address/list'
import { baselineOf, latestLooksOf, stagingSinceBaseline } from '#models/tamper_look/listing'
import { progressOfLook } from '#models/tamper_look/progress'
import TamperWatch, { mostWatchAddresses } from '#models/tamper_watch'
import { readTimeOfDay, timeOfDay } from '#models/tamper_watch/time_of_day'
import TamperPolicy from '#policies/tamper_policy'
import { tamperWatch } from '#validators/tamper'

const shownLooks = 5

/** WEB-07: each day, whether somebody changed a domain's files. */
export default class TamperWatchesController {
  async show({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(TamperPolicy).authorize('show', domain)
    const watch = await TamperWatch.of(domain)
    const looks = await latestLooksOf(domain.id, shownLooks)
    const current = looks.find((look) => !look.isOver)
    return view.render('pages/tamper_watches/show', {
      domain,
      server: domain.server,
      watch,
      time: timeOfDay(watch.minute),
      looks,
      baseline: await baselineOf(watch),
      current,
      progress: current ? await progressOfLook(current.id) : null,
      staged: await stagingSinceBaseline(watch),
    })
  }

  async edit({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(TamperPolicy).authorize('change', domain)
    const watch = await TamperWatch.of(domain)
    return view.render('pages/tamper_watches/edit', {
      domain,
      server: domain.server,
      watch,
      time: timeOfDay(watch.minute),
      mostAddresses: mostWatchAddresses,
    })
  }

  async update({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(TamperPolicy).authorize('change', domain)
    const input = await request.validateUsing(tamperWatch)
    const wish = {
      enabled: input.tamper_watch === 'on',
      minute: readTimeOfDay(input.look_time)!,
      addresses: readAddressList(input.tamper_addresses, checkForward).values,
      keepsBaseline: input.tamper_telling === 'daily',
    }
    const isChanged = await TamperWatch.set(domain, wish, { by: account, ip: request.ip() })
    session.flash('success', i18n.t(isChanged ? 'messages.tamper.saved' : 'messages.unchanged'))
    return response.redirect().toRoute('tamper_watches.show', [domain.id])
  }
}
