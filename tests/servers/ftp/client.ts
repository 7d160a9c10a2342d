import { execFile, spawn } from 'node:child_process'
import { testPassword, type TestServer } from '#tests/support/test_server'

/**
 * Python's own FTP client, which knows nothing of us. It reads steps (JSON, one list a line) and answers each with a
 * line: what the server said, or what is in the file or directory; a refusal is the server's words, too.
 */
const program = `
import ftplib, io, json, ssl, sys
host, user, password, tls = sys.argv[1:5]
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
ftp = ftplib.FTP_TLS(context=context) if tls == 'tls' else ftplib.FTP()
ftp.encoding = 'latin-1'

def put(path, text):
    return ftp.storbinary('STOR ' + path, io.BytesIO(text.encode('latin-1')))

def fill(path, megabytes):
    try:
        return ftp.storbinary('STOR ' + path, io.BytesIO(bytes(megabytes << 20)))
    except OSError:
        # The server hung up in the middle of it, and says why.
        return ftp.voidresp()

def get(path):
    parts = []
    ftp.retrbinary('RETR ' + path, parts.append)
    return b''.join(parts).decode('latin-1')

def listing(path):
    return ' '.join(sorted(ftp.nlst(path)))

def lines(text):
    ftp.sock.sendall(text.encode('latin-1'))
    return ftp.getmultiline()

def signin():
    ftp.connect(host, 21, timeout=60)
    ftp.login(user, password)
    if tls == 'tls':
        ftp.prot_p()
    return '230'

steps = {'put': put, 'fill': fill, 'get': get, 'list': listing, 'say': ftp.sendcmd, 'lines': lines, 'rename': ftp.rename}

def attempt(step, *words):
    try:
        return str(step(*words))
    except (ftplib.Error, EOFError, OSError) as error:
        return str(error) or type(error).__name__

print(json.dumps(attempt(signin)), flush=True)
for line in sys.stdin:
    name, *words = json.loads(line)
    print(json.dumps(attempt(steps[name], *words)), flush=True)
`

/** The name of a step and its words. Texts are bytes, each a character below U+0100. */
export type Step = readonly [
  name: 'put' | 'fill' | 'get' | 'list' | 'say' | 'lines' | 'rename',
  ...words: readonly (string | number)[],
]

export interface Visit {
  /** `user@domain`. */
  readonly as: string
  readonly password?: string
  /** Without TLS, as scanners and cameras do. */
  readonly isPlain?: boolean
}

const argumentsOf = (server: TestServer, { as, password = testPassword, isPlain }: Visit) => [
  ...['-c', program, server.address, as, password, isPlain ? 'plain' : 'tls'],
]

/** Signs in, does the steps, and leaves; the first answer is that to the password, `230` when it was right. */
export function ftp(server: TestServer, visit: Visit, ...steps: readonly Step[]) {
  return new Promise<string[]>((resolve, reject) => {
    const options = { timeout: 120_000, maxBuffer: 64 * 2 ** 20 }
    const child = execFile('python3', argumentsOf(server, visit), options, (error, stdout, told) =>
      error ? reject(new Error(told)) : resolve(answersIn(stdout))
    )
    child.stdin?.on('error', () => {})
    child.stdin
      ?.on('error', () => undefined)
      .end(steps.map((step) => `${JSON.stringify(step)}\n`).join(''))
  })
}

const answersIn = (stdout: string): string[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

/** What the server says to the password. */
export async function signIn(server: TestServer, visit: Visit): Promise<string> {
  const [answer] = await ftp(server, visit)
  return answer
}

/** Somebody who is in and stays; `ask` answers what the server says to one more step, now. */
export async function stay(server: TestServer, visit: Visit) {
  const child = spawn('python3', argumentsOf(server, visit), { stdio: ['pipe', 'pipe', 'ignore'] })
  child.stdin.on('error', () => {})
  const lines = child.stdout.setEncoding('utf8')[Symbol.asyncIterator]()
  let text = ''
  async function next(): Promise<string> {
    while (!text.includes('\n')) {
      const { done, value } = await lines.next()
      if (done) throw new Error('the client is gone')
      text += value
    }
    const [line] = text.split('\n', 1)
    text = text.slice(line.length + 1)
    return JSON.parse(line)
  }
  const welcome = await next()
  return {
    welcome,
    ask: (...step: Step) => {
      child.stdin.write(`${JSON.stringify(step)}\n`)
      return next()
    },
    leave: () => child.kill(),
  }
}
