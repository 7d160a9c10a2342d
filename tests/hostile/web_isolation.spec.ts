import { test } from '@japa/runner'
import { backAddress, ports, webPorts } from '#convergence/services/apache/layout'
import { attacks } from '#tests/hostile/web_isolation/attacks'
import { neighbours } from '#tests/hostile/web_isolation/neighbours'
import { racing } from '#tests/hostile/web_isolation/race'
import { rawRequests } from '#tests/hostile/web_isolation/raw'
import type { Site } from '#tests/hostile/web_isolation/site'

/*
 * The V-tests: what domain A can do to domain B of the same server with its own `.htaccess`, files and
 * programs. Each row was seen to work against a common way of running sites.
 */

const sharedPlaces = ['/tmp', '/var/tmp', '/dev/shm', '/run/lock', '/var/lib/php/sessions']

/** Megabytes that fit into each place; they stay there. */
const fillPlaces = `<?php
foreach (${JSON.stringify(sharedPlaces)} as $place) {
  $written[$place] = 0;
  $file = @fopen("$place/filler", 'w');
  while ($file && $written[$place] < 80 && @fwrite($file, str_repeat('x', 1 << 20)) === 1 << 20) $written[$place]++;
}
echo json_encode($written, JSON_UNESCAPED_SLASHES);`

/** CAP_KILL, CAP_SETGID, CAP_SETUID and CAP_NET_BIND_SERVICE, as the kernel writes them. */
const parentsCapabilities = '00000000000004e0'
const none = '0'.repeat(16)

/** Says ROOT for every way up that works. */
const rise = `#!/usr/bin/python3
import ctypes, os
libc = ctypes.CDLL(None)
print('Content-Type: text/plain\\n\\nI am', os.geteuid())
for name, call in {
    'setuid': lambda: libc.setresuid(0, 0, 0),
    'setgid': lambda: libc.setresgid(0, 0, 0),
    'setgroups': lambda: libc.setgroups(1, ctypes.byref(ctypes.c_uint(0))),
    'mount': lambda: libc.mount(b'none', b'/tmp', b'tmpfs', 0, None),
    'unmount': lambda: libc.umount2(b'/tmp', 2),
    'mounts of the server': lambda: libc.setns(os.open('/proc/1/ns/mnt', os.O_RDONLY), 0),
    'chroot': lambda: libc.chroot(b'/'),
}.items():
    try:
        if call() == 0:
            print('ROOT', name)
    except OSError:
        pass
`

const stolen = /CANARY-(STATIC|CODE|PRIVATE|RAN|PLANTED)/

/** The four ports are two PHP versions on two document roots, with TLS and without. */
for (const port of webPorts) {
  test.group(`REL-04: neighbours on one server, ${port}`, (group) => {
    let a: Site
    let b: Site
    group.setup(async () => {
      ;[a, b] = await neighbours(port)
      await Promise.all([a.hide(), b.hide()])
    })

    async function isUnharmed(site: Site) {
      const answer = await site.ask('/secret.php')
      const trace = await site.asOwner(['ls', `${site.target.root}/tmp`])
      return (
        answer.includes(`CANARY-RAN-${site.name}-${site.domain.uid}`) &&
        !/PLANTED/.test(answer) &&
        trace === ''
      )
    }

    for (const attack of attacks) {
      test(attack.name, async ({ assert }) => {
        if (attack.control) {
          await a.write(a.target.html, { ...a.secrets, ...attack.files(a.target, a.target) })
          const own = await a.ask(attack.path(a.target), attack.headers)
          assert.include(own, `CANARY-${attack.control}`, 'works against oneself')
        }
        await a.write(a.target.html, attack.files(b.target, a.target))
        const answer = await a.ask(attack.path(b.target), attack.headers)
        assert.notMatch(answer, stolen)
        assert.notMatch(answer, /root:[!*$]/)
        assert.notMatch(await a.errorLog(), /CANARY-(STATIC|PRIVATE)|root:[!*$]/)
        assert.isTrue(await isUnharmed(b), 'the neighbour is as before')
      })
    }

    test('a link that changes while it is looked at: file, directory and .htaccess', async ({
      assert,
    }) => {
      const seen = await racing(a, b)
      assert.isAbove(seen.length, 100)
      assert.isEmpty(seen.filter((answer) => stolen.test(answer)))
      assert.notMatch(await a.errorLog(), /CANARY-(STATIC|PRIVATE)/)
    })

    test('.htaccess is a FIFO: only its owner waits', async ({ assert }) => {
      await a.write(a.target.html, { '.htaccess': 'fifo', 'a.txt': 'a' })
      const stuck = Promise.allSettled(Array.from({ length: 60 }, () => a.ask('/a.txt', {}, 4000)))
      const others = await Promise.all(Array.from({ length: 20 }, () => b.ask('/secret.txt')))
      assert.isTrue(others.every((answer) => answer.startsWith('200')))
      await stuck
      await a.write(a.target.html, { 'a.txt': 'a' })
      // Its threads wait for ever; he may end them as he likes.
      await a.asOwner(['pkill', '-9', '-u', String(a.domain.uid), 'apache2'])
      assert.match(await a.ask('/a.txt'), /^200/)
    })

    test('what PHP is told by one request does not stay for the next', async ({ assert }) => {
      const files = { 'evil.txt': 'CANARY-PLANTED', 'own.php': '<?php echo "own";' }
      const directive = `SetEnv PHP_VALUE "auto_prepend_file=${a.target.html}/evil.txt"\n`
      await a.write(a.target.html, { ...files, '.htaccess': directive })
      await a.ask('/own.php')
      await a.write(a.target.html, files)
      assert.notMatch(await a.ask('/own.php'), /PLANTED/)
    })
  })
}

