import { test } from '@japa/runner'
import { verify } from '#backup/generation'
import RunOffsite from '#jobs/run_offsite'
import { backUpDomain } from '#jobs/copy_server'
import type { TaskRun } from '#jobs/task_run'
import type Backup from '#models/backup'
import BackupTarget from '#models/backup_target'
import BackupTargetRun, { type TargetRunKind } from '#models/backup_target_run'
import type Domain from '#models/domain'
import { TestBackupHost } from '#tests/support/test_backup_host'
import { testServer, type TestServer } from '#tests/support/test_server'
import { TestSftp } from '#tests/support/test_sftp'

/** Everything that a tree says, with the attributes in which rsync keeps owners and kinds. */
const listing = `
import hashlib, os, sys
top, inodes = sys.argv[1], {}
for over, directories, names in os.walk(top):
    directories.sort()
    for name in sorted(directories + names):
        path = os.path.join(over, name)
        status = os.lstat(path)
        rest = [oct(status.st_mode), status.st_uid, status.st_gid, status.st_mtime_ns]
        rest += [f"{key}={os.getxattr(path, key).hex()}" for key in sorted(os.listxattr(path))]
        # The look after the backup writes its sums into a file of the generation; inodes are no part of what is kept.
        if os.path.isfile(path) and path != top + "/sums":
            with open(path, "rb") as file:
                rest += [status.st_size, inodes.setdefault(status.st_ino, len(inodes)), hashlib.file_digest(file, "sha256").hexdigest()]
        print(ascii(path[len(top):]), *rest)
`

const contents = `
import os, socket
os.chdir("html")
os.makedirs("a/b/c")
os.makedirs(b"\\xff\\xfe bad \\n name", exist_ok=True)
open(b"a/\\xe8\\xa1\\xa8'\\"\$(id)\\n;.txt", "w").write("x")
open("a/one", "w").write("same")
os.link("a/one", "a/b/two")
os.symlink("/etc/passwd", "out")
os.mkfifo("pipe")
with open("sparse", "wb") as f:
    f.truncate(64 << 20); f.seek(32 << 20); f.write(b"in the middle")
open("large", "wb").write(os.urandom(5 << 20))
open("set", "w").write("s"); os.chmod("set", 0o4755)
open("closed", "w").write("c"); os.chmod("closed", 0)
os.utime("a/one", (1, 1234567890.123456789))
os.setxattr("large", "user.colour", b"blue\\0\\n")
`

