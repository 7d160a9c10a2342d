import { execFileSync } from 'node:child_process'
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'

const driver = `
import json, sys
given = json.loads(sys.argv[1])
space = {'__name__': 'report'}
exec(compile(open(given['program']).read(), 'report.py', 'exec'), space)
print(json.dumps(space['page'](given['page'], given['pictures'])))
`

/** What is shown of a page that Webalizer made. */
function shown(page: string, pictures: Record<string, string> = {}): string {
  const program = app.makePath('app/convergence/services/web_logs/report.py')
  const given = JSON.stringify({ program, page: `<BODY>${page}</BODY>`, pictures })
  const told: string = JSON.parse(
    execFileSync('python3', ['-I', '-S', '-c', driver, given]).toString()
  )
  return told.slice(told.indexOf('</head>') + 7).trim()
}

test.group('Pages of the access report', () => {
  const words: [string, string][] = [
    ['<SMALL>作成日時:  23-11月-2026 06:56 JST</SMALL>', '作成日時:  2026年11月23日 06:56 JST'],
    ['<H2>統計期間: May 2026</H2>', '統計期間: 2026年5月'],
    ['<B>03-May-2026</B>', '2026年5月3日'],
    ['<A NAME="x">月ごとの統計 - 11月 2026</A>', '月ごとの統計 - 2026年11月'],
    ['<TH>kB F</TH>', '>転送量(kB)<'],
    ['<TH>上位 7 / 7 - URL / kB F</TH>', '上位 7 / 7 - URL / 転送量(kB)'],
    ['<TD>Total kB In</TD>', '合計 受信(kB)'],
  ]
  for (const [made, wanted] of words) {
    test(`ALOG-02: ${made} is written as it is in Japanese`, ({ assert }) => {
      assert.include(shown(made), wanted)
    })
  }

  test('ALOG-02: what visitors wrote stays as it is, but no tag', ({ assert }) => {
    const page = shown('<TD>/Maybe 2026/kB Files</TD><TD><script>x</script>1月2026</TD>')
    assert.include(page, '<TD>/Maybe 2026/kB Files</TD>')
    assert.include(page, '&lt;script>x&lt;/script>1月2026')
  })

  test('ALOG-02: pictures are in the page, with what their words mean; others are left out', ({
    assert,
  }) => {
    const image = '<IMG SRC="usage.png" ALT="概要 - 5月 2026" HEIGHT=256 WIDTH=512>'
    const page = shown(`${image}<IMG SRC="http://x.test/a.png">`, { 'usage.png': 'AAAA' })
    const picture = '<img src="data:image/png;base64,aaaa" alt="概要 - 2026年5月" width=512>'
    assert.include(page.toLowerCase(), picture)
    assert.include(page, 'Hits：ヒット')
    assert.lengthOf(page.match(/<img/gi)!, 1)
  })
})
