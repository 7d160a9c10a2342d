import { test } from '@japa/runner'
import type { DesiredDomain } from '#convergence/desired_server'
import type { Resource, TableResource } from '#convergence/resource'
import type { Change } from '#convergence/service'
import { postfix } from '#convergence/services/postfix/index'
import { toLocalPart } from '#convergence/syntax/names'
import { desiredDomain, desiredServer } from '#tests/unit/convergence/services/desired'

const domain = desiredDomain(7)
const server = desiredServer([domain])

function contentOf(path: string): string {
  const found = postfix.serverResources(server).find((one) => 'path' in one && one.path === path)
  return found?.kind === 'file' ? found.content : ''
}

const parameter = (name: string) =>
  new RegExp(`^${name} = ?(.*)$`, 'm').exec(contentOf('/etc/postfix/main.cf'))?.[1]

function rowsOf(table: string, of: DesiredDomain) {
  const found = postfix
    .domainResources(of, desiredServer([of]))
    .find((one): one is TableResource => one.kind === 'table' && one.table === table)
  return Object.fromEntries(found!.rows)
}

const isTable = (resource: Resource): resource is TableResource => resource.kind === 'table'

function changeOf(resource: Resource, action: Change['action'] = 'update'): Change {
  return { action, scope: 'server', key: 'x', resource }
}

const argvs = (changes: readonly Change[]) =>
  postfix.activations(changes, server).map(({ argv }) => argv.join(' '))

