import { createHash } from 'node:crypto'
import db from '@adonisjs/lucid/services/db'
import mail from '@adonisjs/mail/services/main'
import { test } from '@japa/runner'
import type Domain from '#models/domain'
import StagingChange from '#models/staging_change'
import TamperLook from '#models/tamper_look'
import TamperWatch from '#models/tamper_watch'
import { beginDueLooks } from '#models/tamper_watch/due'
import { testServer, type TestServer } from '#tests/support/test_server'

test.group('WEB-07: tamper detection on a real server', (group) => {
  let server: TestServer
  let domain: Domain
  let messages: ReturnType<typeof mail.fake>['messages']
  group.setup(async () => {
    server = await testServer()
    domain = await server.addDomain('tamper-tsukasa.jp', 128)
    ;({ messages } = mail.fake())
  })
  group.teardown(async () => {
    mail.restore()
    await domain.remove(server.actor)
    await server.converge()
  })

  async function asDomain(script: string) {
    const { uid, root } = domain
    const account = [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups']
    const done = await server.exec(['setpriv', ...account, 'bash', '-c', `cd ${root} && ${script}`])
    if (done.status) throw new Error(done.stderr)
    return done.stdout
  }

  /** As the clock does, a day later. */
  async function daily(): Promise<TamperLook> {
    await db.from('tamper_watches').update({ next_look_at: '2026-01-01 00:00:00.000' })
    await beginDueLooks(new Date())
    await server.converge()
    return newest()
  }

  const newest = () =>
    TamperLook.query().where('domainId', domain.id).orderBy('id', 'desc').firstOrFail()

  async function swap() {
    const seen = await StagingChange.lastIdOf(domain.id)
    const plan = { kind: 'swap', copiesFirst: false, seen } as const
    await StagingChange.begin(await domain.refresh(), plan, server.actor)
    await server.converge()
  }

  const namesOf = ({ findings }: TamperLook) =>
    (findings?.findings ?? []).map(({ state, directory, name }) => `${state} ${directory}/${name}`)

  test('WEB-07: the first look is the baseline; later what changed is mailed once, with its SHA-256', async ({
    assert,
  }) => {
    await asDomain(
      'mkdir html/wp && echo "<?php echo 1;" > html/wp/index.php && echo 1 > cgi-data/x'
    )
    const wish = { enabled: true, minute: 210, addresses: ['w@example.com'], keepsBaseline: false }
    await TamperWatch.set(domain, wish, server.actor)
    await server.converge()
    const first = await newest()
    assert.deepEqual([first.state, first.baseline, first.changes], ['done', 'first', 0])
    assert.lengthOf(messages.sent(), 1)
    const shut = await server.exec(['stat', '-c', '%U %a', `${domain.root}/conf/tamper`])
    assert.equal(shut.stdout.trim(), 'root 700')

    await asDomain(
      'echo "<?php evil();" >> html/wp/index.php && touch html.stage/new && rm cgi-data/x'
    )
    const look = await daily()
    assert.sameMembers(namesOf(look), [
      'changed html/wp/index.php',
      'added html.stage/new',
      'removed cgi-data/x',
    ])
    const page = look.findings!.findings.find(({ name }) => name === 'wp/index.php')!
    const content = '<?php echo 1;\n<?php evil();\n'
    assert.equal(page.after!.digest, createHash('sha256').update(content).digest('hex'))
    assert.deepInclude(page.diff, ['+', '<?php evil();'])
    const sent = messages.sent()
    assert.lengthOf(sent, 2)
    sent[1].assertTo('w@example.com')
    assert.include(String(sent[1].nodeMailerMessage.text), '[変更] html/wp/index.php')

    const quiet = await daily()
    assert.deepEqual([quiet.state, quiet.changes], ['done', 0])
    assert.lengthOf(messages.sent(), 2)
  }).timeout(60_000)

  test('WEB-07: a swap is told as one, and only what differs beside it; accepted, nothing is told', async ({
    assert,
  }) => {
    await asDomain('for n in $(seq 200); do echo $n > html/a-$n; echo $n > html.stage/b-$n; done')
    await daily()
    await swap()
    await asDomain('echo evil > html/b-7')
    const look = await daily()
    assert.deepEqual(namesOf(look), ['changed html/b-7'])
    assert.deepEqual(look.findings!.moved.slice(0, 2), [
      ['html.stage', 'html'],
      ['html', 'html.stage'],
    ])
    const mails = messages.sent().length
    await swap()
    await asDomain('echo mine > html/a-1')
    await TamperLook.start(domain, 'accept', server.actor)
    await server.converge()
    const accepted = await newest()
    assert.deepEqual([accepted.kind, accepted.changed], ['accept', 1])
    const after = await daily()
    assert.deepEqual(namesOf(after), [])
    assert.lengthOf(messages.sent(), mails)
  }).timeout(60_000)

  test('WEB-07: a full disk hides nothing: what changed is told, and told again until it can be kept', async ({
    assert,
  }) => {
    await daily()
    // So much that what would be kept of it needs room, too.
    await asDomain(
      'mkdir html/new && cd html/new && head -c 3000000 /dev/urandom | base64 | split -a 4 -b 1300'
    )
    await asDomain('dd if=/dev/zero of=cgi-data/fill bs=1M 2>/dev/null; true')
    const look = await daily()
    assert.equal(look.state, 'done')
    assert.isAtLeast(look.added, 3001)
    assert.isFalse(look.saved)
    const again = await daily()
    assert.equal(again.added, look.added)
    assert.include(String(messages.sent().at(-1)!.nodeMailerMessage.text), '容量が足りない')
    await asDomain('rm -rf cgi-data/fill html/new')
    const after = await daily()
    assert.equal(after.state, 'done')
    assert.isTrue(after.saved || after.changes === 0)
  }).timeout(120_000)
})
