import { readFile } from 'node:fs/promises'
import { args, BaseCommand } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'

/** DOM-02, DOM-03: a certificate of the provider's own, for the names that he gives out and for his servers. */
export default class CertificateProvide extends BaseCommand {
  static commandName = 'certificate:provide'
  static description =
    '事業者の証明書を、すべてのサーバで使います（テスト用ドメイン、レディドメイン、サーバ自身の名前）'
  static options: CommandOptions = { startApp: true }

  @args.string({ description: '証明書と中間CA証明書（PEM）' })
  declare chain: string

  @args.string({ description: '秘密鍵（PEM）' })
  declare key: string

  async run() {
    const { default: Certificate } = await import('#models/certificate')
    const { serverSuffix } = await import('#config/domains')
    const texts = {
      chain: await readFile(this.chain, 'utf8'),
      key: await readFile(this.key, 'utf8'),
    }
    const made = await Certificate.provide(texts, serverSuffix)
    this.logger.success(`${made.coveredNames.join(', ')} until ${made.validUntil?.toISODate()}`)
  }
}
