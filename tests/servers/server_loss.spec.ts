import { test } from '@japa/runner'
import { computeFor } from '#compute/index'
import { backUpDomain, backUpShare } from '#jobs/copy_server'
import Backup from '#models/backup'
import BackupRestore from '#models/backup_restore'
import Database from '#models/database'
import type Domain from '#models/domain'
import ServerRebuild from '#models/server_rebuild'
import { makeStaff } from '#database/factories/tenant'
import { root } from '#tests/servers/databases/client'
import { TestBackupHost } from '#tests/support/test_backup_host'
import { testServer, type TestServer } from '#tests/support/test_server'

/** Files of several owners, each by himself. */
const contents = `
cd "$0"
for name in html cgi-data home/sato; do
  u=$(stat -c %u $name)
  setpriv --reuid=$u --regid=$(stat -c %g $name) --clear-groups sh -c '
    cd "$0"; mkdir -p Maildir/new Maildir/cur Maildir/tmp; echo "in $0" > a; chmod 640 a; touch -d @1580608922 a; ln -s a b; head -c 3000000 /dev/urandom > large
    echo mail > Maildir/new/1700000000.M1P1.old' "$0/$name"
done
`

/** Without numbers of owners, which are a server's own. */
const listing = `
cd "$0"
for name in html cgi-data home/sato; do
  find $name ! -type d ! -name 'dovecot*' -printf '%p %y %m %s %T@ %l %U\\n' | sed -E "s/ $1$/ domain/; s/ $2$/ sato/"
  find $name -type f ! -name 'dovecot*' -exec sha256sum {} +
done | sort
`

test.group('BKP-02: servers that are lost', (group) => {
  let server: TestServer
  let other: TestServer
  let store: TestBackupHost
  let domain: Domain
  const { signal } = new AbortController()

  group.each.timeout(240_000)

  group.setup(async () => {
    server = await testServer()
    other = await server.another()
    store = await TestBackupHost.make()
    domain = await siteOn(other, 'lost.example.jp')
    const filled = await other.exec(['sh', '-c', contents, domain.root])
    if (filled.stderr) throw new Error(filled.stderr)
    await root(
      other,
      `create table d${domain.id}_shop.t (a varchar(20)); insert d${domain.id}_shop.t values ('寿司🍣')`
    )
    await other.exec(['sh', '-c', 'echo shared > /data/share/file'])
  })

  async function siteOn(machine: TestServer, name: string) {
    const made = await machine.addDomain(name, 256)
    await machine.addMailbox(made, 'sato')
    await Database.add(made, { name: 'shop', user: 'new' }, machine.actor)
    await machine.converge()
    return made
  }

  async function tree(machine: TestServer, of: Domain) {
    const owner = await machine.exec(['stat', '-c', '%u', `${of.root}/home/sato`])
    const argv = ['sh', '-c', listing, of.root, String(of.uid), owner.stdout.trim()]
    const { stdout } = await machine.exec(argv)
    return stdout
  }

  async function rows(machine: TestServer, of: Domain) {
    const { stdout } = await machine.exec([
      'mariadb',
      '-N',
      `d${of.id}_shop`,
      '-e',
      'select a from t',
    ])
    return stdout.trim()
  }

  test('BKP-02: everything of a domain comes back into a domain on another server, to whom it belongs there', async ({
    assert,
  }) => {
    const backup = await backUpDomain(domain, other.server, store.host, signal)
    assert.equal(backup.state, 'done', `${backup.reason} ${backup.words}`)
    const target = await siteOn(server, 'elsewhere.example.jp')
    const restore = await BackupRestore.everything(backup, target)
    await server.runTasks()
    await restore.refresh()
    assert.equal(restore.state, 'done', `${restore.reason} ${restore.parts}`)
    assert.equal(await tree(server, target), await tree(other, domain))
    assert.match(await tree(server, target), /1700000000.M1P1.old f 644 5 \S+ {2}sato\n/)
    assert.match(await tree(server, target), /html\/a f 640 \d+ 1580608922\S+ {2}domain\n/)
    assert.equal(await rows(server, target), '寿司🍣')
  })

  test('BKP-02: a server that goes in the middle of its backup leaves the older one; made anew by staff, it has everything again', async ({
    assert,
  }) => {
    await backUpShare(other.server, store.host, signal)
    const before = await tree(other, domain)
    await other.exec([
      'runuser',
      '-u',
      domain.unixName,
      '--',
      'sh',
      '-c',
      'head -c 200M /dev/urandom > "$0/large2"',
      `${domain.root}/html`,
    ])
    const under = backUpDomain(domain, other.server, store.host, signal)
    await store.text('sh', '-c', 'until pgrep -u 29999 rsync >/dev/null; do sleep 0.05; done')
    const compute = await computeFor(other.server)
    await compute.delete()
    const cut = await under
    assert.equal(cut.state, 'failed')
    assert.lengthOf(await Backup.usableOf(domain.id), 1)

    const rebuild = await ServerRebuild.request(other.server, await makeStaff())
    await other.converge()
    await rebuild.refresh()
    assert.equal(rebuild.state, 'restoring')
    await other.server.refresh()
    assert.equal(other.server.state, 'running')
    const restores = await rebuild.related('restores').query().orderBy('id')
    assert.deepEqual(
      restores.map(({ kind, state }) => `${kind} ${state}`),
      ['everything done', 'share done'],
      restores.map(({ reason, parts }) => `${reason} ${parts}`).join()
    )
    assert.equal(await tree(other, domain), before)
    assert.equal(await rows(other, domain), '寿司🍣')
    const shared = await other.exec(['cat', '/data/share/file'])
    assert.equal(shared.stdout, 'shared\n')
    const { status, body } = await other.http(domain.name, '/a')
    assert.equal(`${status} ${body.trim()}`, `200 in ${domain.root}/html`)
  })
})
