import { test } from '@japa/runner'
import { backUpDomain, backUpShare } from '#jobs/copy_server'
import { verify } from '#backup/generation'
import { tryRestore } from '#jobs/try_restores'
import Backup from '#models/backup'
import BackupRestore from '#models/backup_restore'
import Database from '#models/database'
import type Domain from '#models/domain'
import { root } from '#tests/servers/databases/client'
import { TestBackupHost } from '#tests/support/test_backup_host'
import { testServer, type TestServer } from '#tests/support/test_server'

/** Everything that a tree says: kind, mode, owner, size, time, where links lead, which names are one file, and content. */
const listing = `
import hashlib, os, stat, sys
top = sys.argv[1]
inodes = {}
for over, directories, names in os.walk(top):
    directories.sort()
    for name in sorted(directories + names):
        path = os.path.join(over, name)
        status = os.lstat(path)
        rest = [oct(status.st_mode), status.st_uid, status.st_gid, status.st_mtime_ns if not stat.S_ISLNK(status.st_mode) else "-"]
        if stat.S_ISLNK(status.st_mode):
            rest.append(os.readlink(path))
        else:
            rest += [f"{key}={os.getxattr(path, key, follow_symlinks=False).hex()}" for key in sorted(os.listxattr(path, follow_symlinks=False)) if not key.startswith("user.rsync.")]
        if stat.S_ISREG(status.st_mode):
            digest = hashlib.file_digest(open(path, "rb"), "sha256").hexdigest()
            rest += [status.st_size, inodes.setdefault(status.st_ino, len(inodes)), digest]
        print(ascii(path[len(top):]), *rest)
`

/** Each kind of change that a copy of the day before must not take over: content, mode, time, name, kind, a second name. */
const changes = `
import os
os.chdir("html/a")
open("1.txt", "w").write("changed")
os.chmod("5.txt", 0o600)
os.utime("6.txt", (5, 5))
os.rename("8.txt", "eight.txt")
os.unlink("9.txt"); os.symlink("elsewhere", "9.txt")
os.unlink("10.txt")
os.setxattr("2.txt", "user.colour", b"green")
os.link("11.txt", "eleven.txt")
os.mkdir("new"); open("new/file", "w").write("new")
`

/** Where on the disk the large file of each tree lies (FIEMAP). */
const placesOnDisk = `
import fcntl, json, os, struct, sys
def extents(path):
    with open(path, "rb") as file:
        answer = bytearray(struct.pack("QQIIII", 0, 1 << 40, 1, 0, 64, 0) + bytes(56 * 64))
        fcntl.ioctl(file, 0xC020660B, answer)
        count = struct.unpack_from("I", answer, 20)[0]
        return [struct.unpack_from("QQQ", answer, 32 + 56 * n) for n in range(count)]
print(json.dumps([extents(f"{tree}/html/large") for tree in sys.argv[1:]]))
`

/** As the domain's own account; names, links, times, empty, sparse and large, pipes and sockets. */
const hostileTree = `
import os, socket, struct
os.chdir("html")
os.makedirs("a/b/c")
os.makedirs(b"\\xff\\xfe bad \\n name", exist_ok=True)
open(b"a/\\xe8\\xa1\\xa8'\\"\$(id)\\n;.txt", "w").write("x")
open("-rf", "w").write("dash")
open("a/one", "w").write("same")
os.link("a/one", "a/b/two")
os.symlink("/etc/passwd", "out")
os.symlink("../../../../../../etc", "up")
os.symlink("a", "in")
os.symlink("nowhere", "dangling")
os.mkfifo("pipe")
s = socket.socket(socket.AF_UNIX); s.bind("sock")
with open("sparse", "wb") as f:
    f.truncate(64 << 20); f.seek(32 << 20); f.write(b"in the middle")
open("large", "wb").write(os.urandom(20 << 20))
open("set", "w").write("s"); os.chmod("set", 0o4755)
open("closed", "w").write("c"); os.chmod("closed", 0)
os.chmod("a/b/c", 0)
for n in range(300): open(f"a/{n}.txt", "w").write(str(n) * 50)
os.utime("a/one", (1, 1234567890.123456789))
os.setxattr("a/2.txt", "user.colour", b"blue\\0\\n")
# An entry for one more user (struct posix_acl_xattr_entry)
acl = [(1, 6, -1), (2, 4, 12345), (4, 4, -1), (16, 4, -1), (32, 0, -1)]
os.setxattr("a/3.txt", "system.posix_acl_access", struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *each) for each in acl))
# What rsync itself writes on the host; a customer's is not taken for it, and not kept
os.setxattr("a/4.txt", "user.rsync.%stat", b"104755 0,0 0:0")
`

