import { execFileSync, spawn } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'

/** Runs the program below another top directory, on a day of our choosing; answers what systemctl was asked. */
const driver = `
import datetime, json, os, sys
given = json.loads(sys.argv[1])
space = {'__name__': 'rotate'}
exec(compile(open(given['program']).read(), 'rotate.py', 'exec'), space)
asked = []
os.umask(0o027)
space.update(TOP=given['top'], CONFIGURATION=given['top'] + '/conf', STATE=given['top'] + '/state', SITES=given['top'] + '/sites')
space['today'] = lambda: datetime.date.fromisoformat(given['today'])
space['STARTS_WITHIN'] = 0.3
space['subprocess'].run = lambda argv, **_: asked.append(argv)
rename, left = os.rename, [given.get('renames', 10**6)]
def counted(*names, **options):
    if left[0] == 0:
        os._exit(9)
    left[0] -= 1
    rename(*names, **options)
os.rename = counted
space['main'](*given['verb'])
print(json.dumps(asked))
`

class Machine {
  readonly top = mkdtempSync(join(tmpdir(), 'logs-'))
  readonly root = '/data/domain/x.jp'

  constructor(days = 10) {
    for (const name of ['conf', 'state', 'sites', `${this.root}/log`])
      mkdirSync(join(this.top, name), { recursive: true, mode: 0o755 })
    this.keep(days)
  }

  keep(days: number, account = 'd1', root: string = this.root) {
    writeFileSync(join(this.top, 'conf', account), JSON.stringify({ root, days }))
  }

  path = (name: string) => join(this.top, this.root, 'log', name)
  write = (name: string, text: string) => appendFileSync(this.path(name), text)
  names = () => readdirSync(join(this.top, this.root, 'log')).sort()
  text = (name: string) => readFileSync(this.path(name), 'utf8')
  unpacked = (name: string) => gunzipSync(readFileSync(this.path(name))).toString()

  /** `renames`: killed when one more was to be done. */
  run(today: string, verb: readonly string[] = ['rotate'], renames?: number): string[][] {
    const program = app.makePath('app/convergence/services/web_logs/rotate.py')
    const given = JSON.stringify({ program, top: this.top, today, verb, renames })
    const options = { stdio: ['ignore', 'pipe', 'ignore'] as ['ignore', 'pipe', 'ignore'] }
    try {
      return JSON.parse(execFileSync('python3', ['-c', driver, given], options).toString())
    } catch (error) {
      if ((error as { status?: number }).status === 9) return []
      throw error
    }
  }
}