test.group('REL-04: programs of one domain', (group) => {
  let a: Site
  let b: Site
  group.setup(async () => {
    ;[a, b] = await neighbours('http')
    await Promise.all([a.hide(), b.hide()])
    await Promise.all([a.ask('/secret.php'), b.ask('/secret.php')])
  })

  const python = (site: Site, ...lines: string[]) =>
    site.asOwner(['python3', '-c', lines.join('\n')])

  test("cannot connect to the other's web server, PHP or the waker", async ({ assert }) => {
    const said = await python(
      a,
      'import socket',
      'def attempt(kind, address):',
      '    try:',
      '        socket.socket(kind, socket.SOCK_STREAM).connect(address)',
      '        print("CONNECTED", address)',
      '    except OSError as error:',
      '        print(error.strerror)',
      `for port in (${Object.values(ports).map(({ back }) => back)}):`,
      `    attempt(socket.AF_INET, ("${backAddress(b.domain)}", port))`,
      `attempt(socket.AF_UNIX, "${b.target.socket}")`,
      'attempt(socket.AF_UNIX, "/run/tsukasa/wake.sock")'
    )
    assert.notInclude(said, 'CONNECTED')
    assert.lengthOf(said.trim().split('\n'), 6)
  })

  test("cannot take the address of the other's web server, awake or asleep", async ({ assert }) => {
    const said = await python(
      a,
      'import socket',
      `for address in ("${backAddress(b.domain)}", "127.1.200.200"):`,
      `    for port in (${Object.values(ports).map(({ back }) => back)}):`,
      '        try:',
      '            socket.socket().bind((address, port))',
      '            print("BOUND", address, port)',
      '        except OSError as error:',
      '            print(error.strerror)'
    )
    assert.notInclude(said, 'BOUND')
    assert.lengthOf(said.trim().split('\n'), 8)
  })

  test("cannot read the other's settings, log or list of names, nor stop his processes", async ({
    assert,
  }) => {
    const { unixName } = b.domain
    const paths = [
      `/etc/tsukasa/web/${unixName}/site.conf`,
      `/etc/tsukasa/web/${unixName}/env`,
      '/etc/tsukasa/web/names',
      `${b.target.root}/log/access.log`,
      `${b.target.root}/html/secret.txt`,
      b.target.root,
      '/var/lib/extrausers/shadow',
      '/etc/tsukasa/tls/server.key',
    ]
    for (const path of paths)
      assert.match(await a.asOwner(['ls', path]).then((text) => text + '|'), /denied|^[^|]*\|$/)
    for (const path of paths)
      assert.match(await a.asOwner(['cat', path]), /denied|directory/i, path)
    assert.match(
      await a.asOwner(['sh', '-c', `kill -9 $(pgrep -u ${b.domain.uid})`]),
      /not permitted/
    )
  })

  test('cannot write where the front and the waker look', async ({ assert }) => {
    for (const path of [
      '/run/tsukasa/web',
      '/run/tsukasa',
      `/run/tsukasa/web/${a.domain.unixName}`,
    ]) {
      assert.match(await a.asOwner(['touch', `${path}/asleep`]), /denied/)
    }
    assert.match(
      await a.asOwner(['rm', '-f', `/run/tsukasa/web/${a.domain.unixName}/pid`]),
      /denied/
    )
  })

  test('SRV-06: no program of a site is root or can become it', async ({ assert }) => {
    await Promise.all([a.ask('/secret.php'), a.ask('/cgi-bin/secret.cgi')])
    const processes = await a.processes()
    assert.containsSubset(processes, [{ Name: ['apache2'] }, { Name: ['php-fpm8.4'] }])
    const uid = String(a.domain.uid)
    const roots = processes.filter(({ Uid }) => Uid!.includes('0'))
    assert.deepEqual(
      roots.map(({ Name, CapEff, CapBnd }) => [Name, CapEff, CapBnd].join(' ')),
      [`apache2 ${parentsCapabilities} ${parentsCapabilities}`]
    )
    for (const each of processes) {
      const isRoot = roots.includes(each)
      const isServer = each.Name![0] === 'apache2'
      assert.deepEqual(each.Uid, Array<string>(4).fill(isRoot ? '0' : uid))
      assert.deepEqual(each.Gid, Array<string>(4).fill(isRoot ? '0' : uid))
      assert.isEmpty(each.Groups!.filter((id) => id !== (isRoot ? '0' : uid)))
      assert.deepEqual(each.Files, ['8192', '8192'])
      assert.deepEqual(each.CapBnd, [isServer ? parentsCapabilities : none])
      assert.deepEqual([each.CapInh, each.CapAmb], [[none], [none]])
      if (!isRoot) assert.deepEqual([each.CapPrm, each.CapEff], [[none], [none]])
    }
  })

  test('SRV-06: a program of a site can neither mount nor change who it is', async ({ assert }) => {
    await a.write(`${a.target.root}/cgi-bin`, { 'rise.cgi': rise })
    await a.write(a.target.html, {
      ...a.secrets,
      'rise.php': `<?php passthru('${a.target.root}/cgi-bin/rise.cgi');`,
    })
    for (const path of ['/rise.php', '/cgi-bin/rise.cgi']) {
      const answer = await a.ask(path)
      assert.include(answer, `I am ${a.domain.uid}`)
      assert.notMatch(answer, /ROOT/)
    }
  })

  test('what a site has mounted is seen by nobody else, and what the server takes away is gone', async ({
    assert,
  }) => {
    const place = '/run/tsukasa/hostile'
    const ofServer = () => a.onServer(['cat', '/proc/self/mountinfo'])
    const seenBy = async (site: Site) => {
      const processes = await site.processes()
      return processes.map(({ Mounts }) => Mounts!.includes(place))
    }
    const before = await ofServer()
    await a.onServer(['systemctl', 'stop', `tsukasa-web@${a.domain.unixName}.service`])
    await a.ask('/secret.php')
    assert.equal(await ofServer(), before)
    await a.onServer(['mkdir', place])
    await a.onServer(['mount', '-t', 'tmpfs', 'none', place])
    assert.notInclude(await seenBy(a), false)
    await a.onServer(['umount', place])
    assert.notInclude(await seenBy(a), true)
    await a.onServer(['rmdir', place])
  })

  test('PNL-05: /tmp of one site is not that of another, and is empty after it slept', async ({
    assert,
  }) => {
    const leave = `<?php echo json_encode(glob('{/tmp,/var/tmp,/dev/shm}/*', GLOB_BRACE));
foreach (['/tmp', '/var/tmp', '/dev/shm'] as $place) touch("$place/left");`
    for (const site of [a, b])
      await site.write(site.target.html, { ...site.secrets, 'leave.php': leave })
    const stop = (site: Site) =>
      site.onServer(['systemctl', 'stop', `tsukasa-web@${site.domain.unixName}.service`])
    await Promise.all([stop(a), stop(b)])
    for (const site of [a, b]) assert.match(await site.ask('/leave.php'), /\n\[\]$/)
    assert.include(await a.ask('/leave.php'), 'left')
    await stop(a)
    assert.match(await a.ask('/leave.php'), /\n\[\]$/)
  })

  test('PNL-05: shared memory of a site is nobody else’s, and ends with it', async ({ assert }) => {
    const take = `#!/usr/bin/python3
import ctypes
libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
segment = libc.shmget(4711, 10 << 20, 0o1666)
ctypes.memset(libc.shmat(segment, None, 0), 1, 10 << 20)
print('Content-Type: text/plain\\n\\ntaken', segment >= 0)
`
    const { root } = a.target
    await a.write(`${root}/cgi-bin`, { 'take.cgi': take })
    assert.match(await a.ask('/cgi-bin/take.cgi'), /taken True/)
    const segments = await a.onServer(['cat', '/proc/sysvipc/shm'])
    assert.notInclude(segments, '4711')
  })

  for (const [kind, path] of [
    ['PHP', '/fill.php'],
    ['CGI', '/cgi-bin/fill.cgi'],
  ] as const) {
    test(`PNL-05: ${kind} finds no room outside its quota`, async ({ assert }) => {
      const { root, html } = a.target
      await a.write(html, { 'fill.php': fillPlaces })
      await a.write(`${root}/cgi-bin`, { 'fill.cgi': `#!/usr/bin/php-cgi\n${fillPlaces}` })
      const answer = await a.ask(path)
      const written = JSON.parse(answer.split('\n').at(-1)!) as Record<string, number>
      assert.sameMembers(Object.keys(written), sharedPlaces)
      for (const [place, megabytes] of Object.entries(written))
        assert.isAtMost(megabytes, 64, place)
      const outside = ['find', ...sharedPlaces, '-user', String(a.domain.uid), '-name', 'filler']
      assert.notInclude(await a.asOwner(outside), 'filler')
    })
  }

  test('NET-05: reach other machines on the listed ports and DNS alone', async ({ assert }) => {
    const said = await python(
      a,
      'import errno, socket',
      'def refused(port):',
      '    try:',
      '        with socket.socket() as s:',
      '            s.settimeout(0.3)',
      '            s.connect(("192.0.2.1", port))',
      '    except OSError as error:',
      '        return error.errno == errno.ECONNREFUSED',
      'print([port for port in (21, 22, 23, 25, 53, 80, 110, 143, 443, 465, 587, 993, 995, 2195, 3306, 6667, 8080, 11122) if refused(port)])',
      's = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)',
      'for port in (53, 123):',
      '    try:',
      '        s.sendto(b"x", ("192.0.2.1", port))',
      '    except OSError:',
      '        print("no", port)'
    )
    assert.equal(said, '[21, 22, 23, 143, 993, 6667, 8080, 11122]\nno 123\n')
  })
})

