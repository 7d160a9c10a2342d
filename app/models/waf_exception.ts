import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { WafExceptionSchema } from '#database/schema'

/** OPT-12: a rule that does not look at one path of a site, or at nothing of it, and who said so. */
export default class WafException extends WafExceptionSchema {
  static of(domainId: number, client?: TransactionClientContract): Promise<WafException[]> {
    return this.query({ client }).where('domainId', domainId).orderBy('rule').orderBy('id')
  }

  static async forget(domainId: number, client: TransactionClientContract) {
    await this.query({ client }).where('domainId', domainId).delete()
  }
}
