import { randomBytes } from 'node:crypto'
import http from 'node:http'
import https from 'node:https'
import type { DesiredDomain, WebPort } from '#convergence/desired_server'
import { backAddress, isStaging, isTls, ports } from '#convergence/services/apache/layout'
import { phpSocket } from '#convergence/services/php/layout'
import {
  codeSecret,
  type Content,
  privateSecret,
  staticSecret,
  type Target,
} from '#tests/hostile/web_isolation/attack'

/** What these tests need of a real server. */
export interface Reach {
  readonly address: string
  /** Runs a command on the server as root and gives its output, errors included; never rejects for its status. */
  run(argv: readonly string[], input?: string): Promise<string>
}

/** Fills a directory with what is named on standard input; run as the domain's own account. */
const fill = `
import json, os, shutil, sys
base, files = json.load(sys.stdin)
if base.endswith(('/html', '/html.stage')):
    for name in os.listdir(base):
        path = os.path.join(base, name)
        shutil.rmtree(path) if os.path.isdir(path) and not os.path.islink(path) else os.unlink(path)
for name, content in files.items():
    path = os.path.join(base, name)
    if content == 'fifo':
        os.mkfifo(path)
    elif isinstance(content, dict):
        os.symlink(content['link'], path)
    else:
        with open(path, 'w') as file:
            file.write(content)
        os.chmod(path, 0o755 if content.startswith('#!') else 0o600 if 'private' in name else 0o644)
`

/** What the kernel says of each process in a slice, and of what it has mounted. */
const inspect = `
import glob, json, sys
def text_of(path):
    with open(path, encoding='utf-8', errors='replace') as file:
        return file.read()
found = []
for place in glob.glob('/proc/[0-9]*'):
    try:
        if f'/{sys.argv[1]}/' not in text_of(f'{place}/cgroup'):
            continue
        status = dict(line.split(':', 1) for line in text_of(f'{place}/status').splitlines())
        limits = [line.split()[:5] for line in text_of(f'{place}/limits').splitlines()]
        mounts = [line.split()[4] for line in text_of(f'{place}/mountinfo').splitlines()]
    except FileNotFoundError:
        continue
    own = {'Mounts': mounts, 'Files': next(limit[3:] for limit in limits if limit[1:3] == ['open', 'files'])}
    found.append({key: value.split() for key, value in status.items()} | own)
print(json.dumps(found))
`

/** Fields of `/proc/PID/status`, split at blanks; mount points; how many files may be open. */
export type Process = Readonly<Record<string, readonly string[]>>

/** One domain of the server, seen on one of its ports. */
export class Site {
  constructor(
    readonly name: string,
    readonly domain: DesiredDomain,
    readonly port: WebPort,
    private readonly reach: Reach
  ) {}

  get reachAddress() {
    return this.reach.address
  }

  get target(): Target {
    const { domain, port } = this
    return {
      root: domain.root,
      html: `${domain.root}/html${isStaging(port) ? '.stage' : ''}`,
      host: domain.name,
      socket: phpSocket(domain.unixName, domain.php[port]),
      back: `${backAddress(domain)}:${ports[port].back}`,
    }
  }

  /** As the domain's own account, as every program of its owner is. */
  asOwner(argv: readonly string[], input?: string) {
    const id = String(this.domain.uid)
    return this.reach.run(
      ['setpriv', `--reuid=${id}`, `--regid=${id}`, '--clear-groups', ...argv],
      input
    )
  }

  /** As root. */
  onServer(argv: readonly string[]) {
    return this.reach.run(argv)
  }

  /** All that runs for this site at the moment. */
  async processes(): Promise<Process[]> {
    const slice = `tsukasa-${this.domain.unixName}.slice`
    return JSON.parse(await this.onServer(['python3', '-c', inspect, slice])) as Process[]
  }

  async write(base: string, files: Readonly<Record<string, Content>>) {
    const said = await this.asOwner(['python3', '-c', fill], JSON.stringify([base, files]))
    if (said !== '') throw new Error(said)
  }

  /** What this site's neighbours are after. */
  async hide() {
    const { root, html } = this.target
    const script = `#!/bin/sh\necho 'Content-Type: text/plain'; echo; echo CANARY-RAN-${this.name}-$(id -u)\n`
    await this.write(html, this.secrets)
    await this.write(`${root}/cgi-bin`, { 'secret.cgi': script })
    await this.write(`${root}/cgi-data`, { 'private.txt': privateSecret(this.name) })
  }

  get secrets(): Readonly<Record<string, string>> {
    return {
      'secret.txt': staticSecret(this.name),
      'secret.php': codeSecret(this.name),
      // b:secret
      '.htpasswd': 'b:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n',
    }
  }

  errorLog() {
    const suffix = isStaging(this.port) ? '.stage' : ''
    return this.asOwner(['tail', '-c', '8000', `${this.target.root}/log/error${suffix}.log`])
  }

  /** Everything that a visitor can see of one answer. */
  ask(
    path: string,
    headers: Readonly<Record<string, string>> = {},
    timeout = 20_000
  ): Promise<string> {
    const { address } = this.reach
    const options = {
      host: address,
      port: ports[this.port].front,
      path,
      timeout,
      agent: false as const,
      // Without a certificate of its own it is the server's; what is looked at here is what comes through it.
      servername: this.domain.name,
      rejectUnauthorized: false,
    }
    const { get } = isTls(this.port) ? https : http
    return new Promise((resolve, reject) => {
      const request = get(
        { ...options, headers: { host: this.domain.name, ...headers } },
        (answer) => {
          const parts: Buffer[] = []
          answer.on('data', (part: Buffer) => parts.push(part))
          answer.on('error', reject)
          answer.on('end', () => {
            const head = `${answer.statusCode} ${JSON.stringify(answer.headers)}`
            resolve(`${head}\n${Buffer.concat(parts).toString('utf8')}`)
          })
        }
      )
      request.on('timeout', () => request.destroy(new Error('no answer')))
      request.on('error', reject)
    })
  }
}

/** A text that can't be there by chance. */
export const marker = () => randomBytes(8).toString('hex')
