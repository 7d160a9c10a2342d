import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chown, mkdir, readdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { test } from '@japa/runner'
import type { AgentClient } from '#convergence/agent/client'
import { askTamperLook, type TamperAnswer } from '#convergence/agent/tamper_requests'
import { LocalServer } from '#tests/support/local_server'

const domain = 'd1.example.jp'
const root = `/data/domain/${domain}`
const uid = 20001
const watched = ['html', 'html.stage', 'cgi-bin', 'cgi-bin.stage', 'cgi-data']

test.group('agent: tamper detection', (group) => {
  let server: LocalServer
  let agent: AgentClient
  group.each.setup(async () => {
    server = await LocalServer.create()
    agent = await server.agent()
    await mkdir(at('conf'), { recursive: true })
    for (const path of watched) {
      await mkdir(at(path))
      await chown(at(path), uid, uid)
    }
    await chown(at('.'), 0, uid)
    return () => server.remove()
  })

  const at = (path: string) => server.path(`${root}/${path}`)

  /** As the customer. */
  function customer(script: string) {
    execFileSync('bash', ['-c', script], { cwd: at('.'), uid, gid: uid, stdio: 'pipe' })
  }

  const look = (number: number, settled: number) =>
    askTamperLook(agent, { domain, look: number, settled })
  const counts = ({ added, changed, removed, unread }: TamperAnswer) => [
    added,
    changed,
    removed,
    unread,
  ]
  const told = ({ report }: TamperAnswer) =>
    report.findings.map(({ state, directory, name, aspects }) =>
      [state, `${directory}/${name}`, ...aspects].join(' ')
    )

  test('WEB-07: the first look tells nothing and keeps what it found where only root gets', async ({
    assert,
  }) => {
    customer('mkdir html/a && echo 1 > html/a/one && echo 2 > cgi-data/two')
    const first = await look(1, 0)
    assert.isNull(first.baseline)
    assert.deepEqual([counts(first), first.files, first.saved], [[0, 0, 0, 0], 2, true])
    const kept = await stat(at('conf/tamper'))
    assert.deepEqual([kept.uid, kept.mode & 0o777], [0, 0o700])
    assert.throws(() => customer('ls conf/tamper 2>/dev/null'))
  })

  test('WEB-07: what is added, removed and changed is told with SHA-256, and a diff of texts', async ({
    assert,
  }) => {
    customer(
      'mkdir -p html/a cgi-bin && printf "one\\ntwo\\n" > html/a/page.php && echo x > html/go'
    )
    customer('echo same > html/same && ln -s a html/link && echo cgi > cgi-bin/x.cgi')
    await look(1, 0)
    customer('printf "one\\n<?php evil();\\ntwo\\n" > html/a/page.php && rm html/go')
    customer('echo new > html.stage/new.html && ln -sfn /etc html/link && chmod 755 cgi-bin/x.cgi')
    customer('touch html/same')
    const found = await look(2, 1)
    assert.equal(found.baseline, 1)
    assert.sameMembers(told(found), [
      'changed html/a/page.php content',
      'changed html/link target',
      'added html.stage/new.html',
      'changed cgi-bin/x.cgi mode',
      'removed html/go',
    ])
    assert.deepEqual(counts(found), [1, 3, 1, 0])
    const page = found.report.findings.find(({ name }) => name === 'a/page.php')!
    assert.deepEqual(page.diff, [
      [' ', 'one'],
      ['+', '<?php evil();'],
      [' ', 'two'],
    ])
    const digest = createHash('sha256').update('one\n<?php evil();\ntwo\n').digest('hex')
    assert.equal(page.after!.digest, digest)
    const link = found.report.findings.find(({ name }) => name === 'link')!
    assert.deepEqual([link.before!.target, link.after!.target], ['a', '/etc'])
  })

  test('WEB-07: until what a look found is settled, the next tells it again; then not', async ({
    assert,
  }) => {
    customer('echo 1 > html/one')
    await look(1, 0)
    customer('echo 2 > html/two')
    assert.deepEqual(told(await look(2, 1)), ['added html/two'])
    assert.deepEqual(told(await look(3, 1)), ['added html/two'])
    assert.deepEqual(told(await look(4, 3)), [])
  })

  test('WEB-07: asked twice for the same look, what was told is told again', async ({ assert }) => {
    customer('echo 1 > html/one')
    await look(1, 0)
    customer('echo 2 > html/two')
    const once = await look(2, 1)
    customer('echo 3 > html/three')
    assert.deepEqual(await look(2, 1), once)
  })

  test('WEB-07: sides that changed places are compared with what they were', async ({ assert }) => {
    customer('for n in $(seq 300); do echo $n > html/of-$n; echo $n > html.stage/other-$n; done')
    await look(1, 0)
    await rename(at('html'), at('aside'))
    await rename(at('html.stage'), at('html'))
    await rename(at('aside'), at('html.stage'))
    customer('echo evil > html/other-7')
    const found = await look(2, 1)
    assert.deepEqual(told(found), ['changed html/other-7 content'])
    assert.deepEqual(found.report.moved, [
      ['html.stage', 'html'],
      ['html', 'html.stage'],
    ])
    assert.deepEqual(told(await look(3, 2)), [])
    const again = await look(4, 2)
    assert.deepEqual(again.report.moved, [])
  })

  test('WEB-07: a file with the size and time that it had is found to be changed', async ({
    assert,
  }) => {
    customer('echo aaaa > html/x.js && touch -d 2020-01-01 html/x.js')
    await look(1, 0)
    customer('echo bbbb > html/x.js && touch -d 2020-01-01 html/x.js')
    assert.deepEqual(told(await look(2, 1)), ['changed html/x.js content'])
  })

  test('WEB-07: what was read long enough after its last change is read again only when that differs', async ({
    assert,
  }) => {
    customer('echo aaaa > html/x.js && echo cccc > html/y.js && touch -d 2020-01-01 html/x.js')
    await look(1, 0)
    const settle = `import gzip, json, sys, time
path = sys.argv[1]
lines = [json.loads(line) for line in gzip.open(path)]
for line in lines: line[7], line[8] = int(time.time()), "0" * 64 if line[0] == "y.js" else line[8]
gzip.open(path, "wt").writelines(json.dumps(line) + "\\n" for line in lines)`
    execFileSync('python3', ['-c', settle, at('conf/tamper/last/html')])
    customer('echo bbbb > html/x.js && touch -d 2020-01-01 html/x.js')
    assert.deepEqual(told(await look(2, 1)), ['changed html/x.js content'])
  })

  test('WEB-07: what was written through a kept mapping is found although no time tells it', async ({
    assert,
  }) => {
    customer('printf aaaa > html/x.js')
    const write = `import mmap, sys, os
f = open("html/x.js", "r+b"); m = mmap.mmap(f.fileno(), 4); m[0:1] = b"b"
print("ready", flush=True); sys.stdin.readline(); m[0:1] = b"c"; print("done", flush=True)
`
    const { spawn } = await import('node:child_process')
    const child = spawn('python3', ['-c', write], { cwd: at('.'), uid, gid: uid, stdio: 'pipe' })
    const said = () => new Promise((resolve) => child.stdout.once('data', resolve))
    await said()
    await look(1, 0)
    child.stdin.write('\n')
    await said()
    assert.deepEqual(told(await look(2, 1)), ['changed html/x.js content'])
    child.kill()
  })

  test('WEB-07: no link is followed, no pipe is opened, and what can not be read is told', async ({
    assert,
  }) => {
    await writeFile(server.path('/etc/secret'), 'secret')
    customer('mkdir html/a html/closed && echo 1 > html/closed/in && echo 1 > html/forbidden')
    await symlink(server.path('/etc'), at('html/out'))
    const first = await look(1, 0)
    assert.equal(first.files, 2)
    customer('mkfifo html/pipe && chmod 0 html/forbidden html/closed')
    const found = await look(2, 1)
    assert.sameMembers(told(found), [
      'added html/pipe',
      'unread html/closed forbidden',
      'changed html/closed mode',
      'unread html/forbidden forbidden',
      'changed html/forbidden mode',
    ])
    // As long as nothing changes about that, it is told once.
    assert.deepEqual(counts(await look(3, 2)), [0, 0, 0, 0])
    customer(
      'chmod 755 html/closed && echo 2 > html/closed/in && chmod 644 html/forbidden && echo 3 > html/forbidden'
    )
    const opened = await look(4, 3)
    assert.includeMembers(told(opened), [
      'changed html/closed/in content',
      'changed html/forbidden content mode',
    ])
    assert.notInclude(told(opened), 'removed html/closed/in')
  })

  test('WEB-07: names that are no text, or act on a reader, are shown as escapes', async ({
    assert,
  }) => {
    customer('echo 1 > html/one')
    await look(1, 0)
    customer(
      `echo 1 > $'html/a\\nBcc: x' && echo 1 > $'html/\\xff\\xfe' && echo 1 > $'html/\\u202egpj'`
    )
    customer(`echo 1 > $'html/\\x1b[31m' && ln -s $'to\\nthere' html/link`)
    const found = await look(2, 1)
    assert.sameMembers(
      found.report.findings.map(({ name }) => name),
      ['a\\nBcc: x', '\\xff\\xfe', '\\u202egpj', '\\x1b[31m', 'link']
    )
    assert.includeMembers(
      found.report.findings.map(({ after }) => after!.target),
      ['to\\nthere']
    )
    assert.deepEqual(told(await look(3, 2)), [])
  })

  test('WEB-07: huge files that are empty, deep and full directories end in time and are told', async ({
    assert,
  }) => {
    customer('truncate -s 2T html/sparse && truncate -s 2G html/two && mkdir html/full')
    customer('cd html; for n in $(seq 220); do mkdir d; cd d; done; echo 1 > bottom')
    const began = performance.now()
    const first = await look(1, 0)
    assert.isBelow(performance.now() - began, 60_000)
    assert.equal(first.report.findings[0].aspects[0], 'too_deep')
    customer('printf x | dd of=html/sparse bs=1 seek=1000000000000 conv=notrunc 2>/dev/null')
    customer('cd html; for n in $(seq 220); do cd d; done; echo 2 > bottom')
    const second = await look(2, 1)
    assert.include(told(second), 'changed html/sparse content')
    assert.isAbove(second.unread, 0)
    assert.equal(second.removed, 0)
  }).timeout(120_000)

  test('WEB-07: more than can be listed is counted, and programs are told before others', async ({
    assert,
  }) => {
    await look(1, 0)
    customer('cd html; for n in $(seq 2000); do echo > aaa-$n.txt; done; echo "<?php" > zzz.php')
    const found = await look(2, 1)
    assert.equal(found.added, 2001)
    assert.lengthOf(found.report.findings, 500)
    assert.equal(found.report.findings[0].name, 'zzz.php')
    assert.equal(found.report.unlisted, 1501)
  })

  test('WEB-07: hundreds of pages hide neither a program nor what was changed', async ({
    assert,
  }) => {
    customer('cd html; echo 1 > index.html; echo 1 > style.css; echo 1 > zzz.php')
    await look(1, 0)
    customer(
      `cd html; seq 126000 | split -l 300 -a 3 --additional-suffix=.html - aaa-
       echo 2 > index.html; echo 2 > style.css; echo 2 > zzz.php; echo "<?php" > yyy.php`
    )
    const { report } = await look(2, 1)
    assert.deepEqual(
      report.findings.slice(0, 4).map(({ state, name }) => `${state} ${name}`),
      ['changed zzz.php', 'added yyy.php', 'changed index.html', 'added aaa-aaa.html']
    )
    assert.equal(report.findings.at(-1)!.name, 'style.css')
    assert.isNotNull(report.findings[0].diff)
  })

  test('WEB-07: what was kept and is torn or gone is told as that, and there is a new beginning', async ({
    assert,
  }) => {
    customer('echo 1 > html/one')
    await look(1, 0)
    customer('echo 2 > html/two')
    await look(2, 1)
    await writeFile(at('conf/tamper/baseline/html'), 'torn')
    const torn = await look(3, 1)
    assert.deepEqual([torn.baseline, counts(torn)], [null, [0, 0, 0, 0]])
    await rm(at('conf/tamper'), { recursive: true })
    const anew = await look(4, 3)
    assert.isNull(anew.baseline)
    assert.sameMembers(await readdir(at('conf/tamper')), ['last', 'lock'])
  })
})
