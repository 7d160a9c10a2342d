import { execFileSync, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import app from '@adonisjs/core/services/app'
import { tables } from '#convergence/services/mail_policy/lists'

/** What systemd does: a listening socket for the program as it is, with databases of this test. */
const start = `
import runpy, socket, sys
program, directory, as_dovecot = sys.argv[1], sys.argv[2], "dovecot" in sys.argv
sys.argv = [program, "mail.example.jp"]
it = runpy.run_path(program, run_name="policy")
if as_dovecot:
    inside = it["Policy"].forwarded.__globals__
    inside.update(owner_of=lambda address, port: (port, 7), group_of=lambda path: 7)
listener = socket.socket(socket.AF_UNIX)
listener.bind(f"{directory}/socket")
listener.listen(1024)
lists, state = it["LiveLists"](f"{directory}/lists"), it["State"](f"{directory}/state")
it["Server"]([listener], it["Policy"](lists, state)).serve()
`

const fill = `
import json, sqlite3, sys
database = sqlite3.connect(sys.argv[1])
for table, rows in json.load(sys.stdin).items():
    database.execute(f"create table if not exists {table} (scope, key, value)")
    database.execute(f"delete from {table}")
    database.executemany(f"insert into {table} values ('x', ?, ?)", [(k, json.dumps(v)) for k, v in rows.items()])
database.commit()
`

const tell = `
import runpy, sys, time
program, directory = sys.argv[1:3]
sys.argv = [program, "mail.example.jp"]
it = runpy.run_path(program, run_name="policy")
path = f"{directory}/of-notices"
with open(path, "w") as broken:
    broken.write("no database")
it["State"](path).lock("taro@example.jp", "hour", time.time())
told = []
def send(*notice):
    told.append(notice)
    if len(told) == 1:
        raise OSError("Postfix does not answer")
notices = it["Notices"](path, send)
notices.start()
for _ in range(4):
    time.sleep(0.3)
    notices.wanted.set()
time.sleep(0.3)
print(len(told), *{f"{account} {kind}" for account, kind, _ in told})
`

/** How often the program tells of one lock, and what, when its records were broken and the first notice cannot be sent. */
export async function noticesOfOneLock(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'policy-'))
  const program = app.makePath('app/convergence/services/mail_policy/policy.py')
  const output = execFileSync('python3', ['-c', tell, program, directory], { stdio: 'pipe' })
  await rm(directory, { recursive: true })
  return output.toString().trim()
}

export type Attributes = Readonly<Record<string, string>>
type Rows = Readonly<Record<string, unknown>>

/** The policy program on this machine, beside any server. */
export class PolicyProgram {
  private constructor(
    readonly directory: string,
    private readonly child: ReturnType<typeof spawn>
  ) {}

  /** `asDovecot`: who comes to the port for forwarded mail is Dovecot, and his port is the uid of a mailbox. */
  static async start({ asDovecot = false } = {}): Promise<PolicyProgram> {
    const directory = await mkdtemp(join(tmpdir(), 'policy-'))
    const program = app.makePath('app/convergence/services/mail_policy/policy.py')
    const more = asDovecot ? ['dovecot'] : []
    const child = spawn('python3', ['-c', start, program, directory, ...more], { stdio: 'ignore' })
    const started = new PolicyProgram(directory, child)
    started.set({})
    for (let tries = 0; tries < 100; tries++) {
      try {
        await started.ask({})
        return started
      } catch {
        await wait(50)
      }
    }
    throw new Error('the policy program does not start')
  }

  async stop() {
    this.child.kill()
    await rm(this.directory, { recursive: true })
  }

  get pid() {
    return Number(this.child.pid)
  }

  /** Rows as the panel writes them, in place of all that were there. */
  set(rows: Partial<Record<(typeof tables)[number], Rows>>) {
    const all = { ...Object.fromEntries(tables.map((table) => [table, {}])), ...rows }
    execFileSync('python3', ['-c', fill, join(this.directory, 'lists')], {
      input: JSON.stringify(all),
    })
  }

  /** The locks that it has written down of an account; with `change`, after that was done to what it wrote. */
  locksOf(account: string, change = '') {
    const state = new DatabaseSync(join(this.directory, 'state'))
    try {
      state.exec(`pragma busy_timeout = 5000; ${change}`)
      const query = 'select kind, until - since as lasts from locks where account = ?'
      return state
        .prepare(query)
        .all(account)
        .map(({ kind, lasts }) => ({ kind, lasts }))
    } finally {
      state.close()
    }
  }

  open(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect(join(this.directory, 'socket'))
      socket.once('connect', () => resolve(socket)).once('error', reject)
    })
  }

  /** The action for one question. */
  async ask(attributes: Attributes, socket?: Socket): Promise<string> {
    const used = socket ?? (await this.open())
    const answer = answerOf(used)
    used.write(question(attributes))
    try {
      return await answer
    } finally {
      if (!socket) used.destroy()
    }
  }
}

export function question(attributes: Attributes): string {
  const all = { request: 'smtpd_access_policy', protocol_state: 'RCPT', ...attributes }
  return `${Object.entries(all)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')}\n`
}

/** The next answer; rejects when the other end closes instead. */
export function answerOf(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const heard = (part: Buffer) => {
      text += part.toString()
      if (!text.endsWith('\n\n')) return
      socket.off('data', heard)
      resolve(text.replace(/^action=/, '').trim())
    }
    socket.on('data', heard)
    socket.once('error', reject)
    socket.once('close', () => reject(new Error(`closed after "${text}"`)))
  })
}
