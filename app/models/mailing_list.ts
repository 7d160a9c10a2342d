import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { MailingListSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import type { Actor } from '#models/actor'
import Domain from '#models/domain'
import { isDuplicate } from '#models/domain/name_claim'
import { listsAmong, refuseTakenListName } from '#models/mailing_list/collisions'
import type {
  ListSettings,
  MailingListChange,
  Moderation,
  NewMailingList,
  Posting,
  ReplyTarget,
} from '#models/mailing_list/settings'
import MailingListMember from '#models/mailing_list_member'
import MailingListModerator from '#models/mailing_list_moderator'
import { operate, unchanged } from '#models/operation'
import Server from '#models/server'
import { retried } from '#models/task/contention'

export const firstSettings: ListSettings = {
  description: null,
  posting: 'members',
  moderation: 'none',
  subjectPrefix: null,
  autoSubscription: false,
  archive: true,
  replyTo: 'list',
}

/** A change of who is a member that mail made on the server, in the order in which it happened. */
export interface MailChange {
  readonly action: 'join' | 'leave'
  readonly address: string
}

/**
 * A mailing list of a domain (MAIL-06). What is called `…Rows` works inside the transaction of whoever changes many
 * lists at once; the other verbs are one change each: rows, a line in the operation log and one apply.
 */
export default class MailingList extends MailingListSchema {
  declare posting: Posting
  declare moderation: Moderation
  declare replyTo: ReplyTarget

  @belongsTo(() => Domain)
  declare domain: BelongsTo<typeof Domain>

  static async add(
    domain: Domain,
    wish: NewMailingList,
    members: readonly string[],
    actor: Actor
  ): Promise<MailingList> {
    const target = `${wish.localPart}@${domain.unicodeName}`
    const operation = { action: 'mailing_list.store', target, domainId: domain.id }
    try {
      return await operate(
        actor,
        operation,
        async (client) => {
          const server = await lockServerOf(domain, client)
          const list = await this.addRows(domain, wish, client)
          await list.addMemberRows(domain, members, client)
          await requestApply(server, domain, `mailing_list.store ${target}`, actor, client)
          return list
        },
        8
      )
    } catch (error) {
      if (isDuplicate(error)) throw new Refusal('list_name_is_taken', 'local_part')
      throw error
    }
  }

  /** Call with the locked server. */
  static async addRows(
    domain: Domain,
    { localPart, moderators = [], ...settings }: NewMailingList,
    client: TransactionClientContract
  ) {
    await refuseTakenListName(domain, localPart, client)
    const values = { ...firstSettings, ...settings }
    const list = await this.create({ domainId: domain.id, localPart, ...values }, { client })
    await list.refuseLists(domain, moderators, 'moderators', client)
    await MailingListModerator.replace(list.id, moderators, client)
    return list
  }

  /** Each verb answers whether anything changed: a form may be sent as it was. */
  edit(change: MailingListChange, actor: Actor) {
    return this.change('mailing_list.update', actor, (list, domain, client) =>
      list.editRows(domain, change, client)
    )
  }

  async editRows(
    domain: Domain,
    { moderators, ...settings }: MailingListChange,
    client: TransactionClientContract
  ): Promise<boolean> {
    const list: MailingList = this
    list.merge(
      Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
    )
    const isEdited = this.$isDirty
    if (isEdited) await this.useTransaction(client).save()
    if (moderators === undefined) return isEdited
    await this.refuseLists(domain, moderators, 'moderators', client)
    return (await MailingListModerator.replace(this.id, moderators, client)) || isEdited
  }

  /** Answers how many are new. */
  async addMembers(addresses: readonly string[], actor: Actor): Promise<number> {
    let added = 0
    await this.change('mailing_list_members.store', actor, async (list, domain, client) => {
      added = await list.addMemberRows(domain, addresses, client)
      return added > 0
    })
    return added
  }

  async addMemberRows(
    domain: Domain,
    addresses: readonly string[],
    client: TransactionClientContract
  ) {
    await this.refuseLists(domain, addresses, 'members', client)
    return MailingListMember.addRows(this.id, addresses, 'panel', client)
  }

  /** Answers how many were members. */
  async removeMembers(addresses: readonly string[], actor: Actor): Promise<number> {
    let removed = 0
    await this.change('mailing_list_members.destroy', actor, async (list, _domain, client) => {
      removed = await MailingListMember.removeRows(list.id, addresses, client)
      return removed > 0
    })
    return removed
  }

  replaceMembers(addresses: readonly string[], actor: Actor) {
    return this.change('mailing_list_members.update', actor, async (list, domain, client) => {
      const { added, removed } = await list.replaceMemberRows(domain, addresses, client)
      return added + removed > 0
    })
  }

  async replaceMemberRows(
    domain: Domain,
    addresses: readonly string[],
    client: TransactionClientContract
  ) {
    await this.refuseLists(domain, addresses, 'members', client)
    return MailingListMember.replaceRows(this.id, addresses, client)
  }

  /**
   * Changes that mail made on the server become rows here, once: `seen` is the number of the last one, `after` the
   * number that the rows were right up to. The server leaves out what is seen, so nothing counts twice. Nobody's
   * operation, hence no line in the log. Answers whether they were still news.
   */
  async takeOver(
    changes: readonly MailChange[],
    at: { readonly epoch: string; readonly after: number; readonly seen: number }
  ): Promise<boolean> {
    const domain = await Domain.findOrFail(this.domainId)
    const attempt = async (client: TransactionClientContract) => {
      const server = await lockServerOf(domain, client)
      const list = await MailingList.query({ client }).where('id', this.id).first()
      if (!list || seenOf(list, at.epoch) !== at.after) return false
      for (const { action, address } of changes) {
        if (action === 'join') await MailingListMember.addRows(list.id, [address], 'mail', client)
        else await MailingListMember.removeRows(list.id, [address], client)
      }
      await list.merge({ changesEpoch: at.epoch, changesSeen: at.seen }).save()
      const reason = `mailing_list.mail ${this.localPart}@${domain.unicodeName}`
      await server.requestApply({ reason, domainIds: [domain.id] }, client)
      return true
    }
    return retried(() => MailingList.transaction(attempt), 8)
  }

  remove(actor: Actor) {
    return this.change('mailing_list.destroy', actor, async (list, _domain, client) => {
      await MailingList.removeRows([list.id], client)
      return true
    })
  }

  static async removeRows(ids: readonly number[], client: TransactionClientContract) {
    const whose = [...ids]
    for (const table of ['mailing_list_members', 'mailing_list_moderators']) {
      await client.from(table).whereIn('mailing_list_id', whose).delete()
    }
    await this.query({ client }).whereIn('id', whose).delete()
  }

  /** MAIL-06: what a list of the same domain gets would come back. */
  private async refuseLists(
    domain: Domain,
    addresses: readonly string[],
    field: string,
    client: TransactionClientContract
  ) {
    const lists = await listsAmong(domain, addresses, client)
    if (lists.length === 0) return
    const names = lists.slice(0, 5).join('、')
    throw new Refusal('lists_are_no_members', field, { names })
  }

  /** `work` gets the row as it is now, which nobody else changes meanwhile; false: it was so already. */
  private async change(
    action: string,
    actor: Actor,
    work: (list: MailingList, domain: Domain, client: TransactionClientContract) => Promise<boolean>
  ): Promise<boolean> {
    const domain = await Domain.findOrFail(this.domainId)
    const target = `${this.localPart}@${domain.unicodeName}`
    const operation = { action, target, domainId: domain.id }
    const attempt = async (client: TransactionClientContract) => {
      const server = await lockServerOf(domain, client)
      const list = await MailingList.query({ client }).where('id', this.id).first()
      if (!list) throw new Refusal('mailing_list_is_gone')
      if (!(await work(list, domain, client))) return unchanged
      await requestApply(server, domain, `${action} ${target}`, actor, client)
    }
    return (await operate(actor, operation, attempt, 8)) !== unchanged
  }
}

/** Changes of another epoch are of a server that began anew: none of them is seen. */
export function seenOf(list: MailingList, epoch: string) {
  return list.changesEpoch === epoch ? list.changesSeen : 0
}

function requestApply(
  server: Server,
  domain: Domain,
  reason: string,
  { by }: Actor,
  client: TransactionClientContract
) {
  return server.requestApply({ reason, domainIds: [domain.id], by }, client)
}

async function lockServerOf(domain: Domain, client: TransactionClientContract) {
  const server = await Server.lock(domain.serverId, client)
  await server.refuseGone(domain, client)
  return server
}
