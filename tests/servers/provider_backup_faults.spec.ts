import { test } from '@japa/runner'
import { relay } from '#backup/relay'
import { codeOf, machineOf, serverOf, verify } from '#backup/generation'
import { backUpDomain } from '#jobs/copy_server'
import LookAtBackups from '#jobs/look_at_backups'
import Backup from '#models/backup'
import BackupRestore from '#models/backup_restore'
import type Domain from '#models/domain'
import { sqlTime } from '#models/task/clock'
import { TestBackupHost } from '#tests/support/test_backup_host'
import { testServer, type TestServer } from '#tests/support/test_server'

const hostileName = 'line\nbreak'

/** What a host that was broken into may say of plain files (as rsync --fake-super keeps them), and a link for a directory. */
const hostileContent = `
import os, shutil, sys
os.setgid(29999); os.setuid(29999)
os.chdir(sys.argv[1])
def made(path, said, text="x"):
    with open(path, "w") as file:
        file.write(text)
    os.setxattr(path, "user.rsync.%stat", said)
made("html/disk", b"60660 7,0 0:0")
made("html/program", b"104755 0,0 0:0")
made("html/capable", b"100755 0,0 0:0")
os.setxattr("html/capable", "user.rsync.security.capability", bytes.fromhex("0100000200200000000000000000000000000000"))
made("html/out", b"120777 0,0 0:0", "/etc/shadow")
made("html/${hostileName.replace('\n', '\\n')}", b"100644 0,0 0:0")
shutil.rmtree("cgi-data")
made("cgi-data", b"120777 0,0 0:0", "/etc")
`

