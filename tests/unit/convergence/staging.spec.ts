import { execFileSync } from 'node:child_process'
import { chown, lstat, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { test } from '@japa/runner'
import { AgentRefusal, type AgentClient } from '#convergence/agent/client'
import {
  askStagingClear,
  askStagingCopy,
  askStagingPublish,
  askStagingWithdraw,
} from '#convergence/agent/staging_requests'
import { LocalServer } from '#tests/support/local_server'

const domain = 'd1.example.jp'
const root = `/data/domain/${domain}`
const uid = 20001
const name = (text: string | Buffer) => Buffer.from(text).toString('base64url')

test.group('agent: staging', (group) => {
  let server: LocalServer
  let agent: AgentClient
  group.each.setup(async () => {
    server = await LocalServer.create()
    agent = await server.agent()
    for (const path of ['conf/staging', 'html', 'html.stage', 'cgi-bin', 'cgi-bin.stage']) {
      await mkdir(at(path), { recursive: true })
    }
    for (const path of ['html', 'html.stage', 'cgi-bin', 'cgi-bin.stage']) {
      await chown(at(path), uid, uid)
    }
    await chown(at('.'), 0, uid)
    await mkdir(server.path('/etc/tsukasa/staging'), { recursive: true })
    await writeFile(server.path('/etc/tsukasa/staging/refresh.py'), '')
    return () => server.remove()
  })

  const at = (path: string) => server.path(`${root}/${path}`)

  /** As the customer. */
  function customer(script: string) {
    execFileSync('sh', ['-c', script], { cwd: at('.'), uid, gid: uid })
  }

  const copy = (more: object = {}) =>
    askStagingCopy(agent, {
      domain,
      from: 'public',
      into: 'generation-1',
      room: null,
      ...more,
    })
  const publish = (chosen: readonly string[], into: `change-${number}` = 'change-1') =>
    askStagingPublish(agent, { domain, account: 'd1', chosen, into, room: null })
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: unknown) => (error instanceof AgentRefusal ? error.code : String(error))
    )

  test('WEB-02: a copy is of the same owner, and links lead nobody anywhere', async ({
    assert,
  }) => {
    await writeFile(server.path('/etc/secret'), 'secret')
    await symlink(server.path('/etc/secret'), at('html/file'))
    await symlink(server.path('/etc'), at('html/directory'))
    customer('mkdir -p html/a && echo 1 > html/a/one && ln html/a/one html/two && mkfifo html/pipe')
    customer('echo 2 > html/forbidden && chmod 0 html/forbidden')
    const { files, skipped } = await copy()
    assert.deepEqual([files, skipped], [4, 2])
    const kept = at('conf/staging/generation-1/html')
    assert.sameMembers(await readdir(kept), ['a', 'directory', 'file', 'two'])
    const [link, one, two] = await Promise.all(
      ['file', 'a/one', 'two'].map((path) => lstat(`${kept}/${path}`))
    )
    assert.isTrue(link.isSymbolicLink())
    assert.equal(one.ino, two.ino)
    assert.deepEqual([one.uid, one.gid], [uid, uid])
  })

  test('WEB-02: a tree that is too deep or too large is refused, and nothing of it is left', async ({
    assert,
  }) => {
    customer("mkdir -p html/$(printf 'd/%.0s' $(seq 230))")
    assert.equal(await codeOf(copy()), 'E_TOO_DEEP')
    await rm(at('html/d'), { recursive: true })
    customer('head -c 3000000 /dev/urandom > html/large; for i in $(seq 50); do : > html/f$i; done')
    assert.equal(await codeOf(copy({ room: 1000 })), 'E_NO_ROOM')
    assert.deepEqual(await readdir(at('conf/staging')), ['lock'])
  })

  test('WEB-02: a copy that is begun again replaces what the first try left; what is cleared is gone', async ({
    assert,
  }) => {
    customer('echo 1 > html/one')
    await copy()
    customer(
      'rm html/one && mkdir html/locked && echo 2 > html/locked/two && chmod 500 html/locked'
    )
    await copy()
    assert.deepEqual(await readdir(at('conf/staging/generation-1/html')), ['locked'])
    assert.deepEqual(await askStagingClear(agent, domain, ['generation-1', 'change-9']), [])
    assert.deepEqual(await readdir(at('conf/staging')), ['lock'])
  })

  test('WEB-02: names that leave the directory, or go through links, publish nothing', async ({
    assert,
  }) => {
    await mkdir(server.path('/etc/elsewhere'))
    await chown(server.path('/etc/elsewhere'), uid, uid)
    customer(
      'mkdir html.stage/sub && echo new > html.stage/sub/file && echo new > html.stage/plain'
    )
    await symlink(server.path('/etc/elsewhere'), at('html/sub'))
    const wrong = [
      '../html.stage/plain',
      '/etc/passwd',
      'sub/../plain',
      'sub/file',
      'nothing',
      'a//b',
      '.',
    ]
    for (const path of wrong) {
      assert.equal(await codeOf(publish([name('plain'), name(path)])), 'E_GONE', path)
    }
    assert.deepEqual(await readdir(server.path('/etc/elsewhere')), [])
    assert.deepEqual(await readdir(at('html')), ['sub'])
  })

  test('WEB-02: what is published comes back as the same files; again and again', async ({
    assert,
  }) => {
    customer(
      'echo old > html/page && mkdir html/dir && echo old > html/dir/a && echo old > html/gone'
    )
    customer('echo new > html.stage/page && mkdir html.stage/dir && echo new > html.stage/dir/b')
    customer('mkdir -p html.stage/x/y && echo new > html.stage/x/y/z')
    const { ino } = await lstat(at('html/page'))
    const chosen = ['page', 'dir', 'dir/b', 'gone', 'x/y/z'].map(name)
    await publish(chosen)
    await publish(chosen)
    assert.equal(await readFile(at('html/page'), 'utf8'), 'new\n')
    assert.sameMembers(await readdir(at('html')), ['dir', 'page', 'x'])
    assert.deepEqual(await readdir(at('html/dir')), ['b'])
    const back = { domain, account: 'd1', from: 'change-1' } as const
    await askStagingWithdraw(agent, back)
    await askStagingWithdraw(agent, back)
    const page = await lstat(at('html/page'))
    assert.equal(page.ino, ino)
    assert.deepEqual(await readdir(at('html/dir')), ['a'])
    assert.equal(await readFile(at('html/gone'), 'utf8'), 'old\n')
    assert.equal(await readFile(at('html.stage/page'), 'utf8'), 'new\n')
  })

  test('WEB-02: what can not be replaced leaves all of it as it was', async ({ assert }) => {
    customer('mkdir html/locked && echo old > html/locked/file && echo old > html/a')
    customer(
      'mkdir html.stage/locked && echo new > html.stage/locked/file && echo new > html.stage/a'
    )
    customer('chmod 500 html/locked')
    assert.equal(await codeOf(publish(['a', 'locked/file'].map(name))), 'E_GONE')
    assert.equal(await readFile(at('html/a'), 'utf8'), 'old\n')
    assert.equal(await readFile(at('html/locked/file'), 'utf8'), 'old\n')
  })
})
