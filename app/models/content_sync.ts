import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { ContentSyncSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import Account from '#models/account'
import { providerFor, type Author } from '#models/actor'
import Domain from '#models/domain'
import StagingChange from '#models/staging_change'
import type { StagingFailure } from '#models/staging_change/kinds'

export type ContentSyncState = 'receiving' | 'publishing' | 'done' | 'failed'

/** Why nothing can come from there, whoever tries again. */
export class SourceNotReady extends Error {
  constructor(
    readonly failure: Extract<StagingFailure, `source_${'gone' | 'empty' | 'too_large'}`>
  ) {
    super(failure)
  }
}

/** What came over, see `relay`. */
interface Received {
  readonly travelled: number
  readonly sent: number
  readonly leftOut: readonly string[]
}

/**
 * WEB-08: the public files of a domain on one server become those of the same domain on another server of the
 * same contract: they are received into its staging (one change), which is then made public (another).
 */
export default class ContentSync extends ContentSyncSchema {
  declare failure: 'not_published' | null

  @belongsTo(() => Domain, { foreignKey: 'sourceDomainId' })
  declare source: BelongsTo<typeof Domain>

  @belongsTo(() => Domain, { foreignKey: 'targetDomainId' })
  declare target: BelongsTo<typeof Domain>

  @belongsTo(() => StagingChange, { foreignKey: 'changeId' })
  declare change: BelongsTo<typeof StagingChange>

  @belongsTo(() => StagingChange, { foreignKey: 'swapId' })
  declare swap: BelongsTo<typeof StagingChange>

  /** With both changes loaded. */
  get state(): ContentSyncState {
    if (this.failure || this.change.state === 'failed') return 'failed'
    if (!this.swap) return this.change.state === 'done' ? 'publishing' : 'receiving'
    if (this.swap.state === 'exchanging' || this.swap.state === 'copying') return 'publishing'
    return this.swap.state
  }

  get isOver() {
    return this.state === 'done' || this.state === 'failed'
  }

  /** Why, and so whether the target's staging is as it was. */
  get problem(): StagingFailure | 'not_published' | null {
    if (this.state !== 'failed') return null
    return this.change.state === 'failed' ? this.change.failure : 'not_published'
  }

  get leftOutNames(): readonly string[] {
    return JSON.parse(this.leftOut ?? '[]')
  }

  /** Of the domain that received, with all that its page tells. */
  static of(targetDomainId: number, id: number): Promise<ContentSync> {
    return this.query()
      .where({ id, targetDomainId })
      .preload('change')
      .preload('swap')
      .preload('source', (source) => source.preload('server'))
      .firstOrFail()
  }

  /** `seen`: the last change of the target's two sides that was shown. Refused like any other change of them. */
  static async begin(
    { source, target }: { readonly source: Domain; readonly target: Domain },
    seen: number,
    author: Author
  ): Promise<ContentSync> {
    refuseStrangers(source, target)
    let id = 0
    const wish = { kind: 'receive', seen, sourceId: source.id } as const
    await StagingChange.begin(target, wish, author, async (change, client) => {
      const sync = await this.create(
        {
          contractId: target.contractId,
          sourceDomainId: source.id,
          targetDomainId: target.id,
          changeId: change.id,
          accountId: author.by.id,
        },
        { client }
      )
      id = sync.id
    })
    return this.findOrFail(id)
  }

  /** As it is now; never one of another contract, or of another name. */
  async readySource(): Promise<Domain> {
    const target = await Domain.findOrFail(this.targetDomainId)
    const source = await Domain.query()
      .where({ id: this.sourceDomainId, name: target.name, contractId: target.contractId })
      .whereNull('deletedAt')
      .whereDoesntHave('deletion', () => {})
      .preload('server')
      .first()
    if (!source) throw new SourceNotReady('source_gone')
    return source
  }

  async note({ travelled, sent, leftOut }: Received) {
    this.travelled = travelled
    this.sent = sent
    this.leftOut = JSON.stringify(leftOut)
    await this.save()
  }

  /** Received, so it becomes public; once, whoever asks. Somebody who was at the target meanwhile comes first. */
  static async publish(changeId: number) {
    const sync = await this.query().where('changeId', changeId).preload('target').first()
    if (!sync || sync.swapId !== null || sync.failure) return
    const wish = { kind: 'swap', seen: changeId, copiesFirst: false } as const
    try {
      await StagingChange.begin(sync.target, wish, await sync.author(), async (swap, client) => {
        await sync.useTransaction(client).merge({ swapId: swap.id }).save()
      })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      await this.query().where({ id: sync.id }).whereNull('swapId').update({
        failure: 'not_published',
      })
    }
  }

  /** Received ones that nobody has made public, because whoever was about to was killed. */
  static async forgotten(): Promise<number[]> {
    const rows = await this.query()
      .whereNull('swapId')
      .whereNull('failure')
      .whereHas('change', (change) => change.where('state', 'done'))
    return rows.map(({ changeId }) => changeId)
  }

  private async author(): Promise<Author> {
    const by = this.accountId === null ? null : await Account.find(this.accountId)
    return by ? { by, ip: null } : providerFor(this.contractId, 'system')
  }
}

/** WEB-08: the same name, two servers, one contract. */
export function refuseStrangers(source: Domain, target: Domain) {
  const isSame = source.name === target.name && source.contractId === target.contractId
  if (!isSame || source.serverId === target.serverId) throw new Refusal('not_the_same_domain')
}