test.group('Rotation of logs', (group) => {
  let machine: Machine
  group.each.setup(() => {
    machine = new Machine()
    machine.run('2026-11-22')
    return () => rmSync(machine.top, { recursive: true })
  })

  test('ALOG-01: at midnight each log gets the name of the day that ended, once', ({ assert }) => {
    for (const name of [
      'access.log',
      'access.stage.log',
      'error.log',
      'error.stage.log',
      'ftp.log',
    ])
      machine.write(name, `${name}\n`)
    machine.run('2026-11-23')
    machine.write('access.log', 'new\n')
    machine.run('2026-11-23')
    assert.deepEqual(machine.names(), [
      'access.log',
      'access.log-20261122',
      'access.stage.log-20261122',
      'error.log-20261122',
      'error.stage.log-20261122',
      'ftp.log-20261122',
    ])
    assert.equal(machine.text('access.log-20261122'), 'access.log\n')
    assert.equal(machine.text('access.log'), 'new\n')
  })

  test('ALOG-01: a log without a line stays, and so does everything else that lies there', ({
    assert,
  }) => {
    const others = ['access.log', 'access.log.old', 'my.log-20261101', 'access.log-2026110']
    for (const name of others) machine.write(name, '')
    machine.run('2026-11-23')
    machine.run('2026-12-23')
    machine.run('2026-12-24', ['pack'])
    assert.deepEqual(machine.names(), others.toSorted())
  })

  test('ALOG-01: one midnight later it is packed, with the same bytes and time, for the same readers', ({
    assert,
  }) => {
    const text = 'line\n'.repeat(500_000)
    machine.write('access.log', text)
    machine.run('2026-11-23')
    const { mtimeMs, mode } = statSync(machine.path('access.log-20261122'))
    machine.run('2026-11-23', ['pack'])
    assert.deepEqual(machine.names(), ['access.log-20261122'])
    machine.run('2026-11-24')
    machine.run('2026-11-24', ['pack'])
    assert.deepEqual(machine.names(), ['access.log-20261122.gz'])
    assert.equal(machine.unpacked('access.log-20261122.gz'), text)
    const packed = statSync(machine.path('access.log-20261122.gz'))
    assert.closeTo(packed.mtimeMs, mtimeMs, 1000)
    assert.equal(packed.mode & 0o777, mode & 0o750)
  })

  test('ALOG-01: what somebody still writes to is not packed, and his site is told to open new files', async ({
    assert,
  }) => {
    machine.write('access.log', 'before\n')
    const writer = spawn('sh', [
      '-c',
      `exec >>"$0"; echo begun >&2; read x; echo late`,
      machine.path('access.log'),
    ])
    await new Promise((resolve) => writer.stderr.once('data', resolve))
    for (const [account, ...files] of [['d1', 'pid'], ['d2', 'pid'], ['d3']]) {
      mkdirSync(join(machine.top, 'sites', account))
      for (const file of files) writeFileSync(join(machine.top, 'sites', account, file), '1')
    }
    const asked = machine.run('2026-11-23')
    assert.deepEqual(asked, [
      ['systemctl', 'try-reload-or-restart', '--', 'tsukasa-web@d1.service'],
    ])
    machine.run('2026-11-24')
    machine.run('2026-11-24', ['pack'])
    assert.deepEqual(machine.names(), ['access.log-20261122'])
    writer.stdin.end('\n')
    await new Promise((resolve) => writer.once('close', resolve))
    assert.deepEqual(machine.run('2026-11-24'), [])
    machine.run('2026-11-24', ['pack'])
    assert.equal(machine.unpacked('access.log-20261122.gz'), 'before\nlate\n')
  })

  for (const renames of [0, 1, 2, 3, 4, 5, 6]) {
    test(`REL-01: killed after ${renames} renames, the next run ends it, and no line is there twice or lost`, ({
      assert,
    }) => {
      for (const name of ['access.log', 'error.log', 'ftp.log'])
        machine.write(name, `${name} old\n`)
      machine.run('2026-11-23', ['rotate'], renames)
      for (const name of ['access.log', 'error.log', 'ftp.log'])
        if (!existsSync(machine.path(name))) machine.write(name, `${name} new\n`)
      machine.run('2026-11-23')
      const rotated = machine.names().filter((name) => name.includes('-'))
      assert.deepEqual(
        rotated,
        ['access.log', 'error.log', 'ftp.log'].map((name) => `${name}-20261122`)
      )
      for (const name of rotated) assert.equal(machine.text(name), `${name.split('-')[0]} old\n`)
    })
  }

  test('REL-01: killed while it packs, it packs again from the beginning', ({ assert }) => {
    machine.write('access.log', 'line\n')
    machine.run('2026-11-23')
    machine.write('access.log-20261122.gz.part', 'half')
    machine.run('2026-11-24', ['pack'], 0)
    assert.include(machine.names(), 'access.log-20261122')
    machine.run('2026-11-24', ['pack'])
    assert.deepEqual(machine.names(), ['access.log-20261122.gz'])
    assert.equal(machine.unpacked('access.log-20261122.gz'), 'line\n')
  })

  test('ALOG-01: logs are kept for as many days as chosen, and fewer count at once', ({
    assert,
  }) => {
    for (const day of ['20261101', '20261112', '20261113', '20261121'])
      machine.write(`access.log-${day}${day < '20261121' ? '.gz' : ''}`, 'x')
    machine.run('2026-11-23')
    assert.deepEqual(machine.names(), ['access.log-20261113.gz', 'access.log-20261121'])
    machine.keep(1)
    machine.run('2026-11-23', ['prune', 'd1'])
    assert.deepEqual(machine.names(), [])
  })

  test('REL-01: a clock that jumps a year ahead takes no logs with it, and rotation goes on when it is right again', ({
    assert,
  }) => {
    machine.write('access.log-20261120.gz', 'x')
    machine.write('access.log', 'one\n')
    machine.run('2027-11-23')
    assert.include(machine.names(), 'access.log-20261120.gz')
    machine.write('access.log', 'two\n')
    machine.run('2026-11-23')
    assert.equal(machine.text('access.log'), 'two\n')
    machine.run('2026-11-24')
    assert.equal(machine.text('access.log-20261123'), 'two\n')
    assert.equal(machine.text('access.log-20271122'), 'one\n')
  })

  test('ALOG-01: a name that is taken is left to who has it', ({ assert }) => {
    machine.write('access.log-20261122.gz', 'x')
    machine.write('access.log', 'one\n')
    machine.run('2026-11-23')
    assert.equal(machine.text('access.log-20261122-2'), 'one\n')
    assert.equal(machine.text('access.log-20261122.gz'), 'x')
  })

  test('ALOG-01: links lead nowhere, and other domains go on', ({ assert }) => {
    const secret = join(machine.top, 'secret')
    writeFileSync(secret, 'secret\n')
    symlinkSync(secret, machine.path('access.log'))
    symlinkSync(secret, machine.path('error.log-20261101'))
    linkSync(secret, machine.path('ftp.log'))
    machine.keep(10, 'd0', '/data/domain/link')
    symlinkSync('x.jp', join(machine.top, 'data/domain/link'))
    machine.write('error.log', 'line\n')
    machine.run('2026-11-23')
    machine.run('2026-11-24')
    machine.run('2026-11-24', ['pack'])
    assert.deepEqual(machine.names(), [
      'access.log',
      'error.log-20261101',
      'error.log-20261122.gz',
      'ftp.log-20261122.gz',
    ])
    assert.equal(readFileSync(secret, 'utf8'), 'secret\n')
  })

  test('ALOG-01: nothing is done in a directory that others can change', ({ assert }) => {
    machine.write('access.log', 'line\n')
    machine.write('access.log-20260101', 'line\n')
    chmodSync(machine.path('.'), 0o2770)
    machine.run('2026-11-23')
    assert.deepEqual(machine.names(), ['access.log', 'access.log-20260101'])
  })

  test('DOM-05: nothing of a deleted domain is left', ({ assert }) => {
    assert.deepEqual(readdirSync(join(machine.top, 'state')).sort(), ['d1', 'horizon'])
    machine.run('2026-11-23', ['forget', 'd1'])
    assert.deepEqual(readdirSync(join(machine.top, 'state')), ['horizon'])
  })
})
