import { setTimeout as wait } from 'node:timers/promises'
import { BenchFailure, type Bench } from '#tests/load/bench'
import { siteStatus } from '#tests/load/clients/site_client'
import { figuresOf } from '#tests/load/figures'
import type { Stage } from '#tests/load/stage'
import { contractCount, fillFees, monthsBack } from '#tests/load/stage/contracts'
import { Database } from '#tests/load/stage/database'
import {
  migrate,
  PanelProcess,
  panelSettings,
  type Settings,
} from '#tests/load/stage/panel_process'
import { until } from '#tests/load/stage/patience'
import { p50, p99, rounded } from '#tests/load/statistics'

interface Closing {
  readonly finished_at: string | null
  readonly last_contract_id: number
  readonly statements: number
}

const longestMs = 3600_000

/**
 * ORD-07: the statements and invoices of 100,000 contracts with some 350,000 fees, made by a panel's only process, which
 * is asked for a page all the while. Then the same for the next month, with the process killed in the middle and another
 * one started. The floor copies the rows that came of it within the database.
 */
const statements: Bench = {
  async run({ root, workspace, say }: Stage) {
    const settings = await panelSettings(workspace.path('statements.sqlite'))
    await migrate(root, settings)
    const db = new Database(settings.DB_FILE)
    workspace.onEnd(() => db.close())
    say(`storing ${contractCount} contracts`)
    const fees = fillFees(db)
    const month = new Month(root, settings, db, workspace.path('statements.log'))
    workspace.onEnd(() => month.panel?.stop())

    say('closing a month')
    await month.startPanel()
    const { ms, pages } = await month.close(monthsBack(2))
    say('closing the next one, killed in the middle')
    const killed = await month.closeKilled(monthsBack(1))
    const rows = month.counts()
    return figuresOf('statements', [ms], floorOf(db), {
      contracts: contractCount,
      fees,
      ...rows,
      killed_s: rounded(killed / 1000),
      page_p50_ms: rounded(p50(pages)),
      page_p99_ms: rounded(p99(pages)),
      rss_mb: await month.panel!.rssMb(),
    })
  },
}

export default statements

class Month {
  panel?: PanelProcess

  constructor(
    readonly root: string,
    readonly settings: Settings,
    readonly db: Database,
    readonly log: string
  ) {}

  /** It queues what the clock says as soon as it runs. */
  async startPanel() {
    this.panel = await PanelProcess.start(this.root, this.settings, this.log)
    const due = '2020-01-01 00:00:00.000'
    this.db.run(`update schedules set next_run_at = ? where name = 'close_months'`, due)
  }

  async close(month: string): Promise<{ ms: number; pages: number[] }> {
    await this.#when(month, () => true)
    const start = performance.now()
    const pages: number[] = []
    const closed = this.#when(month, (closing) => closing.finished_at !== null)
    let isOver = false
    const asking = this.#askPages(pages, () => isOver)
    await closed
    const ms = performance.now() - start
    isOver = true
    await asking
    this.#check(month)
    return { ms, pages }
  }

  async closeKilled(month: string): Promise<number> {
    const start = performance.now()
    await this.#when(month, ({ last_contract_id: last }) => last > contractCount / 2)
    this.panel!.child.kill('SIGKILL')
    await wait(200)
    await this.startPanel()
    await this.#when(month, (closing) => closing.finished_at !== null)
    this.#check(month)
    return performance.now() - start
  }

  counts() {
    const count = (table: string) => this.db.one<{ n: number }>(`select count(*) n from ${table}`).n
    return { statements: count('statements'), lines: count('statement_lines') }
  }

  #check(month: string) {
    const sql = 'select count(*) n from statements where month = ?'
    const { n } = this.db.one<{ n: number }>(sql, month)
    if (n !== contractCount) throw new BenchFailure(`${month}: ${n} statements`)
  }

  #when(month: string, isSo: (closing: Closing) => boolean): Promise<Closing> {
    const patience = { what: `closing ${month}`, withinMs: longestMs, everyMs: 100 }
    return until(patience, () => {
      const closing = this.db.find<Closing>('select * from month_closings where month = ?', month)
      return closing && isSo(closing) ? closing : null
    })
  }

  async #askPages(samples: number[], isOver: () => boolean) {
    const { hostname, port } = new URL(this.settings.APP_URL)
    while (!isOver()) {
      const start = performance.now()
      await siteStatus(hostname, hostname, { path: '/sign_in', port: Number(port) })
      samples.push(performance.now() - start)
      await wait(50)
    }
  }
}

/** Half of what is there: it came in two months. */
function floorOf(db: Database): number {
  const start = performance.now()
  db.transaction(() => {
    for (const table of ['statements', 'statement_lines', 'invoices'])
      db.run(`create table floor_${table} as select * from ${table} where id % 2 = 0`)
  })
  return performance.now() - start
}
