import { test } from '@japa/runner'
import fc from 'fast-check'
import { mailboxScript, rowOfForwards } from '#convergence/services/sieve/script'
import { toDomainName, toEmailAddress, toSenderPattern } from '#convergence/syntax/names'
import type Domain from '#models/domain'
import type Mailbox from '#models/mailbox'
import { curl } from '#tests/mail/clients'
import {
  deliver,
  empty,
  messages,
  outsider,
  reloads,
  scored,
  subjectOf,
} from '#tests/mail/delivery'
import { setMail } from '#tests/mail/settings'
import { testPassword, testServer, type TestServer } from '#tests/support/test_server'
import { desiredDomain } from '#tests/unit/convergence/services/desired'

/** Compiles each script and has sieve-test say where it would forward to; a list of addresses for each. */
const compileAll = `
import json, os, re, subprocess, sys, tempfile
found = []
with tempfile.TemporaryDirectory() as directory:
    os.chmod(directory, 0o755)
    with open(directory + '/message', 'w') as message:
        message.write('From: x@elsewhere.example.com\\nTo: y@example.jp\\nSubject: test\\n\\ntext\\n')
    for one in json.load(sys.stdin):
        with open(directory + '/one.sieve', 'w', newline='') as file:
            file.write(one['script'])
        subprocess.run(['sievec', directory + '/one.sieve'], check=True)
        row = ['-o', 'sieve_environment/forwards=' + one['forwards']] if one['forwards'] else []
        argv = ['sieve-test', *row, '-u', 'taro@sieve-test.jp', '-f', 'x@elsewhere.example.com', directory + '/one.sieve', directory + '/message']
        told = subprocess.run(argv, check=True, capture_output=True, text=True).stdout
        found.append(re.findall(r'redirect message to: <(.*)>', told))
print(json.dumps(found))
`

