import { test } from '@japa/runner'
import type { DesiredDomain, DesiredMailbox } from '#convergence/desired_server'
import type { FileResource, TableResource } from '#convergence/resource'
import { dovecot } from '#convergence/services/dovecot/index'
import { sieve } from '#convergence/services/sieve/index'
import { addressesIn } from '#convergence/services/sieve/senders'
import { rowOfForwards } from '#convergence/services/sieve/script'
import { domainScripts, scriptOf, serverScripts } from '#convergence/services/sieve/scripts'
import { toEmailAddress, toLocalPart, toSenderPattern } from '#convergence/syntax/names'
import { desiredDomain, desiredServer } from '#tests/unit/convergence/services/desired'

const plain = desiredDomain(7)
const [admin] = plain.mailboxes
const { hostname } = desiredServer([plain])
const wholeServer = '/var/lib/tsukasa/sieve'

const taroWith = (changes: Partial<DesiredMailbox>): DesiredMailbox => ({
  ...admin,
  id: 71,
  uid: 30071,
  localPart: toLocalPart('taro'),
  ...changes,
})

const domainOf = (
  mailbox: DesiredMailbox,
  changes: Partial<DesiredDomain> = {}
): DesiredDomain => ({
  ...plain,
  ...changes,
  mailboxes: [mailbox],
})

/** The path of the mailbox's script, and what is in it. */
function scriptFor(changes: Partial<DesiredMailbox>, domain: Partial<DesiredDomain> = {}) {
  const mailbox = taroWith(changes)
  const whole = domainOf(mailbox, domain)
  const { path } = scriptOf(mailbox, whole, hostname)
  const text = domainScripts(whole, hostname).get(path) ?? serverScripts.get(path) ?? ''
  return { path, text, forwards: rowOfForwards(mailbox, whole) }
}

/** Named by what is in it. */
const named = /^\/var\/lib\/tsukasa\/sieve\/d7\/([0-9a-f])\/\1[0-9a-f]{31}\.sieve$/

/** Of a thousand users who each allow somebody else. */
function manyScripts(): FileResource[] {
  const mailboxes = Array.from({ length: 1000 }, (_, index) =>
    taroWith({ allowedSenders: senders(`a${index}@example.net`) })
  )
  return sieve
    .domainResources({ ...plain, mailboxes }, desiredServer([plain]))
    .filter((one) => one.kind === 'file')
}

const senders = (...patterns: string[]) => patterns.map(toSenderPattern)
const addresses = (...all: string[]) => all.map(toEmailAddress)

/** What an apply does for a domain that changes from one to the other. */
function applied(before: DesiredDomain, after: DesiredDomain) {
  const [old, wanted] = [before, after].map((domain) =>
    [dovecot, sieve].flatMap((service) => service.domainResources(domain, desiredServer([domain])))
  )
  const changed = wanted.filter((one) => !old.some((other) => same(one, other)))
  const changes = changed.map((resource) => ({
    ...({ action: 'update', scope: 'domain:7', key: '' } as const),
    resource,
  }))
  const server = desiredServer([after])
  const commands = [dovecot, sieve].flatMap((service) =>
    service.activations(
      changes.filter(({ resource }) => (resource.kind === 'table') === (service === dovecot)),
      server
    )
  )
  return { changed, commands: commands.map(({ argv }) => argv.join(' ')) }
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)