test.group('BKP-02: copies that leave the house', (group) => {
  let server: TestServer
  let store: TestBackupHost
  let sftp: TestSftp
  let domain: Domain
  let target: BackupTarget
  const signal = new AbortController().signal

  group.each.timeout(180_000)

  group.setup(async () => {
    server = await testServer()
    store = await TestBackupHost.make()
    sftp = await TestSftp.make()
    domain = await server.addDomain('offsite-test.jp', 256)
    await server.converge()
    const command = 'cd "$0" && exec python3 -'
    const argv = ['runuser', '-u', domain.unixName, '--', 'sh', '-c', command, domain.root]
    const made = await server.exec(argv, contents)
    if (made.status) throw new Error(made.stderr)
  })

  group.teardown(async () => {
    await BackupTarget.query().delete()
    await sftp.remove()
    await store.remove()
  })

  /** As a worker would; answers what became of it. */
  async function outcome(kind: TargetRunKind): Promise<BackupTargetRun> {
    const run = await BackupTargetRun.request(target, kind, null)
    const log = async () => {}
    const task = { payload: { runId: run.id }, signal, log, progress: log, isLastAttempt: true }
    await new RunOffsite().handle(task as unknown as TaskRun).catch(() => {})
    return run.refresh()
  }

  const pause = (ms: number) => new Promise<null>((resolve) => setTimeout(resolve, ms, null))

  const told = ({ state, reason, words }: BackupTargetRun) => `${state} ${reason} ${words}`

  async function tree(backup: Backup) {
    const place = `${store.host.directory}/${backup.set}/${backup.id}`
    return store.text('python3', '-c', listing, place)
  }

  let first: Backup
  let second: Backup
  let asItWas: string

  test('BKP-02: who stands in for the target, or does not know us, gets nothing, and it is said which', async ({
    assert,
  }) => {
    first = await backUpDomain(domain, server.server, store.host, signal)
    assert.equal(first.state, 'done', `${first.reason} ${first.words} ${first.parts}`)
    const stranger = store.host.hostKey
    const { address, port } = sftp
    const facts = { address, port, account: 'offsite', path: '/copies/main', generations: 2 }
    target = await BackupTarget.register({ ...facts, hostKey: stranger })
    const impostor = await outcome('copy')
    assert.equal(impostor.reason, 'host_key', told(impostor))
    await target.change({ ...facts, hostKey: sftp.hostKey })
    const unknown = await outcome('copy')
    assert.equal(unknown.reason, 'refused', told(unknown))
    await sftp.admit(target.publicKey)
    await target.change({ ...facts, hostKey: sftp.hostKey, path: '/elsewhere' })
    const closed = await outcome('copy')
    assert.equal(closed.reason, 'no_permission', told(closed))
    await target.change({ ...facts, hostKey: sftp.hostKey })
    assert.equal(await sftp.text('ls', '/srv/offsite/copies'), '')
  })

  test('BKP-02: the newest generation goes to the target, of the next only what changed; nobody there can read it', async ({
    assert,
  }) => {
    const copied = await outcome('copy')
    assert.equal(copied.state, 'done', told(copied))
    assert.equal(copied.sets, 1)
    assert.isAbove(Number(copied.sentBytes), 5 * 2 ** 20)
    await server.exec(['sh', '-c', `echo more > ${domain.root}/html/new.txt`])
    second = await backUpDomain(domain, server.server, store.host, signal)
    const again = await outcome('copy')
    assert.equal(again.state, 'done', told(again))
    assert.isBelow(Number(again.sentBytes), 2 ** 20)
    await target.refresh()
    assert.isAbove(Number(target.sizeBytes), 5 * 2 ** 20)
    const clear = await sftp.text(
      'sh',
      '-c',
      'grep -rlF -e "in the middle" -e new.txt /srv/offsite || true'
    )
    assert.equal(clear, '')
  })

  test('BKP-02: a third day lets the first go; the weekly look finds all well', async ({
    assert,
  }) => {
    const third = await outcome('copy')
    assert.equal(third.state, 'done', told(third))
    const snapshots = await sftp.text('ls', '/srv/offsite/copies/main/snapshots')
    assert.lengthOf(snapshots.trim().split('\n'), 2)
    const looked = await outcome('check')
    assert.equal(looked.state, 'done', told(looked))
  })

  test('BKP-02: no secret is in the words of a program on the host, and none stays behind', async ({
    assert,
  }) => {
    const { password, target: given } = target.secrets
    const key = given.key.split('\n')[4]
    const copying = outcome('copy')
    const look = "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' ' '"
    let seen = ''
    while (!(await Promise.race([copying, pause(100)]))) seen += await store.text('sh', '-c', look)
    const copied = await copying
    assert.equal(copied.state, 'done', told(copied))
    assert.include(seen, '/usr/bin/restic')
    assert.notInclude(seen, password)
    assert.notInclude(seen, key)
    const found = await store.text(
      'sh',
      '-c',
      `grep -rlF -e '${password}' -e '${key}' /srv /root /tmp /run /var /etc 2>/dev/null; true`
    )
    assert.equal(found, '')
    const rows = JSON.stringify(await BackupTargetRun.all())
    assert.notInclude(rows, password)
  })

  test('BKP-02: when the host is lost, a new one gets everything back bit by bit, and what it has stays', async ({
    assert,
  }) => {
    asItWas = await tree(second)
    assert.include(asItWas, 'user.colour')
    await store.remove()
    store = await TestBackupHost.make()
    const empty = await outcome('copy')
    assert.equal(empty.reason, 'nothing_here', told(empty))
    // The morning's look has found nothing there.
    await second.noteKept([])
    const returned = await outcome('return')
    assert.equal(returned.state, 'done', told(returned))
    assert.equal(returned.sets, 1)
    assert.equal(await tree(second), asItWas)
    await second.refresh()
    assert.isNull(second.removedAt)
    await second.load('backupHost')
    const looked = await verify(second, second.backupHost, signal)
    assert.equal(looked.damaged, 0)
    const again = await outcome('return')
    assert.equal(again.state, 'done', told(again))
    const next = await backUpDomain(domain, server.server, store.host, signal)
    assert.equal(next.state, 'done', `${next.reason} ${next.words}`)
    assert.isBelow(Number(next.sentBytes), 2 ** 20)
  })

  test('BKP-02: where neither panel nor host is left, the password and a key bring it back by restic alone', async ({
    assert,
  }) => {
    const { password, target: given } = target.secrets
    const at = {
      key: '/run/key',
      known: '/run/known',
      password: '/run/password',
      to: '/srv/by-hand',
    }
    const files = {
      [at.key]: given.key,
      [at.known]: `[${sftp.address}]:${sftp.port} ${sftp.hostKey}\n`,
      [at.password]: password,
    }
    for (const [path, text] of Object.entries(files))
      await store.text('sh', '-c', 'umask 077; printf %s "$0" > "$1"', text, path)
    const said = await store.text(
      ...['restic', '-r', `sftp://offsite@${sftp.address}:${sftp.port}//copies/main`],
      ...['-o', `sftp.args=-i ${at.key} -o UserKnownHostsFile=${at.known}`, '--no-cache'],
      ...['-p', at.password, 'restore', `latest:/tree/${second.set}`, '--target', at.to, '--sparse']
    )
    assert.include(said, 'Summary: Restored')
    assert.equal(await store.text('python3', '-c', listing, at.to), asItWas)
  })

  test('BKP-02: a repository that is gone or damaged is told; none is begun anew in its place', async ({
    assert,
  }) => {
    const packs = await sftp.text('find', '/srv/offsite/copies/main/data', '-type', 'f')
    const [pack] = packs.split('\n')
    await sftp.text('mv', pack, '/srv/pack')
    const looked = await outcome('check')
    assert.equal(looked.reason, 'damaged', told(looked))
    await sftp.text('mv', '/srv/pack', pack)
    const again = await outcome('check')
    assert.isNull(again.reason, told(again))
    await sftp.text('rm', '-r', '/srv/offsite/copies/main')
    const gone = await outcome('copy')
    assert.equal(gone.reason, 'no_repository', told(gone))
    assert.equal(await sftp.text('ls', '/srv/offsite/copies'), '')
  })
})