test.group('BKP-02: what goes wrong with the provider’s backups on real machines', (group) => {
  let server: TestServer
  let store: TestBackupHost
  let domain: Domain
  let whole: Backup
  const { signal } = new AbortController()

  group.each.timeout(180_000)

  group.setup(async () => {
    server = await testServer()
    store = await TestBackupHost.make()
    domain = await server.addDomain('faults.example.jp', 4096)
    await inHtml('mkdir many; for n in $(seq 400); do echo $n > many/$n; done')
    whole = await backUp()
  })

  const backUp = () => backUpDomain(domain, server.server, store.host, signal)
  const sets = () => `/srv/backups/d${domain.id}`
  const kept = async () => {
    const names = await store.text('ls', sets())
    return names.split('\n').toSorted()
  }
  const damagedIn = async (backup: Backup) => {
    const { damaged } = await verify(backup, store.host, signal)
    return damaged
  }

  /** As the domain's own account, in its document root. */
  async function inHtml(script: string) {
    const argv = ['runuser', '-u', domain.unixName, '--', 'sh', '-c', `cd "$0" && ${script}`]
    const { status, stdout, stderr } = await server.exec([...argv, `${domain.root}/html`])
    if (status) throw new Error(stderr)
    return stdout.trim()
  }

  async function restored(restore: BackupRestore) {
    await server.runTasks()
    return restore.refresh()
  }

  test('BKP-02: a file of 2 GB with next to nothing in it takes next to nothing: on its way, on the host, and when it is back', async ({
    assert,
  }) => {
    await inHtml('truncate -s 2G sparse && printf middle | dd of=sparse bs=1 seek=1G conv=notrunc')
    const start = Date.now()
    const backup = await backUp()
    assert.equal(backup.state, 'done', `${backup.reason} ${backup.words}`)
    assert.isBelow(Number(backup.sentBytes), 20 * 2 ** 20)
    const room = await store.text('stat', '-c', '%s %b', `${sets()}/${backup.id}/tree/html/sparse`)
    const [size, blocks] = room.split(' ').map(Number)
    assert.equal(size, 2 ** 31)
    assert.isBelow(blocks! * 512, 2 ** 20)

    await inHtml('rm sparse')
    const restore = await restored(await BackupRestore.everything(backup, domain))
    assert.equal(restore.state, 'done', `${restore.reason} ${restore.parts}`)
    assert.isBelow(Date.now() - start, 60_000)
    const back = await inHtml(
      'stat -c "%s %b" sparse; dd if=sparse bs=1 skip=1G count=6; rm sparse'
    )
    assert.match(back, /^2147483648 \d{1,4}\nmiddle$/)
  })

  test('BKP-02: a file that seems larger than the disk it lies on is left out and told; it keeps nothing else from being copied', async ({
    assert,
  }) => {
    await inHtml('truncate -s 1E huge; echo new > many/new')
    const start = Date.now()
    const backup = await backUp()
    await inHtml('rm huge')
    assert.isBelow(Date.now() - start, 60_000)
    assert.equal(backup.state, 'partial')
    assert.deepInclude(backup.partList, { name: 'html', result: 'partial' })
    assert.equal(backup.partList.filter(({ result }) => result === 'partial').length, 1)
    const there = await store.text('ls', `${sets()}/${backup.id}/tree/html`)
    assert.notInclude(there, 'huge')
    assert.equal(await store.text('cat', `${sets()}/${backup.id}/tree/html/many/new`), 'new')
  })

  test('BKP-02: when less is free than is kept for others, a backup stops, leaves nothing of itself and no older one worse', async ({
    assert,
  }) => {
    const before = await kept()
    const { host } = store
    const given = [host.directory, whole.set, 999, 2 ** 50, 2 ** 40]
    const refused = await relay(
      { machine: machineOf(host), verb: 'pull', given },
      { machine: serverOf(server.server), verb: 'read', given: [domain.name, domain.uid] },
      signal
    ).then(
      ({ store: said }) => said.code,
      (error) => codeOf(error)
    )
    assert.equal(refused, 'no_space')
    assert.deepEqual(await kept(), before)
  })

  test('BKP-02: on a host whose disk fills up in the middle, and that knows no snapshots, the backup says so and the older ones stay whole', async ({
    assert,
  }) => {
    await store.text(
      ...[
        'sh',
        '-c',
        `cd ${sets()}; mkdir -p 998.part/tree 998.part/databases; chown -R 29999:29999 998.part`,
      ]
    )
    await inHtml('head -c 500M /dev/urandom > large')
    await store.limitDisk('480MiB')
    const backup = await backUp()
    await store.limitDisk('20GiB')
    assert.equal(backup.reason, 'no_space', `${backup.state} ${backup.words} ${backup.parts}`)
    assert.notInclude(String(await kept()), 'part')
    assert.equal(await damagedIn(whole), 0)
    await inHtml('rm large')
  })

  test('BKP-02: a host that loses its programs in the middle leaves a failed row; the older generation is whole, the next one goes on', async ({
    assert,
  }) => {
    await inHtml('head -c 300M /dev/urandom > large')
    const under = backUp()
    await store.text(
      ...[
        'sh',
        '-c',
        'until pgrep -u 29999 rsync >/dev/null; do sleep 0.05; done; sleep 0.4; pkill -9 -u 29999',
      ]
    )
    const cut = await under
    assert.equal(cut.state, 'failed')
    assert.equal(cut.reason, 'interrupted', String(cut.words))
    assert.include(await kept(), `${cut.id}.part`)
    assert.equal(await damagedIn(whole), 0)
    const next = await backUp()
    assert.equal(next.state, 'done', String(next.words))
    await inHtml('rm large')
    assert.notInclude(String(await kept()), 'part')
    assert.equal(await damagedIn(next), 0)
  })

  test('BKP-02: what a host that was broken into says of its files makes nobody root and leads nowhere; everything else comes back', async ({
    assert,
  }) => {
    const backup = await backUp()
    await store.unseal(backup)
    const words = await store.text('python3', '-c', hostileContent, `${sets()}/${backup.id}/tree`)
    assert.equal(words, '')
    const { stdout: etc } = await server.exec(['sh', '-c', 'ls -laR /etc | sha256sum'])
    await inHtml('rm -r many')
    const restore = await restored(await BackupRestore.everything(backup, domain))
    assert.equal(restore.state, 'partial', restore.parts)
    assert.deepInclude(restore.partList, { name: 'html', result: 'partial' })
    assert.deepInclude(restore.partList, { name: 'cgi-data', result: 'missing' })
    const { stdout } = await server.exec([
      ...[
        'sh',
        '-c',
        'cd "$0"; find html cgi-data home ! -user $1 ! -group $1; find . -type b -o -type c; getcap -r html 2>&1',
      ],
      ...[domain.root, domain.unixName],
    ])
    assert.equal(stdout.trim(), '')
    const found = await inHtml(
      'ls many | wc -l; readlink out; stat -c %A%U program; ls | tr "\\n" "|"'
    )
    assert.match(found, new RegExp(`^401\n/etc/shadow\n-rws\\S+${domain.unixName}\n`))
    assert.include(found, 'line|break|')
    const { stdout: after } = await server.exec(['sh', '-c', 'ls -laR /etc | sha256sum'])
    assert.equal(after, etc)
  })

  test('BKP-02: of the generations that staff want kept there are no more, and at the end of its time all of a set goes', async ({
    assert,
  }) => {
    const { host } = store
    await host.merge({ generations: 2 }).save()
    const [one, other] = [await backUp(), await backUp()]
    assert.deepEqual([one.state, other.state], ['done', 'done'], `${one.words} ${other.words}`)
    assert.deepEqual(await kept(), [one, other].map(({ id }) => String(id)).toSorted())
    const rows = await Backup.usableOf(domain.id)
    assert.deepEqual(
      rows.map(({ id }) => id),
      [other.id, one.id]
    )
    await Backup.query()
      .where('domainId', domain.id)
      .update({ ends_at: sqlTime(new Date(Date.now() - 60_000)) })
    await new LookAtBackups().handle({ signal, log: async () => {} })
    assert.deepEqual(await kept(), [''])
    assert.lengthOf(await Backup.usableOf(domain.id), 0)
  })
})