test.group('Sieve of a mailbox', () => {
  test('MAIL-04: another level or action is another row, and nothing is compiled or reloaded', ({
    assert,
  }) => {
    const before = domainOf(taroWith({}))
    const after = domainOf(taroWith({ spam: { score: 5, action: 'quarantine' } }))
    const { changed, commands } = applied(before, after)
    assert.deepEqual(
      changed.map(({ kind }) => kind),
      ['table']
    )
    assert.isEmpty(commands)
    const { path } = scriptOf(after.mailboxes[0], after, hostname)
    assert.equal(path, `${wholeServer}/spam-5-quarantine.sieve`)
  })

  test('MAIL-07: a forward of one user compiles his script and reloads nothing', ({ assert }) => {
    const forward = { to: addresses('a@example.net'), keep: true }
    const { changed, commands } = applied(domainOf(taroWith({})), domainOf(taroWith({ forward })))
    assert.deepEqual(
      changed.map(({ kind }) => kind),
      ['table', 'directory', 'file']
    )
    assert.deepEqual(commands, [`sievec ${scriptFor({ forward }).path}`])
  })

  test('MAIL-07: whoever forwards to as many has the same script, and another address is another row', ({
    assert,
  }) => {
    const [one, other, two] = [['a@example.net'], ['b@example.net'], ['a@example.net', 'b@x.jp']]
      .map((to) => ({ to: addresses(...to), keep: true }))
      .map((forward) => domainOf(taroWith({ forward })))
    const { changed, commands } = applied(one, other)
    assert.deepEqual(
      changed.map(({ kind }) => kind),
      ['table']
    )
    assert.isEmpty(commands)
    assert.lengthOf(applied(one, two).commands, 1)
    const users = [...one.mailboxes, { ...other.mailboxes[0], localPart: toLocalPart('jiro') }]
    assert.equal(domainScripts({ ...one, mailboxes: users }, hostname).size, 1)
  })

  test("MAIL-07: a user's row says which script is his and whom it forwards to, in order", ({
    assert,
  }) => {
    const forward = { to: addresses('b@example.net', 'a@example.net'), keep: true }
    const whole = domainOf(taroWith({ forward }))
    const [table] = dovecot.domainResources(whole, desiredServer([whole]))
    const { rows } = table as TableResource
    const row = JSON.parse(rows[0][1])
    assert.equal(row.forwards, 'b@example.net a@example.net')
    assert.equal(row.sieve, scriptFor({ forward }).path)
    assert.match(row.sieve, named)
  })

  test('MAIL-04: a level asks for as many stars as it has points', ({ assert }) => {
    for (const score of [5, 10, 13] as const) {
      const { text } = scriptFor({ spam: { score, action: 'delete' } })
      assert.include(text, `"X-Spam-Level" "${'*'.repeat(score)}"`)
      assert.match(text, /discard;\s+stop;/)
    }
    assert.notInclude(scriptFor({ spam: null }).text, 'X-Spam-Level')
  })

  test('MAIL-05: the lists of the user and of the domain keep mail from the spam check', ({
    assert,
  }) => {
    const { text, path } = scriptFor(
      { allowedSenders: senders('friend@example.net', '192.0.2.0/24') },
      { allowedSenders: senders('example.org') }
    )
    assert.match(path, named)
    for (const part of [
      'not anyof (',
      'address :all :is "from" ["friend@example.net"]',
      'envelope :all :is "from" ["friend@example.net"]',
      'address :domain :is "from" ["example.org"]',
      'envelope :domain :matches "from" ["*.example.org"]',
      'header :index 2 :regex "received"',
    ])
      assert.include(text, part)
  })

  test("MAIL-05: users without lists of their own share the domain's script", ({ assert }) => {
    const domain = { allowedSenders: senders('example.org') }
    assert.equal(scriptFor({}, domain).path, `${wholeServer}/d7/spam-10-tag.sieve`)
    assert.equal(scriptFor({ spam: null }, domain).path, `${wholeServer}/spam-off.sieve`)
  })

  test('MAIL-05: {network} means {address} and not {other}')
    .with([
      { network: '192.0.2.1', address: '192.0.2.1', other: '192.0.2.10' },
      { network: '192.0.2.0/24', address: '192.0.2.255', other: '192.0.3.1' },
      { network: '192.0.2.128/25', address: '192.0.2.200', other: '192.0.2.127' },
      { network: '10.20.16.0/20', address: '10.20.31.9', other: '10.20.32.9' },
      { network: '10.0.0.0/8', address: '10.255.1.2', other: '110.1.1.1' },
      { network: '0.0.0.0/0', address: '203.0.113.9', other: 'unknown' },
      { network: '192.0.2.77/28', address: '192.0.2.64', other: '192.0.2.80' },
    ])
    .run(({ assert }, { network, address, other }) => {
      const shape = new RegExp(`\\[${addressesIn(network)}\\]`)
      assert.match(`[${address}]`, shape)
      assert.notMatch(`[${other}]`, shape)
    })

  test('MAIL-08: whom the From line names on the reject list is not seen, unless he is allowed', ({
    assert,
  }) => {
    const rejectedSenders = senders('example.net', '198.51.100.0/24')
    const { text } = scriptFor({ rejectedSenders, allowedSenders: senders('friend@example.net') })
    assert.match(
      text,
      /^if allof \(anyof \(address .*, not anyof \(.*"friend@example.net".*\)\) \{$/m
    )
    assert.isBelow(text.indexOf('example.net'), text.indexOf('X-Spam-Level'))
    assert.match(scriptFor({ rejectedSenders }).path, named)
  })

  test('MAIL-07: a hundred forwards, kept here or not', ({ assert }) => {
    const to = addresses(...Array.from({ length: 100 }, (_, index) => `a${index}@example.net`))
    const kept = scriptFor({ forward: { to, keep: true } })
    assert.lengthOf(kept.text.match(/^ *redirect :copy "\$/gm) ?? [], 100)
    assert.deepEqual(kept.forwards?.split(' '), to)
    const gone = scriptFor({ forward: { to, keep: false } }).text
    assert.lengthOf(gone.match(/^ *redirect "\$/gm) ?? [], 100)
  })

  test('MAIL-07: what is more than Dovecot takes of a row is in the script', ({ assert }) => {
    const long = Array.from({ length: 100 }, (_, index) => `${'a'.repeat(40)}${index}@example.net`)
    const to = addresses(...long)
    const { text, forwards } = scriptFor({ forward: { to, keep: true } })
    assert.isUndefined(forwards)
    assert.deepEqual(
      text.match(/(?<=^redirect :copy ").*(?=";$)/gm),
      to.map((address) => address.toString())
    )
  })

  test('MAIL-07: his own address among the others means that he keeps it', ({ assert }) => {
    const to = addresses('taro@site7.example.jp', 'a@example.net')
    const { text, forwards } = scriptFor({ forward: { to, keep: false } })
    assert.deepEqual(text.match(/^redirect.*$/gm), ['redirect :copy "${rest}";'])
    assert.equal(forwards, 'a@example.net')
  })

  test('MAIL-07: an address that looks like a variable stays an address', ({ assert }) => {
    const to = addresses('${1}@example.net', ...Array(99).fill(`${'a'.repeat(40)}@example.net`))
    const { text } = scriptFor({ forward: { to, keep: false } })
    assert.include(text, 'redirect "${dollar}{1}@example.net";')
  })

  test('MAIL-09: the script is called beside delivery, and may fail', ({ assert }) => {
    assert.include(scriptFor({ userScript: true }).text, 'pipe :copy :try "user_script";')
  })

  test('a vacation answers between its days in Japan, and never spam', ({ assert }) => {
    const vacation = {
      ...{ subject: '休暇"のお知らせ', text: '休みです。\n.\nまた ${1}\n' },
      ...{ from: '2026-12-29', until: '2027-01-03' },
    }
    const { text } = scriptFor({ vacation })
    assert.include(text, ':subject "休暇\\"のお知らせ"')
    assert.include(text, '"休みです。\r\n.\r\nまた ${dollar}{1}\r\n"')
    assert.include(text, ':zone "+0900" :value "ge" "date" "2026-12-29"')
    assert.include(text, ':zone "+0900" :value "le" "date" "2027-01-03"')
    assert.match(
      text,
      /if not header :contains "X-Spam-Level" "\*{10}" \{\s+if allof \(.*currentdate/
    )
  })

  test('who writes to a user and to one who forwards to him is answered for one of both', ({
    assert,
  }) => {
    const vacation = { subject: '', text: 'b', from: null, until: null }
    const { text } = scriptFor({ vacation, spam: null })
    const rewritten = ['SRS0', 'SRS1'].map((name) => `"${name}*@msv000001.example.jp"`).join(', ')
    assert.match(text, /^if not envelope .*\{\n {2}vacation /m)
    assert.include(text, `if not envelope :matches "from" [${rewritten}] {`)
  })

  test('MAIL-11: forwards come first, so that one that is put off leaves nothing done twice', ({
    assert,
  }) => {
    const forward = { to: addresses('a@example.net'), keep: true }
    const vacation = { subject: '', text: 'b', from: null, until: null }
    const { text } = scriptFor({ forward, vacation, userScript: true })
    const order = [...text.matchAll(/^ *(redirect|pipe|vacation) /gm)].map(([, name]) => name)
    assert.deepEqual(order, ['redirect', 'pipe', 'vacation'])
  })

  test('a vacation subject that would begin another header is refused', ({ assert }) => {
    const vacation = { subject: 'a\nBcc: x@example.net', text: 'b', from: null, until: null }
    assert.throws(() => scriptFor({ vacation }), /refused/)
  })

  test("the admin's vacation answers mail for postmaster and webmaster too", ({ assert }) => {
    const vacation = { subject: '', text: 'b', from: null, until: null }
    const { text } = scriptFor({ localPart: toLocalPart('admin'), vacation })
    const all = ['admin', 'postmaster', 'webmaster'].map((name) => `"${name}@site7.example.jp"`)
    assert.include(text, `:addresses [${all.join(', ')}]`)
    assert.notInclude(text, ':subject')
  })

  test('REL-04: only root writes scripts, and only mail processes read them', ({ assert }) => {
    const domain = domainOf(taroWith({ userScript: true }))
    const server = desiredServer([domain])
    const all = [...sieve.serverResources(server), ...sieve.domainResources(domain, server)]
    for (const one of all) {
      if (one.kind !== 'file' && one.kind !== 'directory') throw new Error(one.kind)
      assert.equal(one.owner, 'root')
      assert.equal(one.group, 19998)
      assert.equal(one.mode & 0o027, 0)
    }
  })

  test("REL-01: with the server's own scripts the candidate's configuration is read", ({
    assert,
  }) => {
    const server = desiredServer([])
    const changes = sieve
      .serverResources(server)
      .map((resource) => ({ action: 'create', scope: 'server', key: '', resource }) as const)
    const [check, ...more] = sieve.checks(changes, server)
    assert.deepEqual(check.argv, ['sievec', '-c', '/etc/dovecot/dovecot.conf', wholeServer])
    assert.isEmpty(more)
  })

  test('many scripts of a domain are compiled at once, and a removed one leaves no binary', ({
    assert,
  }) => {
    const server = desiredServer([plain])
    const files = manyScripts().filter(({ path }) => path.includes('/d7/0/'))
    const change = (action: 'update' | 'remove', count: number) =>
      files
        .slice(0, count)
        .map((resource) => ({ action, scope: 'domain:7', key: '', resource }) as const)
    const argv = (action: 'update' | 'remove', count: number) =>
      sieve.activations(change(action, count), server).map((command) => command.argv.join(' '))
    assert.deepEqual(argv('update', 3), [`sievec ${wholeServer}/d7/0`])
    assert.lengthOf(argv('update', 2), 2)
    assert.deepEqual(argv('remove', 1), [`rm -f -- ${files[0].path.replace(/sieve$/, 'svbin')}`])
    assert.isEmpty(sieve.checks(change('remove', 5), server))
  })

  test('USR-04: a thousand different scripts are not in one directory', ({ assert }) => {
    const all = manyScripts()
    assert.lengthOf(all, 1000)
    const directories = Map.groupBy(all, ({ path }) => path.replace(/[^/]+$/, ''))
    assert.lengthOf([...directories.keys()], 16)
    for (const files of directories.values()) assert.isBelow(files.length, 100)
  })
})