test.group('Postfix of a server', () => {
  test('MAIL-02: port 25 relays for nobody, and signs nobody in', ({ assert }) => {
    assert.equal(
      parameter('smtpd_relay_restrictions'),
      'check_recipient_access proxy:sqlite:/etc/postfix/maps/recipients.cf, reject_unauth_destination'
    )
    assert.equal(parameter('mynetworks'), '127.0.0.1/32')
    assert.isUndefined(parameter('smtpd_sasl_auth_enable'))
  })

  test('REL-04: programs of the server give no sender of a domain here without signing in', ({
    assert,
  }) => {
    assert.equal(
      parameter('smtpd_sender_restrictions'),
      'check_client_access cidr:{{127.0.0.0/8 from_this_server}, {192.0.2.10 from_this_server}}'
    )
    assert.match(parameter('smtpd_restriction_classes')!, /^from_this_server, /)
    const senders = 'proxy:sqlite:/etc/postfix/maps/hosted_senders.cf'
    assert.include(parameter('from_this_server'), `check_sender_access ${senders}, `)
    assert.include(parameter('proxy_read_maps'), senders)
    assert.match(
      contentOf('/etc/postfix/maps/hosted_senders.cf'),
      /SELECT '550 5\.7\.1 [^',]+' FROM/
    )
  })

  test('MAIL-02: both submission ports ask for a sign-in, TLS, and an own sender', ({ assert }) => {
    const [, submission, submissions] = contentOf('/etc/postfix/master.cf').split(/^(?=sub)/m)
    assert.match(submission, /smtpd_tls_security_level = encrypt/)
    assert.match(submissions.split('\npickup')[0], /smtpd_tls_wrappermode = yes/)
    for (const port of [submission, submissions.split('\npickup')[0]]) {
      assert.match(port, /smtpd_sasl_auth_enable = yes/)
      assert.match(port, /smtpd_sender_restrictions = reject_sender_login_mismatch/)
      assert.match(port, /smtpd_relay_restrictions = permit_sasl_authenticated, reject }/)
    }
  })

  test('MAIL-02: no TLS before 1.2, and no password outside of it', ({ assert }) => {
    for (const name of ['smtpd_tls_protocols', 'smtpd_tls_mandatory_protocols'])
      assert.equal(parameter(name), '>=TLSv1.2')
    assert.equal(parameter('smtpd_tls_auth_only'), 'yes')
  })

  test('MAIL-02: messages of 100 MB', ({ assert }) => {
    assert.equal(parameter('message_size_limit'), '104857600')
  })

  test('MAIL-02: a bare newline is refused from everybody', ({ assert }) => {
    assert.equal(parameter('smtpd_forbid_bare_newline'), 'reject')
    assert.equal(parameter('smtpd_forbid_bare_newline_exclusions'), '')
  })

  test('REL-02: neither a domain nor a mailbox is in a file that needs a reload', ({ assert }) => {
    const more = desiredServer([domain, desiredDomain(8)])
    const fixed = (all: readonly Resource[]) =>
      all.filter((one) => one.kind === 'file' && !one.path.endsWith('/local_senders'))
    assert.deepEqual(fixed(postfix.serverResources(more)), fixed(postfix.serverResources(server)))
    assert.isEmpty(
      argvs(postfix.domainResources(domain, server).map((one) => changeOf(one, 'create')))
    )
  })

  test('REL-02: every table exists before the first domain does', ({ assert }) => {
    const empty = postfix.serverResources(desiredServer([])).filter(isTable)
    const used = postfix.domainResources(domain, server).filter(isTable)
    assert.includeMembers(
      empty.map(({ table }) => table),
      used.map(({ table }) => table)
    )
    assert.isTrue(empty.every(({ rows }) => rows.length === 0))
  })

  test('MAIL-01: postmaster and webmaster are the domain admin', ({ assert }) => {
    assert.deepEqual(rowsOf('aliases', domain), {
      'd7@msv000001.example.jp': 'admin@site7.example.jp',
      'postmaster@site7.example.jp': 'admin@site7.example.jp',
      'webmaster@site7.example.jp': 'admin@site7.example.jp',
    })
  })

  test('MAIL-01: a mailbox is one row', ({ assert }) => {
    assert.deepEqual(rowsOf('mailboxes', domain), { 'admin@site7.example.jp': 'ok' })
    assert.deepEqual(rowsOf('domains', domain), { 'site7.example.jp': 'site7.example.jp' })
  })

  test('MAIL-10: with outMX nothing is delivered here, and its users and programs keep their senders', ({
    assert,
  }) => {
    const out = desiredDomain(7, { outMx: true })
    assert.deepEqual(rowsOf('domains', out), {})
    assert.deepEqual(rowsOf('recipient_access', { ...out, suspended: true }), {})
    assert.deepEqual(rowsOf('hosted', out), rowsOf('hosted', domain))
    assert.deepEqual(rowsOf('mailboxes', out), rowsOf('mailboxes', domain))
    assert.deepEqual(Object.keys(rowsOf('aliases', out)), ['d7@msv000001.example.jp'])
    assert.match(contentOf('/etc/postfix/maps/hosted_senders.cf'), /FROM hosted /)
    assert.match(contentOf('/etc/postfix/maps/domains.cf'), /FROM domains /)
  })

  test('MAIL-11: what an account sends is counted last, when nothing else refuses', ({
    assert,
  }) => {
    const [, ...questions] = parameter('smtpd_recipient_restrictions')!.split(
      'check_policy_service'
    )
    assert.match(questions.at(-1)!, /^ { unix:private\/tsukasa-policy, .* default_action=DUNNO }$/)
    assert.equal(parameter('smtpd_policy_service_default_action'), 'DUNNO')
  })

  test('MAIL-11: who signed in waits when nobody counts his recipients, senders elsewhere do not', ({
    assert,
  }) => {
    const [, ...ports] = contentOf('/etc/postfix/master.cf').split(/^(?=submissions? )/m)
    assert.lengthOf(ports, 2)
    for (const port of ports) assert.match(port, /smtpd_recipient_restrictions = counted }/)
    assert.equal(
      parameter('counted'),
      parameter('smtpd_recipient_restrictions')!.replace(/DUNNO }$/, 'DEFER }')
    )
  })

  test('MAIL-03: without the filter mail waits with whoever sends it, on every port and from programs', ({
    assert,
  }) => {
    const filters = (name: string) => parameter(name)!.match(/{ unix:.*?}/g)!
    for (const [name, socket] of [
      ['smtpd_milters', 'milters/scanner/smtp'],
      ['non_smtpd_milters', 'milters/scanner/programs'],
    ] as const) {
      const [scanner, signer] = filters(name)
      assert.match(scanner, new RegExp(`unix:${socket}, .* default_action=tempfail }`))
      assert.match(signer, /milters\/dkim\/.* default_action=accept }/)
    }
    assert.equal(parameter('milter_default_action'), 'tempfail')
  })

  test('MAIL-11: the log is kept for the 35 days that the page searches', ({ assert }) => {
    const rotation = contentOf('/etc/logrotate.d/tsukasa-mail')
    assert.match(rotation, /^ {2}daily\n {2}rotate 35$/m)
  })

  test('REL-04: mail that was begun and not finished is removed after a while, whatever times it claims', ({
    assert,
  }) => {
    const service = contentOf('/etc/systemd/system/tsukasa-maildrop.service')
    assert.match(service, /maildrop .*-type f ! -perm -0100 -cmin \+15 -delete$/m)
    assert.match(
      contentOf('/etc/systemd/system/tsukasa-maildrop.timer'),
      /^OnUnitInactiveSec=5min$/m
    )
  })

  test('REL-04: messages that somebody begins and never sends put nobody off', ({ assert }) => {
    assert.equal(parameter('in_flow_delay'), '0s')
  })

  test('REL-04: nothing is delivered at the name of the server, and no program runs there', ({
    assert,
  }) => {
    assert.match(parameter('local_transport')!, /^error:5\.1\.1 /)
    assert.notMatch(contentOf('/etc/postfix/master.cf'), /^local /m)
    for (const name of ['alias_maps', 'alias_database', 'notify_classes'])
      assert.equal(parameter(name), '', name)
  })

  test('REL-04: nobody holds smtpd by a lock, nor all of its processes', ({ assert }) => {
    const questions = parameter('smtpd_recipient_restrictions')!.match(
      /check_policy_service {.*?}/g
    )!
    assert.lengthOf(questions, 3)
    for (const question of questions) assert.match(question, /, timeout=\d+s, .*default_action=/)
    assert.equal(parameter('smtpd_client_event_limit_exceptions'), '')
    const limit = Number(parameter('smtpd_client_connection_count_limit'))
    const ports = contentOf('/etc/postfix/master.cf').matchAll(/^\S+ inet .* (\d+) smtpd$/gm)
    for (const [line, processes] of ports) assert.isAbove(Number(processes), 3 * limit, line)
  })

  test("REL-04: the queue is root's to look at", ({ assert }) => {
    assert.equal(parameter('authorized_mailq_users'), 'root')
    assert.equal(parameter('authorized_flush_users'), 'root')
  })

  test('MAIL-07: forwarded mail has a port on loopback, that refuses when nobody says who asks', ({
    assert,
  }) => {
    const [, port] = contentOf('/etc/postfix/master.cf').split(/^(?=127\.0\.0\.1:10025 )/m)
    assert.match(port, /smtpd_recipient_restrictions = forwarded }/)
    assert.match(port, /smtpd_relay_restrictions = permit_mynetworks, reject }/)
    assert.match(parameter('forwarded')!, /policy_context=forwarded, default_action=DEFER }$/)
    const [, cleanup] = port.split(/^(?=forwarded )/m)
    assert.match(cleanup, /^forwarded unix n - y - 0 cleanup\n.*sender_canonical_maps = tcp:127/)
  })

  test('MAIL-07: only what looks like a rewritten sender of this server is turned back', ({
    assert,
  }) => {
    const [, pattern] = /^\/(.+)\/ \$1\n$/.exec(contentOf('/etc/postfix/maps/srs_recipients'))!
    const fits = (address: string) => new RegExp(pattern, 'i').test(address)
    assert.isTrue(fits('SRS0=abcdefgh=ab=example.com=x@msv000001.example.jp'))
    for (const other of [
      'srs0x@msv000001.example.jp',
      'SRS0=a=b=c=d@msv000001xexample.jp',
      'x@site7.example.jp',
    ])
      assert.isFalse(fits(other))
  })

  test('a suspended domain, or mailbox, has senders try again later', ({ assert }) => {
    assert.deepEqual(rowsOf('recipient_access', domain), {})
    const [admin] = domain.mailboxes
    const taro = { ...admin, localPart: toLocalPart('taro'), suspended: true }
    const one = rowsOf('recipient_access', { ...domain, mailboxes: [admin, taro] })
    assert.deepEqual(Object.keys(one), ['taro@site7.example.jp'])
    const all = rowsOf('recipient_access', { ...domain, suspended: true })
    assert.match(all['site7.example.jp'], /^450 4\.2\.1 /)
  })

  test("REL-04: a domain's programs send as their own domain only", ({ assert }) => {
    assert.equal(
      contentOf('/etc/postfix/maps/local_senders'),
      'd7 @site7.example.jp, d7, d7@msv000001.example.jp\n'
    )
    assert.include(parameter('local_login_sender_maps'), 'texthash:/etc/postfix/maps/local_senders')
    assert.notInclude(parameter('local_login_sender_maps'), 'static')
  })

  test('the first converge restarts, later ones reload, a new domain does neither', ({
    assert,
  }) => {
    const resources = postfix.serverResources(server)
    const [main] = resources.filter((one) => one.kind === 'file' && one.path.endsWith('main.cf'))
    const [senders] = resources.filter(
      (one) => one.kind === 'file' && one.path.endsWith('local_senders')
    )
    assert.deepEqual(argvs([changeOf(main, 'create')]), ['systemctl restart postfix.service'])
    assert.deepEqual(argvs([changeOf(main)]), ['systemctl reload-or-restart postfix.service'])
    assert.isEmpty(argvs([changeOf(senders)]))
    assert.isEmpty(postfix.checks([changeOf(senders)], server))
    assert.isEmpty(postfix.probes([changeOf(senders)], server))
    assert.lengthOf(postfix.probes([changeOf(main)], server), 3)
  })
})
