import { setTimeout as wait } from 'node:timers/promises'
import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import type Domain from '#models/domain'
import { read } from '#tests/mail/clients'
import { stdoutOf, swaks } from '#tests/mail/swaks'
import { testServer, type TestServer } from '#tests/support/test_server'

/** A name server that knows the MX of the domain, on the server itself: `python3 -c … ADDRESS`. */
const nameServer = `
import socket, struct, sys
def name(text):
    return b"".join(bytes([len(p)]) + p.encode() for p in text.split(".")) + b"\\0"
def answer(kind, asked):
    if kind == 15 and asked == "outmx-test.jp":
        return struct.pack("!HHIH", 15, 1, 60, 2 + len(name("mx." + asked))) + b"\\0\\x0a" + name("mx." + asked)
    if kind == 1 and asked == "mx.outmx-test.jp":
        return struct.pack("!HHIH", 1, 1, 60, 4) + socket.inet_aton(sys.argv[1])
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 53))
while True:
    q, peer = s.recvfrom(4096)
    at, parts = 12, []
    while q[at]:
        parts.append(q[at + 1 : at + 1 + q[at]].decode("ascii", "replace").lower())
        at += 1 + q[at]
    kind = struct.unpack_from("!H", q, at + 1)[0]
    found = answer(kind, ".".join(parts))
    head = q[:2] + struct.pack("!HHHHH", 0x8580, 1, 1 if found else 0, 0, 0)
    s.sendto(head + q[12 : at + 5] + (b"\\xc0\\x0c" + found if found else b""), peer)
`

/** Takes mail on a port that the firewall puts behind an address elsewhere, and appends what it heard to a file: the MX of the domain with outMX. */
const sink = `
import socketserver, sys
class H(socketserver.StreamRequestHandler):
    def handle(self):
        say = lambda t: self.wfile.write((t + "\\r\\n").encode())
        say("220 sink")
        while line := self.rfile.readline():
            open("/tmp/sink", "ab").write(line)
            verb = line[:4].upper()
            if verb == b"DATA":
                say("354 go")
                while (line := self.rfile.readline()) and line != b".\\r\\n":
                    open("/tmp/sink", "ab").write(line)
                say("250 2.0.0 sunk")
            elif verb == b"QUIT":
                say("221 bye")
                return
            else:
                say("250 2.0.0 ok")
class S(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
S((sys.argv[1], 2526), H).serve_forever()
`

