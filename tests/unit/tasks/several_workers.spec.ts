import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import Task from '#models/task'
import { clearTasks, silence, TracedJob, workerFor } from '#tests/support/task_fixtures'

const tasks = 300
const keys = 12

interface Note {
  readonly what: string
  readonly pid: string
  readonly name: string
  readonly key: string
}

const notesIn = (trace: string): Note[] =>
  readFileSync(trace, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(' '))
    .map(([what, pid, name, key]) => ({ what, pid, name, key }))

/** Another task of the key begins only after an end, unless the process that began is the killed one. */
function overlaps(notes: readonly Note[], killed: string): Note[] {
  const open = new Map<string, Note>()
  return notes.filter((note) => {
    if (note.key === '-') return false
    if (note.what === 'end') return !open.delete(note.key)
    const before = open.get(note.key)
    open.set(note.key, note)
    return before !== undefined && before.pid !== killed
  })
}

function namesByKey(notes: readonly Note[]): number[][] {
  const ends = notes.filter(({ what, key }) => what === 'end' && key !== '-')
  return Object.values(Object.groupBy(ends, ({ key }) => key)).map((each) =>
    each!.map(({ name }) => Number(name))
  )
}

function queueAll(trace: string) {
  return db.transaction(async (trx) => {
    for (let each = 0; each < tasks; each++) {
      const key = each % 5 === 0 ? null : `server:${each % keys}`
      const payload = { trace, name: String(each), key }
      await Task.enqueue({ kind: 'traced', payload, lockKey: key ?? undefined }, trx)
    }
  })
}

async function doneTasks() {
  const rows = await db.from('tasks').where('state', 'done').select('id')
  return rows.length
}

async function workerProcess() {
  const argv = ['--import', '@poppinss/ts-exec', app.makePath('tests/support/worker_process.ts')]
  const child = spawn(process.execPath, argv, {
    cwd: app.makePath(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve())
    child.once('exit', (code) => reject(new Error(`worker ended with ${code}`)))
  })
  return child
}

test.group('Several workers', (group) => {
  group.setup(silence)
  group.each.setup(clearTasks)

  test('300 tasks over three processes, one of them killed: none lost, never two on one lock key, in order', async ({
    assert,
    cleanup,
  }) => {
    const folder = mkdtempSync(join(tmpdir(), 'tsukasa-tasks-'))
    cleanup(() => rmSync(folder, { recursive: true }))
    const trace = join(folder, 'trace')
    writeFileSync(trace, '')
    const [victim, survivor] = await Promise.all([workerProcess(), workerProcess()])
    const own = workerFor([TracedJob], { pollMs: 20, sweepMs: 50, concurrency: 4 })
    cleanup(() => own.stop())
    cleanup(() => [victim, survivor].forEach((each) => each.kill('SIGKILL')))
    await queueAll(trace)

    while (!notesIn(trace).some(({ pid }) => pid === String(victim.pid))) await wait(2)
    victim.kill('SIGKILL')
    own.start()
    while (await Task.query().whereIn('state', ['queued', 'running']).first()) await wait(20)

    const notes = notesIn(trace)
    const ended = notes.filter(({ what }) => what === 'end').map(({ name }) => name)
    assert.lengthOf(new Set(ended), tasks)
    assert.deepEqual(overlaps(notes, String(victim.pid)), [])
    for (const inOrder of namesByKey(notes))
      assert.deepEqual(
        inOrder,
        inOrder.toSorted((a, b) => a - b)
      )
    assert.isAbove(notes.filter(({ pid }) => pid === String(survivor.pid)).length, 0)
    assert.equal(await doneTasks(), tasks)
  }).timeout(60_000)

  test('a worker process that is told to stop ends by itself and leaves nothing half done', async ({
    assert,
    cleanup,
  }) => {
    const folder = mkdtempSync(join(tmpdir(), 'tsukasa-tasks-'))
    cleanup(() => rmSync(folder, { recursive: true }))
    const trace = join(folder, 'trace')
    writeFileSync(trace, '')
    const child = await workerProcess()
    cleanup(() => void child.kill('SIGKILL'))
    await queueAll(trace)
    while (notesIn(trace).length < 20) await wait(2)
    child.kill('SIGTERM')
    const code = await new Promise((resolve) => child.once('exit', resolve))
    assert.equal(code, 0)
    assert.lengthOf(await Task.query().where('state', 'running'), 0)
    const notes = notesIn(trace)
    const ends = notes.filter(({ what }) => what === 'end')
    assert.equal(ends.length * 2, notes.length)
    assert.equal(await doneTasks(), ends.length)
  }).timeout(60_000)
})
