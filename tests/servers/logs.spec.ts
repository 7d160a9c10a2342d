import { buffer } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { test } from '@japa/runner'
import type Domain from '#models/domain'
import { downloadOf } from '#monitoring/web_logs/download'
import { webLogFilesOf } from '#monitoring/web_logs/files'
import { accessReportOf, beginReport, reportPageOf } from '#monitoring/web_logs/report'
import { searchWebLog } from '#monitoring/web_logs/search'
import { tailOf } from '#monitoring/web_logs/tail'
import { ftp } from '#tests/servers/ftp/client'
import { testServer, type TestServer } from '#tests/support/test_server'
import { until } from '#tests/support/until'

const program = '/etc/tsukasa/web_logs/rotate.py'

test.group('Logs of a real server', (group) => {
  let server: TestServer
  let domain: Domain
  let other: Domain
  group.setup(async () => {
    server = await testServer()
    domain = await server.addDomain('logs-test.jp', 128)
    other = await server.addDomain('other-logs.jp', 64)
    await domain.load('server')
  })

  const shell = async (script: string, as?: Domain) => {
    const ids = as ? ['setpriv', ...idsOf(as), '--clear-groups'] : []
    const { stdout } = await server.exec([...ids, 'sh', '-c', script])
    return stdout.trim()
  }
  const idsOf = ({ uid }: Domain) => ['--reuid', `${uid}`, '--regid', `${uid}`]
  const visit = (path: string, options: object = {}, name = 'logs-test.jp') =>
    server.http(name, path, options)
  const log = (name: string, of = domain) => `${of.root}/log/${name}`
  const text = (name: string, of?: Domain) => shell(`cat ${log(name, of)}`)
  /** As if the last rotation had been on that day. */
  const since = (day: string) =>
    shell(`echo '{"day": "${day}", "moves": []}' > /var/lib/tsukasa/web_logs/${domain.unixName}`)
  const midnight = () => shell(`python3 -I -S ${program} rotate 2>&1`)
  const yesterday = () => shell('TZ=Asia/Tokyo date -d yesterday +%Y%m%d')
  const report = async () => {
    const { value } = await accessReportOf(domain)
    return value!
  }
  const made = async () => {
    await beginReport(domain, server.actor)
    const ended = await until(report, ({ run }) => ['done', 'failed'].includes(String(run?.state)))
    return ended.run?.state
  }
  const hits = async () => {
    const { months } = await report()
    const { value } = await reportPageOf(domain, `usage_${months[0]}`)
    return Number(/合計ヒット数.*?<B>(\d+)<\/B>/s.exec(value ?? '')?.[1])
  }

  test('ALOG-01: visits on all four ports are in the logs of their domain, with the address of the visitor', async ({
    assert,
  }) => {
    await visit('/public')
    await visit('/tls', { port: 443, tls: true })
    await visit('/stage', { port: 11180 })
    await visit('/stage-tls', { port: 11443, tls: true })
    const [access, stage] = [await text('access.log'), await text('access.stage.log')]
    assert.match(access, /^[\d.]+ - - \[.*\] "GET \/public HTTP\/1.1" 404 .*\n.*GET \/tls /)
    assert.match(stage, /GET \/stage .*\n.*GET \/stage-tls /)
    assert.notMatch(access, /^127\./)
    await visit('/elsewhere', {}, 'other-logs.jp')
    assert.notInclude(await text('access.log'), 'elsewhere')
    assert.include(await text('access.log', other), '/elsewhere')
  })

  test('ALOG-01: who runs programs in a domain reads its logs and changes nothing; a neighbour does neither', async ({
    assert,
  }) => {
    const file = log('access.log')
    assert.include(await shell(`cat ${file} 2>&1`, domain), '/public')
    assert.equal(await shell(`cat ${file} || ls ${domain.root}/log`, other), '')
    const tries = [
      `echo forged >> ${file}`,
      `rm -f ${file}`,
      `mv ${file} ${file}-20200101`,
      `ln -s /etc/shadow ${log('error.log-20200101')}`,
      `touch ${log('x')}`,
      `mv ${domain.root}/log ${domain.root}/old`,
      `ln ${file} ${domain.root}/tmp/link`,
      `chmod 777 ${domain.root}/log ${file}`,
    ]
    for (const attempt of tries)
      assert.equal(await shell(`${attempt} 2>/dev/null && echo done`, domain), '', attempt)
  })

  test('ALOG-01: a transfer by FTP is in the log of its domain alone, within a second', async ({
    assert,
  }) => {
    for (const [as, path] of [
      ['admin@logs-test.jp', 'tmp/a b.txt'],
      ['admin@other-logs.jp', 'tmp/theirs.txt'],
    ] as const) {
      const [, put] = await ftp(server, { as }, ['put', path, 'xxx'])
      assert.match(put, /^226/)
    }
    await wait(1000)
    const [own, theirs] = [await text('ftp.log'), await text('ftp.log', other)]
    assert.match(own, / 3 \S+\/tmp\/a_b\.txt b _ i r admin@logs-test\.jp ftps /)
    assert.notInclude(own, 'theirs')
    assert.match(theirs, /\/tmp\/theirs\.txt .*admin@other-logs\.jp/)
    assert.equal(await shell(`stat -c %U:%a ${log('ftp.log')}`), 'root:640')
  })

  test('ALOG-01: at midnight nothing is lost while visitors come, and the site goes on', async ({
    assert,
  }) => {
    const linesOf = (content: string) => content.split('\n').length
    const before = linesOf(await text('access.log'))
    let [isOver, sent, bad] = [false, 0, 0]
    const visitors = Array.from({ length: 4 }, async () => {
      while (!isOver) {
        const { status } = await visit(`/n${sent++}`)
        if (status !== 404) bad++
      }
    })
    await wait(500)
    await since('20200101')
    await midnight()
    await wait(1500)
    isOver = true
    await Promise.all(visitors)
    assert.equal(bad, 0)
    await wait(200)
    const day = await yesterday()
    const [old, now] = [await text(`access.log-${day}`), await text('access.log')]
    assert.equal(linesOf(old) + linesOf(now), before + sent)
    assert.include(await shell(`ls ${domain.root}/log`), `ftp.log-${day}`)
    assert.match(
      await shell(`stat -c %G:%a ${log('access.log')}`),
      new RegExp(`^${domain.unixName}:640$`)
    )
  })

  test('ALOG-01: a site that sleeps is left asleep, and a service of systemd does all of it', async ({
    assert,
  }) => {
    await shell(`systemctl stop tsukasa-web@${domain.unixName}`)
    await shell(`echo last >> ${log('access.log')}`)
    await since('20200101')
    const day = await yesterday()
    await shell(`rm -f ${log(`access.log-${day}`)}`)
    const told = await shell('systemctl start tsukasa-web-logs.service && echo fine')
    assert.equal(told, 'fine')
    assert.equal(await shell(`systemctl is-active tsukasa-web@${domain.unixName}`), 'inactive')
    assert.match(await text(`access.log-${day}`), /last$/)
    assert.match(
      await shell('systemctl show -p NextElapseUSecRealtime tsukasa-web-logs.timer'),
      /00:00:00 JST/
    )
  })

  test('ALOG-01: with fewer days what is too old is gone at once; nothing else is touched', async ({
    assert,
  }) => {
    const day = await yesterday()
    await shell(
      `cd ${domain.root}/log && echo x | gzip > access.log-20260101.gz && echo x > error.log-20260102 && ln -s /etc/passwd ftp.log-20260101 && touch mine`
    )
    await domain.setLogDays(1, server.actor)
    await server.converge()
    const names = await shell(`ls ${domain.root}/log`)
    assert.notMatch(names, /(access|error)\.log-202601/)
    for (const kept of ['ftp.log-20260101', 'mine', `access.log-${day}`])
      assert.include(names, kept)
    assert.equal(await shell('wc -c < /etc/passwd | grep -c .'), '1')
    await shell(`rm ${log('ftp.log-20260101')} ${log('mine')}`)
  })

  test('ALOG-01: the panel lists, follows, searches and hands out what is there', async ({
    assert,
  }) => {
    const first = await tailOf(domain, 'access', null)
    await visit('/followed')
    // A visit is written down after its answer.
    const { position } = first.value!
    const { value: next } = await until(
      () => tailOf(domain, 'access', position),
      ({ value }) => value!.lines.length > 0
    )
    assert.match(next!.lines.join('\n'), /^[^\n]*GET \/followed [^\n]*$/)
    const days = { firstDay: '2026-01-01', lastDay: '2099-01-01', today: '2098-01-01' }
    const search = { log: 'access', text: '', status: '404', address: '', from: null } as const
    const found = await searchWebLog(domain, { ...search, ...days, text: '/FOLLOWED' })
    assert.lengthOf(found.value!.lines, 1)
    await shell(`cd ${domain.root}/log && seq 300000 | gzip > access.log-20991231.gz`)
    const { value: files } = await webLogFilesOf(domain)
    const packed = files!.find(({ name }) => name === 'access.log-20991231.gz')!
    const bytes = await buffer(await downloadOf(domain, packed))
    assert.equal(bytes.length, packed.bytes)
    assert.match(gunzipSync(bytes).toString(), /\n300000\n$/)
    // A file that grows meanwhile ends where it was announced to end.
    const current = files!.find(({ name }) => name === 'access.log')!
    await visit('/later')
    const told = await buffer(await downloadOf(domain, current))
    assert.equal(told.length, current.bytes)
    await shell(`rm ${log('access.log-20991231.gz')}`)
  })

  test('ALOG-02: the report counts each visit once, over midnight and packing, whatever visitors write', async ({
    assert,
  }) => {
    await made()
    const before = await hits()
    const evil = '<script>alert(1)</script>'
    for (let visits = 0; visits < 20; visits++)
      await visit(`/p${visits % 3}.html`, {
        headers: { 'Referer': `http://evil.test/${evil}`, 'User-Agent': evil },
      })
    await visit('/%3Cscript%3Ealert(2)%3C/script%3E.html')
    await shell(`echo x > ${domain.root}/html/商品.html`, domain)
    for (let visits = 0; visits < 5; visits++) await visit('/%E5%95%86%E5%93%81.html')
    // What is no line of Apache's is not counted.
    await shell(
      `{ head -c 3000000 /dev/zero; printf '\\n\\033[31m\\n"\\n'; } >> ${log('access.log')}`
    )
    assert.equal(await made(), 'done')
    assert.equal(await hits(), before + 26)
    await visit('/late.html')
    await since('20200101')
    await midnight()
    await visit('/new.html')
    // Packed before it was read to its end.
    await shell(`cd ${domain.root}/log && gzip -f access.log-*[0-9]`)
    assert.equal(await made(), 'done')
    assert.equal(await hits(), before + 28)
    assert.equal(await made(), 'done')
    assert.equal(await hits(), before + 28)
    const { months } = await report()
    const { value: page } = await reportPageOf(domain, `usage_${months[0]}`)
    assert.notMatch(page!, /<script|onerror|<a[^>]*http/i)
    for (const words of ['商品', '合計ヒット数', '転送量(kB)', 'Hits：ヒット'])
      assert.include(page!, words)
    const [year, month] = [months[0]!.slice(0, 4), Number(months[0]!.slice(4))]
    assert.include(page!, `日ごとの状況 - ${year}年${month}月"`)
    assert.notMatch(page!.replace(/base64,[^"]*/g, ''), /May|月 20|kB F</)
    assert.lengthOf(page!.match(/<img src="data:image\/png;base64,/g)!, 2)
  })

  test('ALOG-02: the report is no page of the site, and out of reach of its programs', async ({
    assert,
  }) => {
    const place = `/var/lib/tsukasa/reports/${domain.unixName}`
    assert.equal(
      await shell(`ls ${place} ${place}/.. /var/lib/tsukasa/reports/lock 2>/dev/null`, domain),
      ''
    )
    assert.equal(await shell(`touch ${place}/x 2>/dev/null && echo done`, domain), '')
    for (const path of [
      '/usage/',
      '/webalizer/',
      '/stats/',
      '/log/access.log',
      '/../log/access.log',
    ]) {
      const { status } = await visit(path)
      assert.include([400, 403, 404], status, path)
    }
    assert.equal(await shell('ps -eo user:20,comm | grep -c webalizer'), '0')
  })

  test('ALOG-02: a run that is killed is made good by the next', async ({ assert }) => {
    await made()
    const counted = await hits()
    const line = `192.0.2.1 - - [%s] "GET /k.html HTTP/1.1" 200 5 "-" "-"`
    const stamp = `$(date '+%d/%b/%Y:%H:%M:%S %z')`
    await shell(`yes "$(printf '${line}' "${stamp}")" | head -60000 >> ${log('access.log')}`)
    await beginReport(domain, server.actor)
    await wait(700)
    await shell(`systemctl kill -s KILL tsukasa-report@${domain.unixName}.service`)
    assert.equal(await made(), 'done')
    assert.equal(await hits(), counted + 60_000)
  })

  test('ALOG-01: a full disk loses lines and nothing else, and heals', async ({ assert }) => {
    await shell(`dd if=/dev/zero of=${domain.root}/tmp/fill bs=1M 2>/dev/null; sync`)
    await since('20200101')
    assert.equal(await shell(`systemctl start tsukasa-web-logs.service; echo $?`), '0')
    const page = await visit('/')
    assert.equal(page.status, 200)
    await shell(`rm ${domain.root}/tmp/fill`)
    await visit('/healed')
    await until(
      () => text('access.log'),
      (lines) => lines.includes('/healed')
    )
  })

  test('DOM-05: nothing of a deleted domain is left beside its volume', async ({ assert }) => {
    const places = `/var/lib/tsukasa/reports/${domain.unixName} /var/lib/tsukasa/web_logs/${domain.unixName} /etc/tsukasa/web_logs/domains/${domain.unixName}`
    assert.equal(await shell(`ls -d ${places} | wc -l`), '3')
    await domain.remove(server.actor)
    await server.converge()
    assert.equal(await shell(`ls -d ${places} 2>/dev/null`), '')
  })
})