test.group('What is done with spam at delivery', (group) => {
  let server: TestServer
  let domain: Domain
  let taro: Mailbox
  const to = 'taro@sieve-test.jp'
  group.setup(async () => {
    server = await testServer()
    domain = await server.addDomain('sieve-test.jp')
    taro = await server.addMailbox(domain, 'taro')
  })
  group.each.setup(() => empty(server, to))

  const spamWith = (level: string, action: string) => ({
    spam_check: true,
    spam_level: level,
    spam_action: action,
  })
  const send = async (points: number, more = {}) =>
    deliver(server, { to, headers: scored(points), ...more })
  const junk = () => messages(server, to, { folder: 'JunkMail' })
  const subjects = async (folder = 'INBOX') => {
    const all = await messages(server, to, { folder })
    return all.map(subjectOf)
  }

  for (const [level, points] of [
    ['strict', 5],
    ['normal', 10],
    ['loose', 13],
  ] as const) {
    test(`MAIL-04: level ${level} means ${points} points and more`, async ({ assert }) => {
      await setMail(server, taro, { columns: spamWith(level, 'quarantine') })
      assert.match(await send(points - 1, { subject: 'good' }), /^250/)
      assert.match(await send(points, { subject: 'bad' }), /^250/)
      assert.deepEqual(await subjects(), ['good'])
      assert.deepEqual(await subjects('JunkMail'), ['bad'])
    })
  }

  test('MAIL-04: a tag goes before the subject, whatever it is written in', async ({ assert }) => {
    await setMail(server, taro)
    const japanese = '=?ISO-2022-JP?B?GyRCJDMkcyRLJEEkTxsoQg==?='
    for (const subject of ['plain', japanese, '', '${1} "quoted"']) await send(10, { subject })
    const [plain, encoded, none, odd] = await subjects()
    assert.equal(plain, '[SPAM] plain')
    const words = /=\?utf-8\?b\?([^?]+)\?=/i.exec(String(encoded))
    assert.equal(Buffer.from(String(words?.[1]), 'base64').toString(), 'こんにちは')
    assert.match(String(encoded), /^\[SPAM\] /)
    assert.match(String(none), /^\[SPAM\]/)
    assert.equal(odd, '[SPAM] ${1} "quoted"')
  })

  test('MAIL-04: deleted spam is nowhere', async ({ assert }) => {
    await setMail(server, taro, { columns: spamWith('strict', 'delete') })
    assert.match(await send(6), /^250/)
    assert.isEmpty(await subjects())
    assert.isEmpty(await junk())
  })

  test('MAIL-04: who wants no check gets everything as it is', async ({ assert }) => {
    await setMail(server, taro, { columns: { spam_check: false } })
    await send(30, { subject: 'all of it' })
    assert.deepEqual(await subjects(), ['all of it'])
  })

  test('MAIL-04: POP3 does not show the quarantine', async ({ assert }) => {
    await setMail(server, taro, { columns: spamWith('strict', 'quarantine') })
    await send(8)
    assert.lengthOf(await junk(), 1)
    for (const url of [`pop3://${server.address}/`, `pop3s://${server.address}/`]) {
      const login = ['--ssl-reqd', '--user', `${to}:${testPassword}`]
      const { status, body } = await curl(['--url', url, ...login])
      assert.equal(status, 0)
      assert.equal(body.trim(), '')
    }
  })

  test('MAIL-04: the quarantine is emptied each night of what came two weeks ago', async ({
    assert,
  }) => {
    await setMail(server, taro, { columns: spamWith('strict', 'quarantine') })
    await send(8)
    const timer = await server.exec([
      'systemctl',
      'show',
      '-P',
      'NextElapseUSecRealtime',
      '-P',
      'ActiveState',
      'tsukasa-junk.timer',
    ])
    assert.match(timer.stdout, /active/)
    const { stdout: calendar } = await server.exec(['systemctl', 'cat', 'tsukasa-junk.timer'])
    assert.match(calendar, /^OnCalendar=\*-\*-\* \d\d:00:00$/m)
    assert.match(calendar, /^Persistent=true$/m)
    const show = await server.exec(['systemctl', 'cat', 'tsukasa-junk.service'])
    const [, command] = /^ExecStart=(.*)$/m.exec(show.stdout)!
    assert.match(command, / savedbefore 14d$/)
    const night = await server.exec(['systemctl', 'start', 'tsukasa-junk.service'])
    assert.equal(night.status, 0, night.stderr)
    assert.lengthOf(await junk(), 1)
    // The same command as if today were two weeks later; nobody signs in or out meanwhile.
    await server.exec(['sleep', '2'])
    const later = await server.exec(command.replace('14d', '1s').split(' '))
    assert.equal(later.status, 0, later.stderr)
    const { stdout } = await server.exec([
      'find',
      `${domain.root}/home/taro/Maildir/.JunkMail`,
      '-path',
      '*/cur/*',
      '-o',
      '-path',
      '*/new/*',
    ])
    assert.equal(stdout.trim(), '')
  })

  test('MAIL-04: who has lost his script has the usual check, not none', async ({ assert }) => {
    await setMail(server, taro, { allowed: ['friend@example.net'] })
    const scripts = `/var/lib/tsukasa/sieve/${domain.unixName}`
    await server.exec(['mv', scripts, `${scripts}-away`])
    assert.match(await send(10, { subject: 'unjudged' }), /^250/)
    await server.exec(['mv', `${scripts}-away`, scripts])
    assert.deepEqual(await subjects(), ['[SPAM] unjudged'])
  })

  test('MAIL-05: mail of listed senders is not judged, by user and by domain', async ({
    assert,
  }) => {
    const columns = spamWith('strict', 'delete')
    const allowed = ['friend@elsewhere.example.com', 'good.example.net', '198.51.100.0/25']
    await setMail(server, taro, { columns, allowed, allowedOfDomain: ['partner.example.org'] })
    const received = (ip: string, helo = 'mx') =>
      `Received: from ${helo} (unknown [${ip}])\n\tby msv (Postfix) with ESMTP id X; Sun, 22 Nov 2026 12:00:00 +0900`
    const through = (ip: string, helo?: string) => ({
      headers: [...scored(9)],
      received: received(ip, helo),
    })
    const wanted = {
      'envelope': { from: 'friend@elsewhere.example.com', fromLine: outsider },
      'From line': { fromLine: 'Friend@Elsewhere.example.com' },
      'domain': { from: 'a@good.example.net' },
      'below the domain': { from: 'a@mail.good.example.net' },
      'of the domain list': { from: 'a@partner.example.org' },
    }
    const unwanted = {
      'other': {},
      'like the domain': { from: 'a@notgood.example.net', fromLine: 'a@notgood.example.net' },
      'like the address': { from: 'best-friend@elsewhere.example.com' },
    }
    for (const [subject, more] of Object.entries({ ...wanted, ...unwanted }))
      await send(9, { subject, ...more })
    const byAddress = async (subject: string, { received: line }: { received: string }) =>
      deliver(server, { to, subject, headers: [...scored(9)], first: line })
    await byAddress('network', through('198.51.100.9'))
    await byAddress('not the network', through('198.51.100.200'))
    await byAddress('said in HELO', through('203.0.113.1', '[198.51.100.9]'))
    assert.sameMembers(await subjects(), [...Object.keys(wanted), 'network'])
  })

  test('MAIL-08: a From line on the reject list is not delivered, one on both lists is', async ({
    assert,
  }) => {
    const rejected = ['elsewhere.example.com', 'bad@example.net']
    await setMail(server, taro, { rejected, allowed: ['friend@elsewhere.example.com'] })
    const from = 'bounce@sender.example.org'
    for (const fromLine of [
      'a@elsewhere.example.com',
      'Bad@example.net',
      'a@sub.elsewhere.example.com',
    ])
      assert.match(await deliver(server, { to, from, fromLine }), /^250/)
    for (const fromLine of ['friend@elsewhere.example.com', 'good@example.net'])
      await deliver(server, { to, from, fromLine, subject: fromLine })
    assert.sameMembers(await subjects(), ['friend@elsewhere.example.com', 'good@example.net'])
  })

  test('REL-01: whatever somebody wrote, the compiler takes it, and redirects say where to', async ({
    assert,
  }) => {
    const words = fc.constantFrom(
      '"',
      '\\\\',
      '${1}',
      '$',
      '\n',
      '.',
      'text:',
      '#',
      '/*',
      ';',
      '}',
      '休み'
    )
    const texts = fc.array(words, { maxLength: 12 }).map((all) => all.join(''))
    const odd = ['${1}@example.net', "o'b+$@example.net", '*@example.net', '{?}@example.net']
    const settings = fc.record({
      subject: texts.map((text) => text.replaceAll('\n', '')),
      text: texts,
      addresses: fc.subarray(odd),
    })
    const scripts = fc
      .sample(settings, { numRuns: 100, seed: 7 })
      .map(({ subject, text, addresses }) => {
        const forward =
          addresses.length === 0 ? null : { to: addresses.map(toEmailAddress), keep: false }
        const vacation = { subject, text, from: null, until: '2026-12-31' }
        const desired = desiredDomain(7)
        const allowedSenders = odd.map(toSenderPattern)
        const mailbox = { ...desired.mailboxes[0], forward, vacation, allowedSenders }
        return {
          addresses,
          script: mailboxScript(mailbox, desired, toDomainName('msv1.example.jp')),
          forwards: rowOfForwards(mailbox, desired) ?? null,
        }
      })
    const { stdout } = await server.exec(['python3', '-c', compileAll], JSON.stringify(scripts))
    assert.deepEqual(
      JSON.parse(stdout).map((found: string[]) => found.toSorted()),
      scripts.map(({ addresses }) => addresses.toSorted())
    )
  })

  test('MAIL-04: another level, and a script of his own, reload nothing', async ({ assert }) => {
    await setMail(server, taro)
    const before = await reloads(server)
    await setMail(server, taro, { columns: spamWith('strict', 'delete') })
    await setMail(server, taro, { allowed: ['a@example.net'] })
    await setMail(server, taro, {
      columns: { user_script: true, vacation: true, vacation_text: 'x' },
    })
    assert.equal(await reloads(server), before)
  })

  test('REL-02: what delivery needs is compiled when the change is done', async ({ assert }) => {
    await setMail(server, taro, { allowed: ['a@example.net'] })
    await deliver(server, { to })
    const { stdout: log } = await server.exec(['tail', '-n', '3', '/var/log/mail/dovecot.log'])
    assert.match(log, /stored mail into mailbox 'INBOX'/)
    assert.notMatch(log, /Error/)
    await setMail(server, taro)
    const { stdout } = await server.exec(['ls', `/var/lib/tsukasa/sieve/${domain.unixName}`])
    assert.equal(stdout, '')
  })
})
