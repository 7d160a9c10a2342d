import testUtils from '@adonisjs/core/services/test_utils'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { test } from '@japa/runner'
import { makeMailbox, makeTenant } from '#database/factories/tenant'
import Import from '#models/import'
import { hashingIsOver } from '#models/import/hashing'
import Mailbox from '#models/mailbox'
import MailSender from '#models/mail_sender'
import { decode } from '#models/sheet/encoding'
import { sheets } from '#models/sheet/index'
import type { SheetName } from '#models/sheet/sheet'
import Task from '#models/task'
import { confirm, cp932, csv, latestImport, mistakesOf, upload } from '#tests/support/csv_files'

const secret = 'k7-Meguro-Asagao'

test.group('CSV: files', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('USR-06: what is no .csv file is said at the field, and nothing is stored', async ({
    assert,
    client,
  }) => {
    const { admin, domain } = await makeTenant()
    const text = csv('additions', ['sato', secret, '', ''])
    for (const name of ['users.xlsx', 'users.txt', 'users.csv.exe', 'csv']) {
      const answer = await upload(client, admin, domain, 'additions', text, name)
      assert.include(
        JSON.stringify(answer.flashMessage('inputErrorsBag')),
        '「.csv」のファイル',
        name
      )
    }
    const nothing = await client
      .post(`/domains/${domain.id}/imports/additions`)
      .fields({ other: 'x' })
      .loginAs(admin)
      .withCsrfToken()
      .redirects(0)
    assert.include(JSON.stringify(nothing.flashMessage('inputErrorsBag')), '選んでください')
    assert.isEmpty(await Import.all())
    await upload(client, admin, domain, 'additions', text, 'USERS.CSV')
    assert.lengthOf(await Import.all(), 1)
    await hashingIsOver()
  })

  test('USR-06: files in UTF-8, with a byte order mark, in CP932, with LF and with CRLF are the same', async ({
    assert,
    client,
  }) => {
    const { admin, domain, mailbox } = await makeTenant()
    const text = csv('spam_checks', [mailbox.localPart, 'ON', '緩やか', '件名付加', 'a.jp\nb.jp'])
    const files = {
      utf8: text,
      mark: `\ufeff${text}`,
      cp932: cp932(text),
      lf: text.replaceAll('\r\n', '\n'),
      noEnd: text.trimEnd(),
    }
    for (const [name, content] of Object.entries(files)) {
      await upload(client, admin, domain, 'spam_checks', content)
      const found = await latestImport(domain)
      assert.equal(found.state, 'checked', name)
      const { rows } = await found.changesOn(1)
      const [change] = rows
      assert.deepInclude(change.after, { spam_level: 'loose', whitelist: ['a.jp', 'b.jp'] }, name)
    }
  })

  test('USR-06: whatever else is called .csv is refused with what to do', async ({
    assert,
    client,
  }) => {
    const { admin, domain } = await makeTenant()
    const good = csv('additions', ['sato', secret, '説明', ''])
    const [head, row] = good.split('\r\n')
    const files: Record<string, [string | Buffer, string]> = {
      xlsx: [Buffer.from([0x50, 0x4b, 3, 4, 20, 0, 6, 0, 8, 0]), '- - workbook'],
      xls: [Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 1]), '- - workbook'],
      utf16: [Buffer.from(`\ufeff${good}`, 'utf16le'), '- - utf16'],
      nul: [good.replace('説明', '説\0明'), '- - nul'],
      mixed: [
        Buffer.concat([cp932(`${head}\r\n${row}\r\n`), Buffer.from(row.replace('sato', 'tanaka'))]),
        '- - mixed',
      ],
      broken: [Buffer.from([...cp932(head), 13, 10, 0x81, 0x20]), '- - broken'],
      brokenUtf8: [Buffer.from([0xef, 0xbb, 0xbf, ...cp932(good)]), '- - broken_utf8'],
      empty: ['', '- - empty'],
      blank: ['\r\n\r\n,,\r\n', '- - empty'],
      noHead: [`${row}\r\n`, '1 - head_absent'],
      order: [good.replace('パスワード,説明', '説明,パスワード'), '1 - head_order'],
      unknown: [good.replace('説明,', '備考,説明,'), '1 - head_unknown'],
      missing: [good.replace(',説明', ''), '1 - head_missing'],
      halfRow: [`${head}\r\n${row}\r\ntanaka,${secret}`, '3 - cut_off'],
      halfQuote: [`${head}\r\n${row}\r\ntanaka,${secret},"説`, '3 - quote_open'],
      quote: [`${head}\r\ntanaka,${secret},説"明,`, '2 - quote_inside'],
      cells: [`${head}\r\nsato,${secret},営業,部長,100\r\n`, '2 - too_many_cells'],
      longCell: [
        csv('additions', ['sato', secret, 'あ'.repeat(350_000), '']),
        '2 説明 cell_too_long',
      ],
    }
    for (const [name, [content, mistake]] of Object.entries(files)) {
      await upload(client, admin, domain, 'additions', content)
      const found = await latestImport(domain)
      assert.deepEqual(mistakesOf(found), [mistake], name)
      assert.equal(found.state, 'refused')
      const page = await client.get(`/imports/${found.id}`).loginAs(admin)
      page.assertTextIncludes('何も変更していません')
      await confirm(client, admin, found)
      await found.refresh()
      assert.equal(found.state, 'refused')
    }
    assert.isEmpty(await Task.all())
  })

  test('USR-06: every wrong cell is told by row, line, column and reason, on the page and as CSV', async ({
    assert,
    client,
  }) => {
    const { admin, domain, mailbox } = await makeTenant()
    const { localPart } = mailbox
    const text = csv(
      'spam_checks',
      [localPart, 'ON', '普通', '隔離', 'a.jp\nb.jp'],
      ['nobody', 'はい', '普通', '=HYPERLINK("http://evil")', 'x@@y'],
      ['', '', '', '', ''],
      [localPart, 'ON', '普通', '隔離', ''],
      ['post master', 'ON', '普通', '隔離', '']
    )
    await upload(client, admin, domain, 'spam_checks', text)
    const found = await latestImport(domain)
    assert.deepEqual(mistakesOf(found), [
      '3 迷惑メールチェック choice',
      '3 迷惑メール判定時アクション choice',
      '3 ホワイトリスト messages.addresses.problems.local_part',
      '3 ユーザID unknown_user',
      '5 ユーザID duplicate',
      '6 ユーザID messages.mailboxes.problems.characters',
    ])
    assert.equal(found.problems[0].line, 4)
    const page = await client.get(`/imports/${found.id}`).loginAs(admin)
    page.assertTextIncludes('修正が必要なところが6件あります')
    page.assertTextIncludes('テキストでは4行目')
    page.assertTextIncludes('ON・OFF のどれかを書いてください')
    const list = await client.get(`/imports/${found.id}/mistakes`).loginAs(admin)
    list.assertHeader('content-type', 'text/csv; charset=utf-8')
    assert.include(list.text(), '2行目と同じものです')
    assert.include(list.text(), `"'=HYPERLINK(""http://evil"")"`)
    assert.lengthOf(list.text().trim().split('\r\n'), 7)
  })

  test('USR-06: what is wrong with cells and what is wrong with users is told at once', async ({
    assert,
    client,
  }) => {
    const { admin, domain, server } = await makeTenant()
    await makeMailbox(domain, server, 'sato')
    const added = csv(
      'additions',
      ['sato', secret, '別の説明', ''],
      ['suzuki', secret, '', '1GB'],
      ['sato2', '', '', '1GB'],
      ['sato3', 'kurz', '', ''],
      ['admin', secret, '', '']
    )
    await upload(client, admin, domain, 'additions', `${added}tanaka,"${secret}`)
    assert.deepEqual(mistakesOf(await latestImport(domain)), [
      '2 ユーザID user_is_there',
      '3 ディスク容量制限(MB) messages.problems.size',
      '4 ディスク容量制限(MB) messages.problems.size',
      '4 ユーザID password_missing',
      '5 パスワード messages.passwords.problems.too_short',
      '6 ユーザID user_is_there',
      '7 - quote_open',
    ])
    const forwards = csv(
      'forwards',
      ['sato', 'はい', `a@b.jp\nadmin@${domain.name}`],
      ['admin', '残す', `sato@${domain.name}`],
      ['nobody', '残す', 'x']
    )
    await upload(client, admin, domain, 'forwards', forwards)
    assert.deepEqual(mistakesOf(await latestImport(domain)), [
      '2 サーバのメール choice',
      '2 転送先メールアドレス messages.refusals.forward_loops',
      '3 転送先メールアドレス messages.refusals.forward_loops',
      '4 転送先メールアドレス messages.addresses.problems.no_at',
      '4 ユーザID unknown_user',
    ])
    const lists = csv('mailing_lists', ['sato', '', 'だれでも', 'x', 'y', '', 'ON', 'ON', '投稿者'])
    await upload(client, admin, domain, 'mailing_lists', lists)
    assert.deepEqual(mistakesOf(await latestImport(domain)), [
      '2 投稿の承認 choice',
      '2 モデレータ messages.addresses.problems.no_at',
      '2 メーリングリスト名 messages.refusals.list_name_is_a_user',
    ])
  })

  test('USR-06: a download of nothing but headings changes nothing when it is uploaded again', async ({
    assert,
    client,
  }) => {
    const { admin, domain } = await makeTenant()
    for (const name of ['mailing_lists', 'mailing_list_members']) {
      const file = await client.get(`/domains/${domain.id}/sheets/${name}`).loginAs(admin)
      assert.lengthOf(file.text().trim().split('\r\n'), 1)
      await upload(client, admin, domain, name as SheetName, file.text())
      const found = await latestImport(domain)
      assert.equal(found.state, 'checked')
      const page = await client.get(`/imports/${found.id}`).loginAs(admin)
      page.assertTextIncludes('変更はありません')
      await confirm(client, admin, found)
    }
    assert.isEmpty(await Task.all())
  })

  test('USR-06: a wrong password is told without the password, and the others are not hashed', async ({
    assert,
    client,
  }) => {
    const { admin, domain } = await makeTenant()
    const text = csv('additions', ['sato', 'kurzes-9', '', ''], ['suzuki', secret, '', ''])
    await upload(client, admin, domain, 'additions', text)
    const found = await latestImport(domain)
    assert.deepEqual(mistakesOf(found), ['2 パスワード messages.passwords.problems.too_short'])
    assert.equal(found.passwords, 0)
    assert.notInclude(JSON.stringify(found), 'kurzes-9')
    const list = await client.get(`/imports/${found.id}/mistakes`).loginAs(admin)
    assert.notInclude(list.text(), 'kurzes-9')
  })

  test('USR-06: 1,000 rows are taken and 1,001 refused', async ({ assert, client }) => {
    const { admin, domain } = await makeTenant()
    const rows = Array.from({ length: 1001 }, (_, index) => [`user${index}`, '', '', '1024'])
    const blank = Array.from({ length: 30 }, () => ['', '', '', ''])
    await upload(client, admin, domain, 'additions', csv('additions', ...rows))
    assert.deepEqual(mistakesOf(await latestImport(domain)), ['- - too_many_rows'])
    const text = csv('additions', ...rows.slice(1), ...blank)
    await upload(client, admin, domain, 'additions', text)
    const { mistakeCount } = await latestImport(domain)
    assert.equal(mistakeCount, 1000)
  })

  test('USR-02, USR-06: what was downloaded changes nothing when it is uploaded again, in both encodings', async ({
    assert,
    client,
  }) => {
    const { admin, domain, server, mailbox } = await makeTenant()
    const texts = ['=1+1', "'=x", '+81-3', '@here', '"引用", です', '-', '＝式', "it's"]
    for (const [index, description] of texts.entries()) {
      const made = await makeMailbox(domain, server, `user${index}`)
      await made.mailbox.merge({ description, userScript: index % 2 === 0 }).save()
    }
    const owner = { domainId: domain.id, mailboxId: mailbox.id }
    await MailSender.createMany([
      { ...owner, list: 'allow', pattern: '192.0.2.0/24' },
      { ...owner, list: 'allow', pattern: 'x@y.jp' },
      { ...owner, list: 'reject', pattern: 'z.jp' },
    ])
    const ofUsers = sheets.filter((sheet) => !sheet.name.startsWith('mailing_list'))
    for (const { name } of ofUsers) {
      for (const encoding of ['utf-8', 'cp932']) {
        const file = await client
          .get(`/domains/${domain.id}/sheets/${name}?encoding=${encoding}`)
          .loginAs(admin)
          .setup((request) => void request.request.buffer(true).parse(binary))
        const bytes: Buffer = file.body()
        await upload(client, admin, domain, name, bytes)
        const found = await latestImport(domain)
        assert.deepEqual(mistakesOf(found), [], `${name} ${encoding}`)
        assert.equal(found.changes, 0, name)
        assert.equal(found.same, texts.length + 2, name)
      }
    }
    assert.isEmpty(await Task.all())
  })

  test('USR-02: a download has no passwords, and its formulas do not run', async ({
    assert,
    client,
  }) => {
    const { admin, domain, mailbox } = await makeTenant()
    await mailbox.merge({ description: '=cmd|calc' }).save()
    const file = await client.get(`/domains/${domain.id}/sheets/basic_settings`).loginAs(admin)
    assert.include(file.text(), `${mailbox.localPart},,'=cmd|calc,1024,OFF,ON,OFF`)
    assert.include(file.header('content-disposition')!, "filename*=UTF-8''")
    assert.notInclude(file.text(), '$2b$')
  })

  test('USR-06: characters that Shift_JIS lacks are said instead of lost', async ({
    assert,
    client,
  }) => {
    const { admin, domain, mailbox } = await makeTenant()
    await mailbox.merge({ description: '絵文字😀' }).save()
    const path = `/domains/${domain.id}/sheets/basic_settings?encoding=cp932`
    const answer = await client.get(path).loginAs(admin).redirects(0)
    answer.assertStatus(302)
    assert.include(JSON.stringify(answer.flashMessages()), '「UTF-8」でダウンロードしてください')
  })

  test('USR-06: the example of a template does nothing, even to a user of that name', async ({
    assert,
    client,
  }) => {
    const { admin, domain, server } = await makeTenant()
    await makeMailbox(domain, server, 'sato')
    for (const { name } of sheets) {
      const path = `/domains/${domain.id}/sheets/${name}/template`
      const file = await client.get(path).loginAs(admin)
      assert.lengthOf(file.text().match(/（例）/g)!, 1, name)
      await upload(client, admin, domain, name, file.text())
      const found = await latestImport(domain)
      assert.deepEqual(mistakesOf(found), [], name)
      assert.equal(found.changes, 0, name)
    }
    const template = await client
      .get(`/domains/${domain.id}/sheets/additions/template`)
      .loginAs(admin)
    const rows = Array.from({ length: 1000 }, (_, index) => `user${index},,,\r\n`)
    await upload(client, admin, domain, 'additions', template.text() + rows.join(''))
    const full = await latestImport(domain)
    assert.equal(full.mistakeCount, 1000)
  })

  test('USR-06: the example of a template is taken by every sheet, but for its password', async ({
    assert,
    client,
  }) => {
    const { admin, domain, server } = await makeTenant()
    await makeMailbox(domain, server, 'sato')
    const expected: Record<string, string[]> = {
      additions: ['2 パスワード messages.passwords.problems.common', '2 ユーザID user_is_there'],
      mailing_list_members: ['2 メーリングリスト名 no_member'],
    }
    for (const { name } of sheets) {
      const path = `/domains/${domain.id}/sheets/${name}/template`
      const file = await client.get(path).loginAs(admin)
      await upload(client, admin, domain, name, file.text().replace('（例）', ''))
      const wrong = mistakesOf(await latestImport(domain))
      assert.deepEqual(wrong, expected[name] ?? [], name)
    }
  })

  test('USR-06: of more users than a file may have the download has parts', async ({
    assert,
    client,
  }) => {
    const { admin, domain } = await makeTenant()
    const rows = Array.from({ length: 1000 }, (_, index) => ({
      domainId: domain.id,
      localPart: `user${index}`,
      uid: 50_000 + index,
      quotaMb: 10,
    }))
    await Mailbox.createMany(rows)
    const page = await client.get(`/domains/${domain.id}/imports/forwards`).loginAs(admin)
    page.assertTextIncludes('（2／2）')
    const part = async (number: number) => {
      const path = `/domains/${domain.id}/sheets/forwards?part=${number}`
      const file = await client.get(path).loginAs(admin)
      return file.text().trim().split('\r\n')
    }
    assert.lengthOf(await part(1), 1001)
    assert.lengthOf(await part(2), 3)
    assert.lengthOf(await part(3), 1)
  })

  test('USR-06: no file is left on the disk, and a huge one is refused at the field', async ({
    assert,
    client,
  }) => {
    const { admin, domain } = await makeTenant()
    const before = readdirSync(tmpdir()).length
    const huge = Buffer.alloc(28 * 2 ** 20, 'a')
    const answer = await upload(client, admin, domain, 'additions', huge)
    assert.include(JSON.stringify(answer.flashMessage('inputErrorsBag')), '大きすぎます')
    await upload(client, admin, domain, 'additions', csv('additions', ['sato', 'x', '', '']))
    assert.isAtMost(readdirSync(tmpdir()).length, before)
    assert.isTrue('text' in (await decode(Buffer.from('a'))))
  })
})

function binary(response: any, done: (error: Error | null, body: Buffer) => void) {
  const chunks: Buffer[] = []
  response.on('data', (chunk: Buffer) => chunks.push(Buffer.from(chunk)))
  response.on('end', () => done(null, Buffer.concat(chunks)))
}
