import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf, mailboxesOf } from '#models/account/visible'
import { mailboxesOfDomain, mailboxSorts } from '#models/mailbox/listing'
import { sendingLocks } from '#monitoring/mail/sending_locks'
import { mailboxUsages } from '#monitoring/mail/usage'
import DomainPolicy from '#policies/domain_policy'
import MailboxPolicy from '#policies/mailbox_policy'
import { readList } from '#validators/list'

/**
 * What users' mail takes (PNL-05), and who may not send at the moment (MAIL-11): asked of the server
 * after the page is there. A piece of a page for scripts, a page for everybody else.
 */
export default class MailboxUsagesController {
  /** Of one page of the user list. */
  async index({ account, bouncer, params, request, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('seeUsages', domain)
    const list = await readList(request.qs(), mailboxSorts)
    const mailboxes = await mailboxesOfDomain(domain.id, list)
    const shown = await readUsages(domain, mailboxes.rows.map(asked))
    const page = request.ajax() ? 'partials/mailbox_usages' : 'pages/mailbox_usages/index'
    return view.render(page, { domain, server: domain.server, list, mailboxes, ...shown })
  }

  async show({ account, bouncer, params, request, view }: HttpContext) {
    const mailbox = await mailboxesOf(account).where('id', params.mailbox_id).firstOrFail()
    await bouncer.with(MailboxPolicy).authorize('show', mailbox)
    const { domain } = mailbox
    const { id, localPart, quotaMb } = mailbox
    const sendingUnlockedAt = mailbox.sendingUnlockedAt?.toJSDate() ?? null
    const shown = await readUsages(domain, [{ id, localPart, quotaMb, sendingUnlockedAt }])
    const page = request.ajax() ? 'partials/mailbox_usage' : 'pages/mailbox_usages/show'
    return view.render(page, { domain, server: domain.server, mailbox, ...shown })
  }
}

type Asked = Parameters<typeof mailboxUsages>[2][number] &
  Parameters<typeof sendingLocks>[2][number]

/** Both at once: each has a connection of its own. */
async function readUsages(
  domain: Parameters<typeof mailboxUsages>[1],
  mailboxes: readonly Asked[]
) {
  const [usages, locks] = await Promise.all([
    mailboxUsages(domain.server, domain, mailboxes),
    sendingLocks(domain.server, domain, mailboxes),
  ])
  return { usages, locks }
}

function asked(row: {
  readonly id: number
  readonly local_part: string
  readonly quota_mb: number
  readonly sending_unlocked_at: Date | string | null
}): Asked {
  const {
    id,
    local_part: localPart,
    quota_mb: quotaMb,
    sending_unlocked_at: sendingUnlockedAt,
  } = row
  return { id, localPart, quotaMb, sendingUnlockedAt }
}
