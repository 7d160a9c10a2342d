import { execFile } from 'node:child_process'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import app from '@adonisjs/core/services/app'
import { computeOf } from '#compute/index'
import { serviceFacts, serviceMachine } from '#compute/service_machine'
import { waitForSsh } from '#compute/ssh_answer'

const configuration = `
Port 2222
HostKey /etc/ssh/ssh_host_ed25519_key
PidFile /run/sftp.pid
PasswordAuthentication no
UsePAM no
AuthorizedKeysFile /etc/ssh/%u.keys
Subsystem sftp internal-sftp
AllowUsers offsite
ForceCommand internal-sftp
ChrootDirectory /srv/offsite
`

const preparation = `
set -e
useradd --no-create-home --shell /usr/sbin/nologin offsite
passwd -d offsite >/dev/null
install -d -m 755 /srv/offsite /run/sshd
install -d -o offsite -g offsite -m 700 /srv/offsite/copies
cat > /etc/ssh/sftp_config
/usr/sbin/sshd -f /etc/ssh/sftp_config
`

/** Somebody else's SFTP server, as a container of its own: an account that sees nothing but its directory. */
export class TestSftp {
  private constructor(
    readonly address: string,
    readonly hostKey: string,
    private readonly run: (argv: readonly string[], input?: string) => Promise<string>,
    readonly remove: () => Promise<void>
  ) {}

  readonly port = 2222

  static async make(): Promise<TestSftp> {
    const facts = await serviceFacts()
    if (!facts) throw new Error('no LXD or Incus here')
    const machine = serviceMachine(facts, 'testTarget')
    const compute = computeOf(machine)
    await compute.delete()
    app.terminating(() => compute.delete())
    await compute.create()
    await compute.start()
    await waitForSsh(machine.address!, machine.sshPort, 60_000, AbortSignal.timeout(60_000))
    let hostKey = ''
    while (!hostKey) {
      hostKey = await compute.hostKey().catch(() => '')
      await wait(50)
    }
    const isLxd = facts.driver === 'lxd'
    const env = { ...process.env, [isLxd ? 'LXD_DIR' : 'INCUS_DIR']: dirname(facts.socket) }
    const client = isLxd ? 'lxc' : 'incus'
    const run = (argv: readonly string[], input = '') =>
      new Promise<string>((resolve, reject) => {
        const words = ['exec', machine.instance, '--', ...argv]
        const child = execFile(client, words, { env, timeout: 60_000 }, (error, stdout, stderr) =>
          error ? reject(new Error(stderr, { cause: error })) : resolve(stdout)
        )
        child.stdin?.on('error', () => undefined).end(input)
      })
    await run(['sh', '-c', preparation], configuration)
    return new TestSftp(machine.address!, hostKey, run, () => compute.delete())
  }

  async admit(publicKey: string) {
    await this.run(['sh', '-c', 'cat > /etc/ssh/offsite.keys'], `restrict ${publicKey}\n`)
  }

  text(...argv: string[]): Promise<string> {
    return this.run(argv)
  }
}
