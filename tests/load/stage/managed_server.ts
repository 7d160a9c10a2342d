import { BenchFailure } from '#tests/load/bench'
import { greeting, impatientMs, siteStatus } from '#tests/load/clients/site_client'
import { ImapClient } from '#tests/load/clients/imap_client'
import type { Further } from '#tests/load/figures'
import type { Database } from '#tests/load/stage/database'
import type { Installation } from '#tests/load/stage/installation'
import { until } from '#tests/load/stage/patience'

interface ServerRow {
  name: string
  instance: string
  address: string
  ssh_port: number
  host_key: string
  state: string
}

interface RunRow {
  state: string
  figures: string | null
}

interface TaskRow {
  id: number
  kind: string
  state: string
  message: string | null
  error: string | null
}

const buildPatience = { what: 'a built server', withinMs: 180_000, everyMs: 20 }

/** A server that was ordered from the measured panel. */
export class ManagedServer {
  private constructor(
    readonly installation: Installation,
    readonly id: number,
    readonly row: ServerRow
  ) {}

  /** Built, converged for the first time, and answering to strangers on web, mail and SSH. */
  static async whenReady(installation: Installation, id: number): Promise<ManagedServer> {
    const { db } = installation
    const instead = () => tasksInWords(db, id)
    const row = await until({ ...buildPatience, instead }, () => {
      const idle = tasksAreOver(db, id)
      const server = db.one<ServerRow>('select * from servers where id = ?', id)
      return idle && server.state === 'running' ? server : null
    })
    const server = new ManagedServer(installation, id, row)
    await server.whenAnswering()
    return server
  }

  get address() {
    return this.row.address
  }

  /** Rejects when the task failed; answers when it was done. */
  async whenDone(taskId: number, everyMs = 5): Promise<void> {
    const { db } = this.installation
    const instead = () => tasksInWords(db, this.id)
    const patience = { what: `task ${taskId}`, withinMs: 600_000, everyMs, instead }
    await until(patience, () => {
      const task = db.one<TaskRow>('select * from tasks where id = ?', taskId)
      refuseFailed(task)
      return task.state === 'done' || null
    })
  }

  /** What the run of a task says about itself; of the build when no task is named. */
  runFigures(taskId?: number): Further {
    const { db } = this.installation
    const of = taskId === undefined ? 'server_id' : 'task_id'
    const sql = `select state, figures from runs where ${of} = ? order by id desc limit 1`
    const run = db.one<RunRow>(sql, taskId ?? this.id)
    if (!['done', 'unchanged'].includes(run.state)) throw new BenchFailure(`run: ${run.state}`)
    const { activations, ...rest } = JSON.parse(run.figures ?? '{}')
    return flat({ reloads: activations, ...rest })
  }

  /** Until the site answers one of the statuses, asked again and again over new connections. */
  async whenSiteAnswers(host: string, statuses: readonly number[], everyMs = 5): Promise<number> {
    let last = 0
    const what = `${host} answering ${statuses}`
    const instead = () => `last answer ${last}`
    return until({ what, withinMs: 30_000, everyMs, instead }, async () => {
      last = await siteStatus(this.address, host)
      return statuses.includes(last) ? last : null
    })
  }

  /** Removes the machine itself; its row stays as one that is not running. */
  async discard() {
    const { db, lxd } = this.installation
    db.run(`update servers set state = 'stopped' where id = ?`, this.id)
    await lxd.removeAll(this.row.instance)
  }

  /** Processors and memory as programs inside see them. */
  async sizeInside() {
    const script = 'nproc; sed -n "s/^MemTotal: *//p" /proc/meminfo'
    const told = await this.installation.lxd.ask(this.row.instance, ['sh', '-c', script])
    const [processors, memoryKb] = told.split('\n').map((line) => Number.parseInt(line, 10))
    return { processors, memoryKb }
  }

  async webAnswers(): Promise<boolean> {
    return (await siteStatus(this.address, this.address, { timeoutMs: impatientMs })) > 0
  }

  /** Every daemon, to strangers. */
  async whenAnswering() {
    let silent: string[] = []
    const instead = () => `silent: ${silent.join(', ')}`
    const patience = { what: 'every daemon', withinMs: 30_000, everyMs: 20, instead }
    await until(patience, async () => {
      silent = await this.#silent()
      return silent.length === 0 || null
    })
  }

  /** Which daemons do not answer a stranger yet. */
  async #silent(): Promise<string[]> {
    const { address, row } = this
    const web = await siteStatus(address, address, { timeoutMs: impatientMs })
    if (web === 0) return ['web']
    const [ssh, smtp, imap] = await Promise.all([
      greeting(address, row.ssh_port),
      greeting(address, 25),
      ImapClient.connect(address).catch(() => null),
    ])
    imap?.close()
    const answering = {
      web: web > 0,
      ssh: ssh.startsWith('SSH-'),
      smtp: smtp.startsWith('220 '),
      imap,
    }
    return Object.entries(answering).flatMap(([name, answers]) => (answers ? [] : [name]))
  }
}

function tasksAreOver(db: Database, serverId: number) {
  const tasks = db.all<TaskRow>('select * from tasks where server_id = ?', serverId)
  tasks.forEach(refuseFailed)
  return tasks.length > 0 && tasks.every((task) => task.state === 'done')
}

function tasksInWords(db: Database, serverId: number) {
  const tasks = db.all<TaskRow>('select * from tasks where server_id = ? order by id', serverId)
  return tasks.map(({ kind, state, message }) => `${kind} ${state} ${message ?? ''}`).join('; ')
}

/** Also one that waits for another try: figures would hold the wait. */
function refuseFailed(task: TaskRow) {
  if (task.state === 'failed' || (task.state === 'queued' && task.error)) {
    throw new BenchFailure(`${task.kind} ${task.id} ${task.state}: ${task.message}\n${task.error}`)
  }
}

/** `{ ms: { check: 3 } }` → `{ ms_check: 3 }`, so that a line holds plain figures. */
function flat(figures: Record<string, unknown>, before = ''): Further {
  const entries = Object.entries(figures).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null
      ? Object.entries(flat(value as Record<string, unknown>, `${before}${key}_`))
      : [[`${before}${key}`, value as string | number | null] as const]
  )
  return Object.fromEntries(entries)
}