test.group('outMX on a real server', (group) => {
  let server: TestServer
  let domain: Domain
  const elsewhere = '192.0.2.77'
  group.setup(async () => {
    server = await testServer()
    domain = await server.addDomain('outmx-test.jp')
    await server.addMailbox(domain, 'taro')
    const neighbour = await server.addDomain('outmx-neighbour.jp')
    await server.addMailbox(neighbour, 'hanako')
    return resolveNothing
  })

  async function outMx(on: boolean) {
    await db.from('domains').where('id', domain.id).update({ out_mx: on })
    await server.convergeAll()
  }

  const run = (unit: string, ...argv: string[]) =>
    server.exec(['systemd-run', '--quiet', `--unit=${unit}`, '--collect', ...argv])

  const log = () => stdoutOf(server.exec(['cat', '/var/log/mail/postfix.log']))

  /** What the log says of the message's delivery to the domain. */
  async function fate(id: string) {
    for (let tries = 0; tries < 100; tries++) {
      const lines = await log()
      const line = lines.split('\n').find((one) => one.includes(`${id}: to=`))
      if (line) return line
      await wait(100)
    }
    throw new Error(`nothing became of ${id}`)
  }

  const idOf = (answer: string) => /queued as (\w+)/.exec(answer)?.[1] ?? ''
  const hanako = 'hanako@outmx-neighbour.jp'
  const taro = 'taro@outmx-test.jp'

  test('MAIL-10: without outMX mail of a neighbour is delivered inside, whatever the MX says', async ({
    assert,
  }) => {
    const subject = 'inside'
    const sent = await swaks(server.address, { from: hanako, as: hanako, to: taro, subject })
    assert.match(await fate(idOf(sent.answer)), /relay=.*dovecot-lmtp.*status=sent/)
    assert.include(await read(taro, subject, { address: server.address }), subject)
  })

  test('MAIL-10: with outMX mail follows the MX; from outside it is not taken; its users may still send', async ({
    assert,
  }) => {
    await outMx(true)
    const outside = await swaks(server.address, { from: 'x@example.com', to: taro })
    assert.match(outside.recipients[0], /^554 5\.7\.1 .*Relay access denied/)
    const postmaster = await swaks(server.address, {
      ...{ from: 'x@example.com', to: 'postmaster@outmx-test.jp' },
    })
    assert.match(postmaster.recipients[0], /^554 5\.7\.1 /)
    await resolveHere(elsewhere)
    await sendsOut(assert, { from: hanako, as: hanako, to: taro })
    await sendsOut(assert, { from: hanako, as: hanako, to: 'webmaster@outmx-test.jp' })
    await sendsOut(assert, { from: taro, as: taro, to: taro })
    const forged = await swaks(server.address, { from: taro, as: hanako, to: hanako })
    assert.match(forged.recipients[0], /^553 5\.7\.1 /)
  })

  test("MAIL-10: what the domain's own programs send follows the MX too, and port 25 lets nobody here write as it", async ({
    assert,
  }) => {
    const asDomain = ['setpriv', '--reuid', String(domain.uid), '--clear-groups', '--']
    await server.exec([...asDomain, 'sendmail', taro], 'Subject: form mail\n\nx\n')
    await hears('form mail')
    const { stdout } = await server.exec([
      ...asDomain,
      ...['python3', '-c'],
      'import smtplib\ns = smtplib.SMTP("127.0.0.1")\ns.ehlo("x")\ns.mail("info@outmx-test.jp")\n' +
        `print(s.rcpt("${hanako}"))`,
    ])
    assert.match(stdout, /^\(550/)
  })

  test('MAIL-10: an MX that leads back here ends in a report to the sender, not in a loop', async ({
    assert,
  }) => {
    await resolveHere(server.address)
    const sent = await swaks(server.address, {
      from: hanako,
      as: hanako,
      to: taro,
      subject: 'loop',
    })
    assert.match(
      await fate(idOf(sent.answer)),
      /dsn=5\.4\.6, status=bounced .*loops back to myself/
    )
    const report = await read(hanako, 'Undelivered Mail Returned to Sender', {
      address: server.address,
    })
    assert.include(report, 'loops back to myself')
  })

  test('MAIL-10: outMX off again, mail is delivered inside at once', async ({ assert }) => {
    await outMx(false)
    const sent = await swaks(server.address, { from: 'x@example.com', to: taro, subject: 'again' })
    assert.match(await fate(idOf(sent.answer)), /status=sent .*dovecot|dovecot-lmtp.*status=sent/)
  })

  async function sendsOut(assert: any, letter: { from: string; as: string; to: string }) {
    const sent = await swaks(server.address, letter)
    assert.match(
      await fate(idOf(sent.answer)),
      /relay=mx\.outmx-test\.jp\[192\.0\.2\.77\]:25.*status=sent/
    )
    await hears(`RCPT TO:<${letter.to}>`)
  }

  async function hears(text: string) {
    for (let tries = 0; tries < 100; tries++) {
      const heard = await stdoutOf(server.exec(['cat', '/tmp/sink']))
      if (heard.includes(text)) return
      await wait(100)
    }
    throw new Error(`the MX did not hear "${text}"`)
  }

  const elsewhereIsHere = () => `
    table ip test_mx
    delete table ip test_mx
    table ip test_mx {
      chain output {
        type nat hook output priority -100;
        ip daddr ${elsewhere} tcp dport 25 dnat to ${server.address}:2526
      }
    }`

  /** The name server says that the MX is there; Postfix takes another resolv.conf with its next processes. */
  async function resolveHere(mx: string) {
    await server.exec(['systemctl', 'stop', 'test-names', 'test-sink'])
    await run('test-names', '/usr/bin/python3', '-c', nameServer, mx)
    await server.exec(['sh', '-c', ': >/tmp/sink'])
    await server.exec(['nft', '-f', '-'], elsewhereIsHere())
    if (mx === elsewhere) await run('test-sink', '/usr/bin/python3', '-c', sink, server.address)
    await resolver('nameserver 127.0.0.1')
  }

  /** As it was: what is sent elsewhere waits. */
  async function resolveNothing() {
    await server.exec(['systemctl', 'stop', 'test-names', 'test-sink'])
    await server.exec(['nft', 'delete', 'table', 'ip', 'test_mx'])
    await resolver('')
  }

  async function resolver(line: string) {
    for (const path of ['/etc/resolv.conf', '/var/spool/postfix/etc/resolv.conf'])
      await server.exec(['tee', path], `${line}\n`)
    await server.exec(['postfix', 'reload'])
    await wait(1000)
  }
})
