import { BenchFailure, type Bench } from '#tests/load/bench'
import type { PanelClient } from '#tests/load/clients/panel_client'
import { figuresOf } from '#tests/load/figures'
import { rsyncAlone, type Copied } from '#tests/load/floors/rsync_alone'
import type { Stage } from '#tests/load/stage'
import type { ManagedServer } from '#tests/load/stage/managed_server'
import { until } from '#tests/load/stage/patience'
import { runThere } from '#tests/load/stage/site_files'
import { rounded } from '#tests/load/statistics'

const host = 'backup.example.jp'
const files = 200_000
/** 5 GB together; nothing that can be compressed. */
const bytesEach = 25_000
const generations = 3

const fill = `
import os, sys
uid, root, count, size = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
os.setgroups([]); os.setresgid(uid, uid, uid); os.setresuid(uid, uid, uid)
for number in range(count):
    if number % 1000 == 0:
        os.mkdir(f"{root}/html/d{number // 1000}")
    with open(f"{root}/html/d{number // 1000}/{number % 1000}.bin", "wb") as file:
        file.write(os.urandom(size))
`

/** Every hundredth file has other content afterwards. */
const change = `
import os, sys
uid, root, count, size = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
os.setgroups([]); os.setresgid(uid, uid, uid); os.setresuid(uid, uid, uid)
for number in range(0, count, 100):
    with open(f"{root}/html/d{number // 1000}/{number % 1000}.bin", "wb") as file:
        file.write(os.urandom(size - 1))
`

/**
 * BKP-02: a domain of 5 GB in 200,000 files, from the staff's button until the generation is whole: the first, one with 1 % of
 * the files changed, and one in which nothing is new while the oldest goes. Beside each what rsync alone takes for the same on
 * the server itself, from one directory to another: no network, no second machine, nothing kept of the day before.
 */
const backup: Bench = {
  async run(stage: Stage) {
    const installation = await stage.installation()
    stage.say('building a server and a backup host')
    const { server } = await installation.order('B')
    const { TestBackupHost } = await import('#tests/support/test_backup_host')
    const store = await TestBackupHost.make()
    stage.workspace.onEnd(() => store.remove())
    const staff = await installation.staff()
    stage.workspace.onEnd(() => staff.close())
    const { id, uid } = await addDomain(server)
    const root = `/data/domain/${host}`
    const run = (program: string) =>
      runThere(server, ['python3', '-c', program, String(uid), root, `${files}`, `${bytesEach}`])

    stage.say(`writing ${files} files`)
    await run(fill)
    const first = await both(stage, 'the first', server, staff, id)
    await run(change)
    const second = await both(stage, '1 % changed', server, staff, id)
    const samples: number[] = []
    for (let left = generations; left > 0; left--) {
      stage.say('nothing changed')
      const { ms } = await backedUp(server, staff, id)
      samples.push(ms)
    }
    const used = await store.text('sh', '-c', `ls /srv/backups/d${id} | wc -l`)
    await store.remove()
    await server.discard()
    return figuresOf('backup', samples, null, {
      files,
      generations: Number(used),
      first_ms: rounded(first.ours.ms),
      first_rsync_ms: rounded(first.alone.ms),
      first_bytes: first.ours.bytes,
      first_rsync_bytes: first.alone.bytes,
      changed_ms: rounded(second.ours.ms),
      changed_rsync_ms: rounded(second.alone.ms),
      changed_bytes: second.ours.bytes,
      changed_rsync_bytes: second.alone.bytes,
    })
  },
}

export default backup

async function both(
  stage: Stage,
  what: string,
  server: ManagedServer,
  staff: PanelClient,
  id: number
): Promise<{ ours: Copied; alone: Copied }> {
  stage.say(`${what}: ours`)
  const ours = await backedUp(server, staff, id)
  stage.say(`${what}: rsync alone (ours: ${rounded(ours.ms)} ms)`)
  return { ours, alone: await rsyncAlone(server, `/data/domain/${host}`) }
}

interface BackupRow {
  readonly id: number
  readonly state: string
  readonly words: string | null
  readonly sent_bytes: number | null
}

/** From the button until the row says that it is whole. */
async function backedUp(server: ManagedServer, staff: PanelClient, id: number): Promise<Copied> {
  const { db } = server.installation
  const sql = 'select * from backups where domain_id = ? order by id desc limit 1'
  const before = db.find<BackupRow>(sql, id)?.id ?? 0
  const start = performance.now()
  const { status } = await staff.post(`/staff/servers/${server.id}/backups`)
  if (status !== 302) throw new BenchFailure(`the button answered ${status}`)
  const patience = { what: 'the end of the backup', withinMs: 1_800_000, everyMs: 20 }
  const row = await until(patience, () => {
    const found = db.find<BackupRow>(sql, id)
    return found && found.id > before && found.state !== 'running' ? found : null
  })
  const ms = performance.now() - start
  if (row.state !== 'done') throw new BenchFailure(`${row.state}: ${row.words}`)
  await tasksOver(server)
  return { ms, bytes: Number(row.sent_bytes) }
}

/** What all domains share is copied after the last domain. */
function tasksOver({ installation, id }: ManagedServer) {
  const patience = { what: 'the end of the task', withinMs: 60_000, everyMs: 50 }
  const sql = `select id from tasks where server_id = ? and state in ('queued', 'running')`
  return until(patience, () => installation.db.find(sql, id) === null || null)
}

async function addDomain(server: ManagedServer) {
  const { installation } = server
  const customer = await installation.customer()
  const fields = { name: host, password: installation.person.password, quota_mb: '20000' }
  const { applyId } = await customer.change(`/servers/${server.id}/domains`, fields)
  await server.whenDone(applyId)
  customer.close()
  const sql = 'select id, uid from domains where name = ?'
  return installation.db.one<{ id: number; uid: number }>(sql, host)
}
