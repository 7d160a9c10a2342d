import type { BaseCommand } from '@adonisjs/core/ace'
import type Server from '#models/server'

/** The server that staff asked for; otherwise says which ones there are, and the exit status is 1. */
export async function serverNamed(name: string, command: BaseCommand): Promise<Server | null> {
  const { default: Model } = await import('#models/server')
  const server = await Model.findBy('name', name)
  if (server) return server
  const known = await Model.query().select('name').orderBy('name')
  const names = known.map((one) => one.name).join('、') || 'まだありません'
  command.logger.error(`サーバ「${name}」は見つかりません。登録されているサーバ：${names}`)
  command.exitCode = 1
  return null
}
