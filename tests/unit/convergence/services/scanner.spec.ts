import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, connect, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from '@japa/runner'

import type { Resource } from '#convergence/resource'
import { clamdConf } from '#convergence/services/clamav/conf'
import { renderMainCf } from '#convergence/services/postfix/main_cf'
import { scanner } from '#convergence/services/scanner/index'
import { toLocalPart } from '#convergence/syntax/names'
import { desiredDomain, desiredServer } from '#tests/unit/convergence/services/desired'

const domain = desiredDomain(7)
const [admin] = domain.mailboxes

function rowsOf(of: typeof domain) {
  const [table] = scanner.domainResources(of, desiredServer([of]))
  return table.kind === 'table'
    ? Object.fromEntries(table.rows.map(([key, value]) => [key, JSON.parse(value)]))
    : {}
}

test.group('What the scanner of a server knows', () => {
  test('MAIL-03, MAIL-04: of each mailbox, who is told of a virus and whether spam is looked for', ({
    assert,
  }) => {
    const taro = {
      ...admin,
      id: 2,
      localPart: toLocalPart('taro'),
      virusWarning: false,
      spam: null,
    }
    const rows = rowsOf({ ...domain, mailboxes: [admin, taro] })
    assert.deepEqual(rows['taro@site7.example.jp'], { warn: null, spam: false })
    const ofAdmin = { warn: 'admin@site7.example.jp', spam: true }
    assert.deepEqual(rows['@site7.example.jp'], { warn: true, spam: true })
    assert.notProperty(rows, 'admin@site7.example.jp')
    for (const address of ['postmaster', 'webmaster'])
      assert.deepEqual(rows[`${address}@site7.example.jp`], ofAdmin)
    assert.deepEqual(rows['d7@msv000001.example.jp'], ofAdmin)
  })

  test('MAIL-10: a domain whose mail follows its MX has no mailbox here', ({ assert }) => {
    assert.isEmpty(rowsOf({ ...domain, outMx: true }))
  })

  test('MAIL-03: clamd looks at the largest message that Postfix takes, and into what is packed', ({
    assert,
  }) => {
    const [, most] = /^message_size_limit = (\d+)$/m.exec(renderMainCf(desiredServer([])))!
    for (const bound of ['StreamMaxLength', 'MaxFileSize', 'MaxScanSize']) {
      const [, megabytes] = new RegExp(`^${bound} (\\d+)M$`, 'm').exec(clamdConf)!
      assert.isAbove(Number(megabytes) * 2 ** 20, Number(most), bound)
    }
    for (const line of ['ScanMail yes', 'ScanArchive yes'])
      assert.include(clamdConf.split('\n'), line)
  })

  test('REL-02: a user restarts nothing; a changed program restarts the scanner alone', ({
    assert,
  }) => {
    const server = desiredServer([domain])
    const asked = (resources: readonly Resource[]) =>
      scanner
        .activations(
          resources.map((resource) => {
            const key = 'path' in resource ? `${resource.kind}:${resource.path}` : resource.kind
            return { action: 'update', scope: 'server', key, resource } as const
          }),
          server
        )
        .map(({ argv }) => argv.join(' '))
    assert.isEmpty(asked(scanner.domainResources(domain, server)))
    const files = scanner.serverResources(server).filter(({ kind }) => kind === 'file')
    assert.deepEqual(asked(files.slice(0, 1)), ['systemctl try-restart tsukasa-scanner.service'])
  })
})

/** Daemons that answer as they are told, and the scanner's program between them and a Postfix of ours. */
class Stage {
  readonly sockets: Server[] = []
  readonly fedToClamd: Buffer[] = []
  readonly fedToSpamd: string[] = []
  clamd: string | null = 'stream: OK'
  spamd: string | null = 'Spam: False ; 1.5 / 5.0'
  private constructor(
    readonly directory: string,
    private program?: ChildProcess
  ) {}

  static async make(): Promise<Stage> {
    const stage = new Stage(await mkdtemp(join(tmpdir(), 'scanner-')))
    await stage.#listen('clamd', stage.#asClamd)
    await stage.#listen('spamd', stage.#asSpamd)
    await stage.#settle()
    return stage
  }

  at(name: string) {
    return join(this.directory, name)
  }

