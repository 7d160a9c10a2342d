import type { HttpContext } from '@adonisjs/core/http'
import { showSaved } from '#controllers/mailboxes_controller'
import { mailboxesOf } from '#models/account/visible'
import { checkForward } from '#models/mail_address'
import { readAddressList, versionOf } from '#models/mail_address/list'
import { deadTargetsOf } from '#models/mailbox/forwarders'
import MailboxForward from '#models/mailbox_forward'
import MailboxPolicy from '#policies/mailbox_policy'
import { forwarding } from '#validators/mail_settings'

/** MAIL-07. */
export default class ForwardsController {
  async edit({ account, bouncer, params, view }: HttpContext) {
    const mailbox = await mailboxesOf(account).where('id', params.mailbox_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('editForwards', mailbox)
    const { domain } = mailbox
    const addresses = await MailboxForward.addressesOf(mailbox.id)
    const version = versionOf(addresses)
    const dead = await deadTargetsOf(addresses, domain)
    const page = { mailbox, domain, server: domain.server, addresses, version, dead }
    return view.render('pages/forwards/edit', page)
  }

  async update(ctx: HttpContext) {
    const { account, bouncer, i18n, params, request, session } = ctx
    const mailbox = await mailboxesOf(account).where('id', params.mailbox_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('editForwards', mailbox)
    const address = `${mailbox.localPart}@${mailbox.domain.name}`
    const input = await request.validateUsing(forwarding, { meta: { address } })
    const { values: to } = readAddressList(input.forwards, checkForward)
    const wish = { to, keep: input.forward_keeps === 'on' }
    const actor = { by: account, ip: request.ip() }
    const isChanged = await mailbox.setForwarding(wish, actor, input.loaded)
    const dead = await deadTargetsOf(to, mailbox.domain)
    if (dead.length > 0) {
      const { unicodeName } = mailbox.domain
      const named = dead.slice(0, 5).map((each) => each.replace(/@.*/, `@${unicodeName}`))
      const words = { addresses: named.join('、'), more: dead.length - named.length }
      session.flash('warning', i18n.t('messages.mailboxes.dead_targets', words))
    }
    return showSaved(ctx, mailbox, isChanged)
  }
}
