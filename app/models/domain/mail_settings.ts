import { DateTime } from 'luxon'
import { Refusal } from '#exceptions/refusals'
import type { Actor } from '#models/actor'
import type Domain from '#models/domain'
import type { DkimKey } from '#models/domain/dkim_key'
import MailSender from '#models/mail_sender'
import { Restrictions } from '#models/restriction/restrictions'

/** RFC 8461: what senders are asked to do when they cannot connect with TLS. */
export const mtaStsModes = ['none', 'testing', 'enforce'] as const
export type MtaSts = (typeof mtaStsModes)[number]

/** MAIL-11: recipients that one account may send to. */
export interface SendingLimits {
  readonly perHour: number
  readonly perDay: number
}

export const mostSending: SendingLimits = { perHour: 1000, perDay: 10_000 }

/** Columns of a domain that its mail pages write. */
export type MailColumns = Pick<
  Domain,
  | 'outMx'
  | 'sendingPerHour'
  | 'sendingPerDay'
  | 'dkimSelector'
  | 'dkimPrivateKey'
  | 'dkimPublicKey'
  | 'mtaSts'
  | 'mtaStsChangedAt'
  | 'programsUnlockedAt'
>

/** How one domain's mail goes. The verbs answer whether anything changed. */
export class MailSettings {
  constructor(private readonly domain: Domain) {}

  /** MAIL-10. */
  setOutMx(outMx: boolean, actor: Actor) {
    return this.domain.set('out_mx.update', () => ({ outMx }), actor)
  }

  /** MAIL-05: for all users of the domain. */
  setAllowedSenders(patterns: readonly string[], actor: Actor, seen?: string | null) {
    const { domain } = this
    const owner = { domainId: domain.id, mailboxId: null }
    return domain.change('domain_allowed_senders.update', actor, async (client) => {
      const restrictions = await Restrictions.of(domain, actor, client)
      restrictions.refuse('spam_check')
      return MailSender.replace(owner, 'allow', patterns, seen ?? null, client)
    })
  }

  /** MAIL-11. */
  setSendingLimits({ perHour, perDay }: SendingLimits, actor: Actor) {
    const limits = { sendingPerHour: perHour, sendingPerDay: perDay }
    return this.domain.set('sending_limits.update', () => limits, actor)
  }

  /** MAIL-11: what the domain's programs sent until now counts no more, so they send again. */
  unlockPrograms(actor: Actor) {
    const values = { programsUnlockedAt: DateTime.utc() }
    return this.domain.set('program_sending_unlock.store', () => values, actor)
  }

  /**
   * MAIL-11: from now on mail is signed with this key. `seen`: the selector that the page showed, so
   * that a second click makes no second key.
   */
  useDkimKey(key: DkimKey, seen: string | null, actor: Actor) {
    const { selector: dkimSelector, privateKey: dkimPrivateKey, publicKey: dkimPublicKey } = key
    const values = { dkimSelector, dkimPrivateKey, dkimPublicKey }
    return this.domain.set(
      'dkim_keys.store',
      (domain) => {
        if (domain.dkimSelector !== seen) throw new Refusal('dkim_key_was_changed_meanwhile')
        return values
      },
      actor
    )
  }

  stopDkim(actor: Actor) {
    const none = { dkimSelector: null, dkimPrivateKey: null, dkimPublicKey: null }
    return this.domain.set('dkim_keys.destroy', () => none, actor)
  }

  /** MAIL-11 (RFC 8461): senders read the policy anew when the moment of its change differs. */
  setMtaSts(mtaSts: MtaSts, actor: Actor) {
    const values = { mtaSts, mtaStsChangedAt: DateTime.utc() }
    return this.domain.set(
      'mta_sts.update',
      (domain) => (domain.mtaSts === mtaSts ? {} : values),
      actor
    )
  }
}