  async #settle() {
    const database = new DatabaseSync(this.at('rows'))
    database.exec('create table mailboxes (scope text, key text, value text)')
    const insert = database.prepare("insert into mailboxes values ('domain:1', ?, ?)")
    const hanako = 'hanako@site1.example.jp'
    insert.run('@site1.example.jp', JSON.stringify({ warn: true, spam: true }))
    for (const name of ['postmaster@site1.example.jp', 'd1@msv1.example.jp'])
      insert.run(name, JSON.stringify({ warn: 'admin@site1.example.jp', spam: true }))
    insert.run(hanako, JSON.stringify({ warn: hanako, spam: false }))
    database.close()
    await writeFile(this.at('sendmail'), '#!/bin/sh\ncat >> "${0}.out"\n', { mode: 0o755 })
    const settings = {
      hostname: 'msv1.example.jp',
      sockets: { smtp: this.at('smtp'), programs: this.at('programs') },
      ...{ clamd: [this.at('clamd')], spamd: this.at('spamd'), patience: 0, spam_bytes: 4096 },
      ...{ mailboxes: this.at('rows'), sendmail: this.at('sendmail') },
    }
    await writeFile(this.at('settings'), JSON.stringify(settings))
    const source = new URL(
      '../../../../app/convergence/services/scanner/scanner.py',
      import.meta.url
    )
    this.program = spawn('python3', ['-I', '-S', source.pathname, this.at('settings')], {
      stdio: ['ignore', 'ignore', 'ignore'],
    })
    for (let tries = 0; tries < 200; tries++) {
      if (await reaches(this.at('programs'))) return
      await wait(25)
    }
    throw new Error('the scanner did not start')
  }

  async #listen(name: string, serve: (socket: Socket) => void) {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => {})
      serve.call(this, socket)
    })
    server.listen(this.at(name))
    await once(server, 'listening')
    this.sockets.push(server)
  }

  #asClamd(socket: Socket) {
    const parts: Buffer[] = []
    socket.on('data', (part) => {
      parts.push(part)
      const all = Buffer.concat(parts)
      if (!all.subarray(-4).equals(Buffer.alloc(4))) return
      this.fedToClamd.push(all)
      socket.end(this.clamd === null ? '' : `${this.clamd}\0`)
    })
  }

  #asSpamd(socket: Socket) {
    let all = ''
    socket.on('data', (part) => (all += part))
    socket.on('end', () => {
      this.fedToSpamd.push(all)
      socket.end(this.spamd === null ? '' : `SPAMD/1.1 0 EX_OK\r\n${this.spamd}\r\n\r\nONE,TWO`)
    })
  }

  async end() {
    this.program?.kill()
    for (const server of this.sockets) server.close()
    await rm(this.directory, { recursive: true })
  }
}

async function reaches(path: string): Promise<boolean> {
  const socket = connect(path)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

interface Handed {
  readonly headers?: readonly (readonly [string, string])[]
  readonly body?: string
  readonly to?: readonly string[]
  readonly socket?: 'smtp' | 'programs'
  readonly as?: string
  /** The sender that is given; else who signed in, or somebody elsewhere. */
  readonly from?: string
  /** What Postfix makes of each recipient. */
  readonly known?: string
}

/** Hands a message to the scanner as Postfix does; what it answers at the end, packet by packet. */
async function hand(stage: Stage, { headers = [], body = 'Hello', ...mail }: Handed) {
  const socket = connect(stage.at(mail.socket ?? 'smtp'))
  await once(socket, 'connect')
  const packets: string[] = []
  let rest = Buffer.alloc(0)
  const isLast = (packet: string) => /^[cdty]/.test(packet)
  const done = new Promise<void>((resolve) => {
    socket.on('data', (part) => {
      rest = Buffer.concat([rest, part])
      while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE()) {
        const end = 4 + rest.readUInt32BE()
        packets.push(rest.toString('latin1', 4, end))
        rest = rest.subarray(end)
      }
      if (packets.length > 1 && isLast(packets.at(-1)!)) resolve()
    })
    socket.on('close', resolve)
  })
  const send = (command: string, data: string | Buffer = '') => {
    const content = Buffer.concat([Buffer.from(command), Buffer.from(data)])
    const length = Buffer.alloc(4)
    length.writeUInt32BE(content.length)
    socket.write(Buffer.concat([length, content]))
  }
  const offer = Buffer.alloc(12)
  offer.writeUInt32BE(6)
  offer.writeUInt32BE(0x1ff, 4)
  offer.writeUInt32BE(0x1fffff, 8)
  send('O', offer)
  send('C', 'client.example.net\x004\x00\x19192.0.2.99\0')
  send('H', 'client.example.net\0')
  if (mail.as) send('D', `M{auth_authen}\0${mail.as}\0`)
  send('M', `<${mail.from ?? mail.as ?? 'x@elsewhere.example.com'}>\0`)
  for (const to of mail.to ?? ['taro@site1.example.jp']) {
    if (mail.known) send('D', `R{rcpt_addr}\0${mail.known}\0`)
    send('R', `<${to}>\0`)
  }
  for (const [name, value] of headers) send('L', `${name}\0 ${value}\0`)
  send('N')
  send('B', body)
  send('D', 'Ei\x004XYZ\0')
  send('E')
  await done
  socket.destroy()
  return packets.slice(1)
}

