import type { Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import MailingList from '#models/mailing_list'
import Server from '#models/server'
import { listsWithNews, takeOverChanges } from '#monitoring/mail/lists'

/** MAIL-06: who joined and left by mail becomes rows, though nobody looks at the members of any list. */
export default class TakeOverListChanges implements Job {
  static readonly kind = 'take_over_list_changes'

  async handle({ signal }: Pick<TaskRun, 'signal'>) {
    const servers = await Server.query().where('state', 'running').orderBy('id')
    for (const server of servers) {
      if (signal.aborted) return
      await this.#takeOver(server)
    }
  }

  /** A server that does not answer is asked again the next time. */
  async #takeOver(server: Server) {
    const lists = await MailingList.query()
      .whereIn('domain_id', (domains) =>
        domains.from('domains').select('id').where('server_id', server.id).whereNull('deleted_at')
      )
      .preload('domain', (domain) => domain.preload('server'))
      .orderBy('id')
    if (lists.length === 0) return
    const { value: news = [] } = await listsWithNews(server, lists)
    for (const list of news) await takeOverChanges(list)
  }
}
