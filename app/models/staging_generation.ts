import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { StagingGenerationSchema } from '#database/schema'

/** `making`: not whole yet; `going`: being thrown away. */
export type GenerationState = 'making' | 'kept' | 'going'

export const mostGenerations = 5

/** WEB-02: a copy of what was public before a swap. It lies on the domain's volume, out of the customer's reach. */
export default class StagingGeneration extends StagingGenerationSchema {
  declare state: GenerationState

  static begin(domainId: number, client: TransactionClientContract): Promise<StagingGeneration> {
    return this.create({ domainId, state: 'making' }, { client })
  }

  /** Newest first. */
  static keptOf(domainId: number): Promise<StagingGeneration[]> {
    return this.query().where({ domainId, state: 'kept' }).orderBy('id', 'desc')
  }

  /** Of this domain, and whole. */
  static keptBy(domainId: number, id: number): Promise<StagingGeneration> {
    return this.query().where({ domainId, id, state: 'kept' }).firstOrFail()
  }

  /** More than the domain keeps, and those that never became whole. */
  static async surplusOf(domain: { id: number; stagingGenerations: number }) {
    const kept = await this.keptOf(domain.id)
    const going = await this.query().where({ domainId: domain.id, state: 'going' })
    return [...kept.slice(domain.stagingGenerations), ...going]
  }

  async keep({ files, bytes, skipped }: { files: number; bytes: number; skipped: number }) {
    this.files = files
    this.bytes = bytes
    this.skipped = skipped
    this.state = 'kept'
    await this.save()
  }
}