test.group('BKP-02: the provider’s backups on real machines', (group) => {
  let server: TestServer
  let store: TestBackupHost
  let domain: Domain
  const signal = new AbortController().signal

  group.each.timeout(180_000)

  group.setup(async () => {
    server = await testServer()
    store = await TestBackupHost.make()
    domain = await server.addDomain('backups-test.jp', 256)
    await server.addMailbox(domain, 'sato')
    await Database.add(domain, { name: 'shop', user: 'new' }, server.actor)
    await Database.add(domain, { name: 'empty' }, server.actor)
    await server.converge()
    await asDomain(hostileTree)
    await root(
      server,
      `create table d${domain.id}_shop.t (id int primary key, a varchar(20));
       insert d${domain.id}_shop.t values (1, '寿司🍣'), (2, 'x');
       create view d${domain.id}_shop.v as select a from d${domain.id}_shop.t`
    )
    await deliver('sato', '1700000000.M1P1.old', 'an old message')
  })

  async function asDomain(program: string) {
    const done = await server.exec(
      [
        'runuser',
        '-u',
        domain.unixName,
        '--',
        'sh',
        '-c',
        'cd "$0" && exec python3 -',
        domain.root,
      ],
      program
    )
    if (done.status) throw new Error(done.stderr)
  }

  async function deliver(localPart: string, name: string, text: string) {
    const home = `${domain.root}/home/${localPart}`
    const made = await server.exec(
      [
        'sh',
        '-c',
        'u=$(stat -c %u "$0"); setpriv --reuid=$u --regid=$(stat -c %g "$0") --clear-groups sh -c \'mkdir -p "$0"/Maildir/cur "$0"/Maildir/new "$0"/Maildir/tmp && cat > "$0/Maildir/new/$1"\' "$0" "$1"',
        home,
        name,
      ],
      text
    )
    if (made.status) throw new Error(made.stderr)
  }

  async function tree(place: string) {
    const { stdout, stderr } = await server.exec(
      ['python3', '-', `${domain.root}/${place}`],
      listing
    )
    return stdout || stderr
  }

  const backUp = () => backUpDomain(domain, server.server, store.host, signal)

  async function restored(restore: BackupRestore) {
    await server.runTasks()
    return restore.refresh()
  }

  let first: Backup
  let second: Backup
  let asItWas: string

  test('BKP-02: everything of a domain is copied, and the list says what', async ({ assert }) => {
    first = await backUp()
    assert.equal(first.state, 'done', `${first.reason} ${first.words} ${first.parts}`)
    assert.deepEqual(
      first.partList.map(({ name }) => name),
      [
        ...['html', 'html.stage', 'cgi-bin', 'cgi-bin.stage', 'cgi-data', 'var', 'home', 'log'],
        ...['tmp', 'database/empty', 'database/shop'],
      ]
    )
    assert.isAbove(first.files!, 300)
    const looked = await verify(first, store.host, signal)
    assert.equal(looked.damaged, 0)
  })

  test('BKP-02: the host keeps plain files of one account that nobody else may read; no link, no pipe, no set-id program', async ({
    assert,
  }) => {
    const odd = await store.text(
      'sh',
      '-c',
      'find /srv/backups \\( ! -user 29999 -o -perm /7000 -o ! -type f ! -type d \\) | head'
    )
    assert.equal(odd, '')
    const mode = await store.text('stat', '-c', '%a %u', '/srv/backups')
    assert.equal(mode, '700 29999')
  })

  test('BKP-02: of a second generation only what changed travels, and what did not takes no room again', async ({
    assert,
  }) => {
    asItWas = await tree('html')
    await asDomain(changes)
    second = await backUp()
    assert.equal(second.state, 'done', `${second.reason} ${second.words}`)
    assert.isBelow(Number(second.sentBytes), 60_000)
    const places = [first, second].map(({ id }) => `/srv/backups/d${domain.id}/${id}/tree`)
    const [one, other] = JSON.parse(await store.text('python3', '-c', placesOnDisk, ...places))
    assert.isAbove(one.length, 0)
    assert.deepEqual(one, other)
  })

  test('BKP-02: after everything was lost it comes back bit by bit, with owners, modes, times and links', async ({
    assert,
  }) => {
    const before = {
      html: await tree('html'),
      home: await tree('home'),
      cgi: await tree('cgi-data'),
    }
    const dump = await dumped()
    await server.exec(['sh', '-c', `rm -rf ${domain.root}/html/* ${domain.root}/home/*/Maildir`])
    await root(
      server,
      `drop table d${domain.id}_shop.t; create table d${domain.id}_shop.later (a int)`
    )
    const restore = await restored(await BackupRestore.everything(second, domain))
    assert.equal(restore.state, 'done', `${restore.reason} ${restore.parts}`)
    assert.equal(await tree('html'), before.html)
    assert.equal(await tree('home'), before.home)
    assert.equal(await tree('cgi-data'), before.cgi)
    assert.equal(await dumped(), dump)
    const { status } = await server.http(domain.name, '/index.html')
    assert.equal(status, 200)
    const { stdout } = await server.exec(['ls', '-A', `${domain.root}/conf/restore`])
    assert.equal(stdout, '')
  })

  async function dumped() {
    const { stdout } = await server.exec([
      'sh',
      '-c',
      `python3 -I -S /etc/tsukasa/mariadb/transfer.py dump d${domain.id}_shop 2>/dev/null | gzip -dc`,
    ])
    // Made by root here, which no customer is.
    return stdout.replaceAll(/DEFINER=\S+/g, '')
  }

  test('BKP-02: of an older generation all comes back as it was then, whatever was changed, added and deleted since', async ({
    assert,
  }) => {
    assert.notEqual(await tree('html'), asItWas)
    const older = await Backup.usable(first.id)
    const restore = await restored(await BackupRestore.everything(older!, domain))
    assert.equal(restore.state, 'done', `${restore.reason} ${restore.parts}`)
    assert.equal(await tree('html'), asItWas)
    const again = await restored(await BackupRestore.everything(second, domain))
    assert.equal(again.state, 'done')
  })

  test('BKP-02: a copy is brought back for trial, and one whose content was changed on the host is found out', async ({
    assert,
  }) => {
    const run = { signal, log: async () => {} }
    const backup = await Backup.usable(second.id)
    const good = await tryRestore(backup!, server.server, run)
    assert.equal(good.state, 'done', `${good.reason} ${good.parts}`)
    const { stdout } = await server.exec(['ls', '-A', '/var/lib/tsukasa/restore-test'])
    assert.equal(stdout, '')

    await verify(second, store.host, signal)
    await store.unseal(second)
    const kept = `/srv/backups/d${domain.id}/${second.id}`
    await store.text(
      'sh',
      '-c',
      `printf X | dd of=${kept}/tree/html/a/7.txt conv=notrunc; head -c 20 ${kept}/databases/shop.sql.gz > /tmp/x; cat /tmp/x > ${kept}/databases/shop.sql.gz`
    )
    const looked = await verify(second, store.host, signal)
    assert.sameMembers(looked.names, ['tree/html/a/7.txt', 'databases/shop.sql.gz', 'shop.sql.gz'])
    const bad = await tryRestore(backup!, server.server, run)
    assert.equal(bad.state, 'partial')
    assert.deepInclude(bad.partList, { name: 'database/shop', result: 'damaged' })

    const before = await dumped()
    const restore = await restored(
      await BackupRestore.database(backup!, domain, 'shop', server.actor)
    )
    assert.deepEqual(restore.partList, [{ name: 'database/shop', result: 'damaged' }])
    assert.equal(await dumped(), before, 'nothing was thrown away for it')
  })

  test('BKP-02: messages of a backup come back into a mailbox, each once, and newer ones stay', async ({
    assert,
  }) => {
    const maildir = `${domain.root}/home/sato/Maildir`
    await server.exec(['sh', '-c', `rm -f ${maildir}/new/*`])
    await deliver('sato', '1900000000.M1P1.newer', 'a newer message')
    for (let left = 2; left > 0; left--) {
      const restore = await restored(
        await BackupRestore.mailbox(second, domain, 'sato', server.actor)
      )
      assert.equal(restore.state, 'done', `${restore.reason} ${restore.parts}`)
    }
    const { stdout } = await server.exec([
      'sh',
      '-c',
      `cd ${maildir} && ls new cur && stat -c %U:%a new/*old*`,
    ])
    assert.include(stdout, '1700000000.M1P1.old')
    assert.include(stdout, '1900000000.M1P1.newer')
    assert.equal(stdout.match(/M1P1\.old/g)?.length, 1)
  })

  test('BKP-02: a link that a mailbox put in the way leads nothing out of it', async ({
    assert,
  }) => {
    const home = `${domain.root}/home/sato`
    await server.exec(['sh', '-c', `rm -rf ${home}/Maildir; ln -s /etc ${home}/Maildir`])
    await restored(await BackupRestore.mailbox(second, domain, 'sato', server.actor))
    const { stdout } = await server.exec([
      'sh',
      '-c',
      `find /etc -name '*M1P1*'; rm ${home}/Maildir`,
    ])
    assert.equal(stdout, '')
  })

  test('BKP-02: without room nothing is begun, and the reason is told', async ({ assert }) => {
    await server.exec([
      'sh',
      '-c',
      `for mb in 210 200 190; do fallocate -l "$mb"M ${domain.root}/conf/filler && break; done`,
    ])
    const restore = await restored(await BackupRestore.everything(second, domain))
    await server.exec(['sh', '-c', `rm ${domain.root}/conf/filler`])
    assert.deepInclude(restore.toJSON(), { state: 'failed', reason: 'no_room' })
  })

  test('BKP-02: a server that is gone in the middle leaves the older generations and a row that says why', async ({
    assert,
  }) => {
    const { host } = store
    const ending = new AbortController()
    setTimeout(() => ending.abort(), 700)
    await assert.rejects(() => backUpDomain(domain, server.server, host, ending.signal))
    const away = await server.server.refresh()
    away.address = '192.0.2.1'
    away.$attributes.address = '192.0.2.1'
    const failed = await backUpDomain(domain, away, host, signal)
    await away.refresh()
    assert.deepInclude(failed.toJSON(), { state: 'failed', reason: 'unreachable' })
    const cut = await Backup.query().where({ domainId: domain.id, reason: 'interrupted' })
    assert.lengthOf(cut, 1)
    const kept = await Backup.usableOf(domain.id)
    assert.deepEqual(
      kept.map(({ id }) => id),
      [second.id, first.id]
    )
  })

  test('BKP-02: what all domains share is copied, and names that are free come back', async ({
    assert,
  }) => {
    await server.exec([
      'sh',
      '-c',
      'echo shared > /data/share/file; chown 20000:20000 /data/share/file; echo other > /data/share/kept',
    ])
    const backup = await backUpShare(server.server, store.host, signal)
    assert.equal(backup.state, 'done', `${backup.reason} ${backup.words}`)
    await server.exec(['sh', '-c', 'rm /data/share/file; echo newer > /data/share/kept'])
    const restore = await restored(await BackupRestore.share(backup))
    assert.equal(restore.state, 'done', `${restore.reason} ${restore.parts}`)
    const { stdout } = await server.exec([
      'sh',
      '-c',
      'cat /data/share/file /data/share/kept; rm /data/share/*',
    ])
    assert.equal(stdout, 'shared\nnewer\n')
  })
})