async function answerOf(handed: Promise<string[]>) {
  const [answer] = await handed
  return answer
}

test.group('The scanner of a server', (group) => {
  let stage: Stage
  group.each.setup(async () => {
    stage = await Stage.make()
    return () => stage.end()
  })

  const told = async () => {
    return readFile(stage.at('sendmail.out'), 'utf8').catch(() => '')
  }

  test('MAIL-04: a message goes through both checks and gets its score', async ({ assert }) => {
    const answers = await hand(stage, { headers: [['Subject', 'x']] })
    assert.deepEqual(answers, [
      'hX-Spam-Status\0 No, score=1.5 required=5.0\n\ttests=ONE,TWO\0',
      'hX-Spam-Score\0 1.5\0',
      'hX-Spam-Level\0 *\0',
      'c',
    ])
    assert.include(stage.fedToClamd[0].toString(), 'Subject: x\r\n\r\nHello')
    const [fed] = stage.fedToSpamd
    assert.match(
      fed,
      /^SYMBOLS SPAMC\/1\.5\r\nContent-length: \d+\r\n\r\nReturn-Path: <x@elsewhere/
    )
    assert.match(
      fed,
      /Received: from client\.example\.net \(client\.example\.net \[192\.0\.2\.99\]\)/
    )
  })

  test('MAIL-04: lines that pretend to be ours go, from the last to the first', async ({
    assert,
  }) => {
    const answers = await hand(stage, {
      headers: [
        ['X-Spam-Level', '***'],
        ['x-spam-level', '*'],
        ['X-Virus-Scanned', 'yes'],
        ['X-Spammer', 'stays'],
      ],
    })
    assert.deepEqual(answers.slice(0, 3), [
      'm\0\0\0\x02x-spam-level\0\0',
      'm\0\0\0\x01x-spam-level\0\0',
      'm\0\0\0\x01x-virus-scanned\0\0',
    ])
    assert.notInclude(stage.fedToSpamd[0], 'X-Spam-Level')
    assert.include(stage.fedToSpamd[0], 'X-Spammer: stays')
  })

  test('MAIL-04: nothing is scored where nobody wants it', async ({ assert }) => {
    const to = ['hanako@site1.example.jp', 'stranger@elsewhere.example.com']
    assert.deepEqual(await hand(stage, { to, as: 'taro@site1.example.jp' }), ['c'])
    assert.deepEqual(await hand(stage, { to: to.slice(0, 1) }), ['c'])
    assert.isEmpty(stage.fedToSpamd)
  })

  test('MAIL-04: who is written in another way is still who he is', async ({ assert }) => {
    const known = 'taro@site1.example.jp'
    for (const to of ['taro@site1.example.jp.', '"taro"@site1.example.jp', '@a.example:taro@b'])
      assert.lengthOf(await hand(stage, { to: [to], known }), 4)
    assert.lengthOf(await hand(stage, { to: ['nobody-we-know@site1.example.jp'] }), 4)
  })

  test('MAIL-04: what was not scored says so', async ({ assert }) => {
    stage.spamd = null
    const [down] = await hand(stage, {})
    assert.match(down, /^hX-Spam-Status\0 Unchecked, the check did not answer/)
    const [big] = await hand(stage, { body: 'x'.repeat(5000) })
    assert.match(big, /^hX-Spam-Status\0 Unchecked, larger/)
    assert.lengthOf(stage.fedToSpamd, 1)
  })

  test('MAIL-03: a virus is refused, and only users of this server are told', async ({
    assert,
  }) => {
    stage.clamd = 'stream: Some.Virus-1 FOUND'
    const to = ['taro@site1.example.jp', 'stranger@elsewhere.example.com']
    const [answer] = await hand(stage, { to })
    assert.equal(answer, 'y550 5.7.1 Message contains a virus: Some.Virus-1\0')
    const mail = await told()
    assert.equal(mail.match(/^To: /gm)?.length, 1)
    assert.include(mail, 'To: taro@site1.example.jp')
    assert.include(mail, 'Auto-Submitted: auto-generated')
  })

  test('MAIL-03: a program hears nothing: its message is taken away', async ({ assert }) => {
    stage.clamd = 'stream: Some.Virus-1 FOUND'
    assert.deepEqual(await hand(stage, { socket: 'programs' }), ['d'])
  })

  for (const from of ['d1@msv1.example.jp', 'wordpress@site1.example.jp', 'D1@Site1.example.jp'])
    test(`MAIL-03: of a program that sends as ${from} the admin of the domain is told`, async ({
      assert,
    }) => {
      stage.clamd = 'stream: Some.Virus-1 FOUND'
      const to = ['stranger@elsewhere.example.com']
      await hand(stage, { socket: 'programs', from, to })
      const mail = await told()
      assert.deepEqual(mail.match(/^To: .*$/gm), ['To: admin@site1.example.jp'])
    })

  test('MAIL-03: who signed in is told as the sender, who only claims is not', async ({
    assert,
  }) => {
    stage.clamd = 'stream: Some.Virus-1 FOUND'
    const to = ['stranger@elsewhere.example.com']
    for (const from of [undefined, 'hanako@site1.example.jp']) {
      await hand(stage, { to, from })
      assert.equal(await told(), '', from)
    }
    await hand(stage, { to, as: 'hanako@site1.example.jp' })
    assert.include(await told(), 'To: hanako@site1.example.jp')
  })

  test('MAIL-03: words of the message stay text of the warning', async ({ assert }) => {
    stage.clamd = 'stream: Some.Virus-1 FOUND'
    await hand(stage, { headers: [['Subject', 'a=?utf-8?q?=0ABcc=3A_x=40example=2Ecom?=']] })
    const mail = await told()
    const [head, text] = mail.split('\n\n')
    assert.notInclude(head, 'Bcc')
    assert.include(Buffer.from(text, 'base64').toString(), 'Bcc: x@example.com')
  })

  test('MAIL-03: a subject that nobody can read changes nothing', async ({ assert }) => {
    stage.clamd = 'stream: Some.Virus-1 FOUND'
    for (const subject of ['=?utf-8?b?a?=', '=?x?q?=ff?=', '=?utf-8?b?////?=', '\xff\xfe']) {
      const answer = await answerOf(hand(stage, { headers: [['Subject', subject]] }))
      assert.match(answer, /^y550 5\.7\.1 /)
    }
    const mail = await told()
    assert.lengthOf(mail.match(/^To: taro/gm)!, 4)
  })

  test('MAIL-04: thousands of lines that pretend to be ours are refused at once', async ({
    assert,
  }) => {
    const many = (name: string, times: number) =>
      Array.from({ length: times }, () => [name, '1'] as const)
    const refused = /^y550 5\.6\.0 /
    assert.match(await answerOf(hand(stage, { headers: many('X-Virus-a', 101) })), refused)
    assert.match(await answerOf(hand(stage, { headers: many('X-Other', 10_001) })), refused)
    assert.lengthOf(await hand(stage, { headers: many('X-Virus-a', 100) }), 104)
  })

  test('MAIL-03: what is larger than clamd looks at is let through', async ({ assert }) => {
    stage.clamd = 'INSTREAM size limit exceeded. ERROR'
    const answers = await hand(stage, { to: ['hanako@site1.example.jp'] })
    assert.deepEqual(answers, ['c'])
  })

  test('MAIL-03: while clamd is down, fails or makes no sense, the sender tries again', async ({
    assert,
  }) => {
    for (const answer of ['stream: Can not open file ERROR', 'stream: who knows', null]) {
      stage.clamd = answer
      assert.match(await answerOf(hand(stage, {})), /^y451 4\.7\.1 /)
    }
    stage.sockets[0].close()
    await rm(stage.at('clamd'), { force: true })
    assert.match(await answerOf(hand(stage, {})), /^y451 4\.7\.1 /)
    assert.isEmpty(stage.fedToSpamd)
  })
})
