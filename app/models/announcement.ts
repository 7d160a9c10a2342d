import db from '@adonisjs/lucid/services/db'
import { hasMany } from '@adonisjs/lucid/orm'
import type { HasMany } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { DateTime } from 'luxon'
import { AnnouncementSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import AnnouncementTarget from '#models/announcement_target'
import type { StaffAuthor } from '#models/actor'
import { targetsNamed } from '#models/announcement/targets'
import type Staff from '#models/staff'
import StaffLog from '#models/staff_log'
import Task from '#models/task'

export const announcementKinds = ['news', 'maintenance', 'trouble'] as const
export const announcementAudiences = ['contractors', 'everybody'] as const

export interface AnnouncementText {
  readonly kind: (typeof announcementKinds)[number]
  readonly subject: string
  readonly body: string
  /** Names of contracts, servers and compute nodes, one a line; nothing: all customers. */
  readonly targets: string
  readonly audience: (typeof announcementAudiences)[number]
  readonly isMailed: boolean
  readonly shownFrom: DateTime
  readonly shownUntil: DateTime | null
  readonly workFrom: DateTime | null
  readonly workUntil: DateTime | null
}

export type AnnouncementState = 'draft' | 'waiting' | 'shown' | 'over' | 'withdrawn'

/**
 * OPS-07: news, maintenance notices and troubles for all customers or for those of certain contracts, servers or
 * compute nodes. Written, looked at, and then published once: what has been mailed does not change any more, it is withdrawn.
 */
export default class Announcement extends AnnouncementSchema {
  declare kind: AnnouncementText['kind']
  declare audience: AnnouncementText['audience']
  declare scope: 'all' | 'chosen'

  @hasMany(() => AnnouncementTarget)
  declare targets: HasMany<typeof AnnouncementTarget>

  static write(text: AnnouncementText, staff: Staff) {
    return db.transaction(async (client) => {
      const announcement = new this().useTransaction(client).merge({ staffId: staff.id })
      return announcement.#fill(text, client)
    })
  }

  /** Only while nobody has read it. */
  async rewrite(text: AnnouncementText) {
    await db.transaction(async (client) => {
      const draft = await this.#lockDraft(client)
      await draft.related('targets').query().delete()
      await draft.#fill(text, client)
    })
  }

  async discard() {
    await db.transaction(async (client) => {
      const draft = await this.#lockDraft(client)
      await draft.delete()
    })
  }

  /** Whoever reads it from now on; mails go out by and by, each person's once. */
  async publish(by: StaffAuthor & { readonly staff: Staff }) {
    await db.transaction(async (client) => {
      const draft = await this.#lockDraft(client)
      const publishedAt = DateTime.utc()
      const shownFrom = DateTime.max(draft.shownFrom, publishedAt)
      await draft.merge({ publishedAt, shownFrom, publishedById: by.staff.id }).save()
      const mailing = { kind: 'mail_announcement', payload: { announcementId: draft.id } }
      const runAt = draft.shownFrom.toJSDate()
      if (draft.isMailed) await Task.enqueue({ ...mailing, runAt, maxAttempts: 20 }, client)
      await draft.#tellStaff('announcement.store', by, client)
    })
  }

  /** Customers see it no more, and who was not mailed yet is not. */
  async withdraw(by: StaffAuthor) {
    await db.transaction(async (client) => {
      const now = await this.#lock(client)
      if (!now.publishedAt || now.withdrawnAt) throw new Refusal('announcement_is_not_shown')
      await now.merge({ withdrawnAt: DateTime.utc() }).save()
      await now.#tellStaff('announcement.destroy', by, client)
    })
  }

  get state(): AnnouncementState {
    const now = DateTime.utc()
    if (this.withdrawnAt) return 'withdrawn'
    if (!this.publishedAt) return 'draft'
    if (this.shownUntil && this.shownUntil <= now) return 'over'
    return this.shownFrom > now ? 'waiting' : 'shown'
  }

  get isDraft() {
    return this.publishedAt === null
  }

  async #lockDraft(client: TransactionClientContract) {
    const now = await this.#lock(client)
    if (!now.isDraft) throw new Refusal('announcement_is_published')
    return now
  }

  async #lock(client: TransactionClientContract) {
    await client
      .from('announcements')
      .where('id', this.id)
      .update({ kind: client.raw('kind') })
    return Announcement.query({ client }).where('id', this.id).firstOrFail()
  }

  async #fill({ targets: typed, ...text }: AnnouncementText, client: TransactionClientContract) {
    const targets = await targetsNamed(typed, client)
    const row: Announcement = this
    await row.merge({ ...text, scope: targets.length > 0 ? 'chosen' : 'all' }).save()
    for (const target of targets) await row.related('targets').create(target, { client })
    return row
  }

  #tellStaff(action: string, by: StaffAuthor, client: TransactionClientContract) {
    const { id, kind, scope, subject } = this
    return StaffLog.write(
      { ...by, action, target: `announcement ${id}`, details: { kind, scope, subject } },
      client
    )
  }
}