test.group('REL-04: requests that pretend', (group) => {
  let a: Site
  let b: Site
  group.setup(async () => {
    ;[a, b] = await neighbours('http')
    await Promise.all([a.hide(), b.hide()])
  })

  test("a visitor cannot choose the site's view of him, nor wake somebody else", async ({
    assert,
  }) => {
    const show =
      '<?php echo json_encode([$_SERVER["REMOTE_ADDR"], $_SERVER["HTTPS"] ?? "", getallheaders()]);'
    await a.write(a.target.html, { 'show.php': show })
    const forged = {
      'x-forwarded-for': '198.51.100.7',
      'x-forwarded-proto': 'https',
      'forwarded': 'for=198.51.100.7',
      'x-real-ip': '198.51.100.7',
      'x-tsukasa-wake': `${b.domain.unixName} ${b.target.back.replace(':', ' ')}`,
      'proxy': 'http://198.51.100.7',
    }
    const answer = await a.ask('/show.php', forged)
    assert.notInclude(answer, '198.51.100.7')
    assert.notInclude(answer, b.domain.unixName)
  })

  for (const { name, bytes } of rawRequests) {
    test(`smuggling: ${name}`, async ({ assert }) => {
      await a.write(a.target.html, { 'a.txt': 'a' })
      const seen = await bytes(a, b)
      assert.notMatch(seen.answer, stolen)
      assert.isAtMost(seen.arrived, seen.allowed, seen.answer)
    })
  }

  test('a name that is a path, or nobody’s, is answered by the front alone', async ({ assert }) => {
    for (const host of [
      '../d2',
      'd1',
      '..',
      'a/../b',
      '%2e%2e',
      '',
      'localhost',
      '127.1.0.1',
      `${a.domain.name}:x`,
    ]) {
      const answer = await a.ask('/secret.txt', { host })
      assert.match(answer, /^(400|404) /, host)
    }
  })

  test('capital letters, a port and a dot at the end are the same name', async ({ assert }) => {
    await a.write(a.target.html, a.secrets)
    for (const host of [
      a.domain.name.toUpperCase(),
      `${a.domain.name}:80`,
      `${a.domain.name}.`,
      `www.${a.domain.name}`,
    ]) {
      assert.match(await a.ask('/secret.txt', { host }), /^200 [^]*CANARY-STATIC-a/)
    }
  })
})
