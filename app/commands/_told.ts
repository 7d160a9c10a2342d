import type { BaseCommand } from '@adonisjs/core/ace'
import { Refusal } from '#exceptions/refusals'

/**
 * What an operator's script gets: one JSON object, or words. A refusal is said as the panel's pages say it, and the exit status is 1;
 * its key is in the JSON as `refused`.
 */
export async function told(
  command: BaseCommand & { json: boolean },
  work: () => Promise<{ readonly words: string; readonly facts: object }>
): Promise<void> {
  try {
    const { words, facts } = await work()
    if (command.json) command.logger.log(JSON.stringify(facts))
    else command.logger.success(words)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    command.exitCode = 1
    if (command.json) return command.logger.log(JSON.stringify({ refused: error.key }))
    const { default: i18n } = await import('@adonisjs/i18n/services/main')
    command.logger.error(i18n.locale('ja').t(`messages.refusals.${error.key}`, error.data))
  }
}
