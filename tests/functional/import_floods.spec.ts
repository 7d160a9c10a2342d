import testUtils from '@adonisjs/core/services/test_utils'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { test } from '@japa/runner'
import { makeTenant, type Tenant } from '#database/factories/tenant'
import Import from '#models/import'
import { uploadPlaces } from '#models/upload_places'
import { mostUploadBytes } from '#models/import/upload'
import { sheetNamed } from '#models/sheet/index'
import type { SheetName } from '#models/sheet/sheet'
import { cp932, csv, latestImport, mistakesOf, upload } from '#tests/support/csv_files'

/** Other requests wait no longer; alone on a machine it is a few milliseconds. */
const longestPauseMs = 1000

async function checked({ domain, admin }: Tenant, name: SheetName, content: string | Buffer) {
  const bytes = Buffer.from(content)
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const begun = performance.now()
  const file = { name: 'users.csv', bytes }
  const found = await Import.check(domain, sheetNamed(name)!, file, { by: admin, ip: null })
  const took = performance.now() - begun
  delay.disable()
  return { found, took, pause: delay.max / 1e6 }
}

test.group('CSV: files that are made to be heavy', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('USR-06: millions of empty rows, cells and quotation marks are read past or refused, while others are served', async ({
    assert,
  }) => {
    const tenant = await makeTenant()
    const head = csv('additions')
    const row = 'sato,,,\r\n'
    const rest = mostUploadBytes - 100
    const files: Record<string, [string | Buffer, string | undefined]> = {
      lines: [head + '\n'.repeat(2_000_000), undefined],
      moreLines: [head + '\r'.repeat(rest), undefined],
      linesAndRow: [head + '\n'.repeat(2_000_000) + row, '2000002 ユーザID password_missing'],
      quotedLines: [head + '"","",""\n'.repeat(2_000_000), undefined],
      commas: [`${head}${','.repeat(5_000_000)}\n`, undefined],
      commasAtEnd: [`${head}sato${','.repeat(5_000_000)}\n`, '2 ユーザID password_missing'],
      cells: [`${head}${'a,'.repeat(5_000_000)}\n`, '2 - too_many_cells'],
      rows: [head + 'a\n'.repeat(5_000_000), '- - too_many_rows'],
      onlyRows: ['a\n'.repeat(5_000_000), '1 - head_absent'],
      quotes: ['"'.repeat(rest), '1 - head_absent'],
      quotesInRow: [head + '"'.repeat(rest - 1), '2 - quote_open'],
      brokenQuotes: [head + '"a"b'.repeat(rest / 4), '2 - quote_inside'],
      cell: [`${head}${'a'.repeat(rest)}`, '2 - cut_off'],
      headCell: ['あ'.repeat(rest / 3), '1 - head_absent'],
      japaneseLines: [
        Buffer.concat([cp932(head), cp932('ｱ\n'.repeat(5_000_000))]),
        '- - too_many_rows',
      ],
    }
    for (const [name, [content, mistake]] of Object.entries(files)) {
      const { found, took, pause } = await checked(tenant, 'additions', content)
      assert.equal(mistakesOf(found)[0], mistake, name)
      assert.isBelow(pause, longestPauseMs, name)
      assert.isBelow(took, 15_000, name)
    }
  }).timeout(120_000)

  test('USR-06: lists of nothing but mistakes are told by the first of them', async ({
    assert,
  }) => {
    const tenant = await makeTenant()
    const addresses = Array.from({ length: 900 }, (_, index) => `x${index}`).join('\n')
    const rows = Array.from({ length: 200 }, (_, index) => [`u${index}`, '残す', addresses])
    const { found, pause } = await checked(tenant, 'forwards', csv('forwards', ...rows))
    assert.isBelow(found.mistakeCount, 200 * 30)
    assert.isBelow(pause, longestPauseMs)
    const many = ['u1', '残す', 'x,'.repeat(16_000)]
    const { found: other } = await checked(tenant, 'forwards', csv('forwards', many))
    assert.deepInclude(other.problems[0].data, { count: 16_000 })
    assert.equal(other.mistakeCount, 2)
  }).timeout(60_000)

  test('USR-06: nothing is kept of what somebody uploads who is not signed in', async ({
    assert,
    client,
    cleanup,
  }) => {
    const { admin, domain } = await makeTenant()
    const { concat } = Buffer
    const kept: number[] = []
    cleanup(() => void (Buffer.concat = concat))
    Buffer.concat = (...given) => {
      const bytes = concat(...given)
      kept.push(bytes.length)
      return bytes
    }
    const file = Buffer.alloc(5 * 2 ** 20, 'a')
    const answer = await client
      .post(`/domains/${domain.id}/imports/additions`)
      .file('file', file, { filename: 'users.csv' })
      .withCsrfToken()
      .redirects(0)
    answer.assertHeader('location', '/sign_in')
    assert.isBelow(Math.max(0, ...kept), 2 ** 20)
    await upload(client, admin, domain, 'additions', file)
    assert.include(kept, file.length)
  })

  test('USR-06: a third file of one person at the same time is refused, and one of the next person is not', async ({
    assert,
    client,
  }) => {
    const { admin, domain } = await makeTenant()
    const { admin: other, domain: otherDomain } = await makeTenant()
    const takenBack = [uploadPlaces.take(admin.id), uploadPlaces.take(admin.id)]
    const text = csv('deletions')
    const third = await upload(client, admin, domain, 'deletions', text)
    assert.include(JSON.stringify(third.flashMessages()), 'ほかのアップロードを処理しています')
    await upload(client, other, otherDomain, 'deletions', text)
    const others = await latestImport(otherDomain)
    assert.equal(others.state, 'checked')
    for (const giveBack of takenBack) giveBack!()
    await upload(client, admin, domain, 'deletions', text)
    const { state } = await latestImport(domain)
    assert.equal(state, 'checked')
    for (let id = 1; id <= 6; id++) takenBack.push(uploadPlaces.take(-id))
    assert.isNull(uploadPlaces.take(admin.id))
    for (const giveBack of takenBack.slice(2)) giveBack!()
    // What came and went left no place taken
    const all = [1, 2, 3].flatMap((id) => [uploadPlaces.take(-id), uploadPlaces.take(-id)])
    for (const giveBack of all) giveBack!()
  })
})
