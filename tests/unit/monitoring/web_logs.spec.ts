import { appendFile, chmod, mkdir, rename, symlink, writeFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { test } from '@japa/runner'
import type { AgentClient } from '#convergence/agent/client'
import { askQuestion } from '#convergence/agent/requests'
import { LocalServer } from '#tests/support/local_server'

interface Tail {
  readonly inode: number | null
  readonly offset: number
  readonly lines: string[]
  readonly skipped: boolean
}

interface Found {
  readonly lines: { readonly file: string; readonly text: string }[]
  readonly next: { readonly file: string; readonly offset: number } | null
  readonly skipped: string[]
}

const access = (address: string, path: string, status = 200, agent = 'Mozilla/5.0') =>
  `${address} - - [22/Nov/2026:12:00:00 +0900] "GET ${path} HTTP/1.1" ${status} 512 "-" "${agent}"\n`

test.group('ALOG-01: logs of a domain on a server', (group) => {
  let server: LocalServer
  let agent: AgentClient
  const directory = '/data/domain/ours.jp/log'
  const path = (name: string) => server.path(`${directory}/${name}`)

  group.each.setup(async () => {
    server = await LocalServer.create()
    await mkdir(server.path(directory), { recursive: true })
    agent = await server.agent()
    return () => server.remove()
  })

  const log = (content: string | Buffer, name = 'access.log') => appendFile(path(name), content)
  const tail = (more: object = {}) =>
    askQuestion(
      agent,
      'web_log_tail',
      { domain: 'ours.jp', log: 'access', most: 200, ...more },
      3
    ) as Promise<Tail>
  const search = (more: object = {}, seconds = 3) => {
    const days = { first: '20261120', last: '20261122', today: '20261122' }
    const words = { log: 'access', text: '', status: '', address: '', most: 200 }
    const given = { domain: 'ours.jp', ...days, ...words, ...more }
    return askQuestion(agent, 'web_log_search', given, seconds) as Promise<Found>
  }
  const textsOf = ({ lines }: Found) => lines.map(({ text }) => text)
  const added = async (after?: object) => {
    const { lines } = await tail(after)
    return lines
  }
  const found = async (more: object) => {
    const { lines } = await search(more)
    return lines
  }

  test('files are told with their sizes, and nothing else that lies there', async ({ assert }) => {
    for (const name of ['access.log', 'access.log-20261121', 'access.log-20261120.gz', 'ftp.log'])
      await log('xx', name)
    await log('x', 'my.txt')
    await log('x', 'access.log-20261120.gz.part')
    await symlink('/etc/passwd', path('error.log'))
    const { files } = (await askQuestion(agent, 'web_logs', { domain: 'ours.jp' }, 3)) as any
    assert.sameDeepMembers(
      files.map(({ name, bytes }: any) => [name, bytes]),
      ['access.log-20261120.gz', 'access.log-20261121', 'access.log', 'ftp.log'].map((name) => [
        name,
        2,
      ])
    )
  })

  test('a directory that others can change, or that is a link, is not read', async ({ assert }) => {
    await log(access('192.0.2.1', '/'))
    await chmod(server.path(directory), 0o777)
    await assert.rejects(() => tail())
    await chmod(server.path(directory), 0o755)
    await rename(server.path('/data/domain/ours.jp'), server.path('/data/domain/theirs.jp'))
    await symlink('theirs.jp', server.path('/data/domain/ours.jp'))
    await assert.rejects(() => search())
    const { lines } = await tail().catch(() => ({ lines: [] }))
    assert.deepEqual(lines, [])
  })

  test('the end of a log: what was added since is told once, whole lines only', async ({
    assert,
  }) => {
    await log('one\ntwo\nth')
    const first = await tail()
    assert.deepEqual(first.lines, ['one', 'two'])
    await log('ree\nfour\n')
    const next = await tail(first)
    assert.deepEqual(next.lines, ['three', 'four'])
    assert.deepEqual(await added(next), [])
  })

  test('the end of a log: after midnight the new file is read from its beginning', async ({
    assert,
  }) => {
    await log('yesterday\n')
    const before = await tail()
    await rename(path('access.log'), path('access.log-20261121'))
    assert.deepEqual(await added(before), [])
    await log('today\n')
    assert.deepEqual(await added(before), ['today'])
  })

  test('the end of a log: a flood is told as its last lines, and that there was more', async ({
    assert,
  }) => {
    await log('first\n')
    const before = await tail()
    await log(`${'y'.repeat(99)}\n`.repeat(50_000))
    const after = await tail(before)
    assert.isTrue(after.skipped)
    assert.lengthOf(after.lines, 200)
    assert.equal(after.offset, 6 + 100 * 50_000)
    assert.deepEqual(await added(after), [])
  })

  test('the end of a log: NUL, broken UTF-8 and a line of megabytes take nothing with them', async ({
    assert,
  }) => {
    await log(Buffer.concat([Buffer.from([0, 255, 254, 27]), Buffer.from('\n')]))
    await log(`${'z'.repeat(3 << 20)}\nlast\n`)
    const { lines, offset } = await tail()
    assert.equal(lines.at(-1), 'last')
    assert.equal(offset, 5 + (3 << 20) + 6)
    await log('z'.repeat(1 << 20))
    const after = await tail()
    assert.isAbove(after.offset, offset)
  })

  test('a log that is not there ends with nothing', async ({ assert }) => {
    const nothing = { inode: null, offset: 0, lines: [], skipped: false }
    assert.deepEqual(await tail(), nothing)
  })

  test('lines are found as time went, in packed files too, of the chosen days only', async ({
    assert,
  }) => {
    for (const day of ['19', '20', '21'])
      await writeFile(
        path(`access.log-202611${day}.gz`),
        gzipSync(access('192.0.2.1', `/page${day}`))
      )
    await log(access('192.0.2.1', '/page22'))
    await log(access('192.0.2.1', '/page-other'), 'access.stage.log')
    const page = await search({ text: '/PAGE' })
    assert.deepEqual(
      page.lines.map(({ file }) => file),
      ['access.log-20261120.gz', 'access.log-20261121.gz', 'access.log']
    )
    assert.isNull(page.next)
    assert.lengthOf(await found({ first: '20261121', last: '20261121' }), 1)
  })

  test('status and address are those of the line, not words that a visitor put into it', async ({
    assert,
  }) => {
    const trick = access('192.0.2.9', '/\\" 404 512 \\"-\\"', 200, '192.0.2.1 \\" 404 ')
    const wanted = access('192.0.2.1', '/x', 404)
    await log(trick + wanted + access('192.0.2.10', '/x', 503))
    assert.deepEqual(textsOf(await search({ status: '404' })), [wanted.trim()])
    assert.deepEqual(textsOf(await search({ address: '192.0.2.1' })), [wanted.trim()])
    assert.lengthOf(await found({ status: '5' }), 1)
  })

  test('errors and transfers have addresses, too', async ({ assert }) => {
    await log(
      '[x] [proxy] [client 192.0.2.1:4711] AH1: one\n[x] [client 192.0.2.11:1] two\n',
      'error.log'
    )
    await log('Mon Nov 23 03:12:02 2026 0 192.0.2.1 2 /a b _ i r a@ours.jp ftp 0 * c\n', 'ftp.log')
    for (const kind of ['error', 'ftp'])
      assert.lengthOf(await found({ log: kind, address: '192.0.2.1' }), 1, kind)
  })

  test('Japanese is found in the forms that logs write it in', async ({ assert }) => {
    await log(access('192.0.2.1', `/${encodeURIComponent('商品')}`))
    await log(access('192.0.2.1', '/\\xe5\\x95\\x86\\xe5\\x93\\x81'))
    await log(access('192.0.2.1', '/商品'))
    assert.lengthOf(await found({ text: '商品' }), 3)
  })

  test('more than a page goes on where it ended, without a line twice', async ({ assert }) => {
    const all = Array.from({ length: 450 }, (_, number) => access('192.0.2.1', `/n${number}`))
    await writeFile(path('access.log-20261121.gz'), gzipSync(all.slice(0, 300).join('')))
    await log(all.slice(300).join(''))
    let page = await search()
    const texts = textsOf(page)
    for (let turn = 0; page.next && turn < 10; turn++) {
      page = await search(page.next)
      texts.push(...textsOf(page))
    }
    assert.deepEqual(
      texts,
      all.map((line) => line.trim())
    )
  })

  test('a log that is too big for the time is searched piece by piece', async ({ assert }) => {
    await log(access('192.0.2.1', '/x').repeat(200_000))
    await log(access('192.0.2.7', '/needle'))
    let page = await search({ address: '192.0.2.7' }, 0.3)
    const lines = [...page.lines]
    let turns = 1
    while (page.next && turns++ < 60) {
      page = await search({ address: '192.0.2.7', ...page.next }, 0.3)
      lines.push(...page.lines)
    }
    assert.lengthOf(lines, 1)
    assert.isAbove(turns, 1)
  })

  test('a line that is made to take long takes no long', async ({ assert }) => {
    for (const evil of ['] "'.repeat(100_000), '\\"'.repeat(100_000), '" 404 '.repeat(100_000)])
      await log(`192.0.2.1 - - [${evil}\n`.repeat(20))
    const start = performance.now()
    await search({ status: '404' })
    assert.isBelow(performance.now() - start, 3000)
  })
})
