import { setTimeout as wait } from 'node:timers/promises'
import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import type Domain from '#models/domain'
import { addWafException, removeWafException, setWaf, type WafSettings } from '#models/domain/waf'
import { wafRules } from '#models/domain/waf_rule'
import WafException from '#models/waf_exception'
import { wafEventsOf, type WafSearch } from '#monitoring/web/waf_events'
import { as } from '#tests/servers/web/settings'
import { testServer, type TestServer } from '#tests/support/test_server'
import { until } from '#tests/support/until'

const browser = { 'User-Agent': 'Mozilla/5.0', 'Accept': '*/*' }
const attack = '/?id=1%27%20OR%20%271%27=%271'

test.group('The WAF of a domain on a real server', (group) => {
  let server: TestServer
  let domain: Domain
  let other: Domain

  group.setup(async () => {
    server = await testServer()
    domain = await server.addDomain('waf.jp', 256)
    other = await server.addDomain('waf-off.jp', 256)
    await domain.load('server')
  })

  async function be(wish: Partial<WafSettings>) {
    const usual = { mode: 'block', level: 1, program: 'none' } as const
    await setWaf(await domain.refresh(), { ...usual, ...wish }, server.actor)
    await server.converge()
  }

  async function statusOf(path: string, host = domain.name) {
    const { status } = await server.http(host, path, { headers: browser })
    return status
  }

  /** What the panel shows, once it has arrived. */
  async function events(search: Partial<WafSearch> = {}, wanted = 1) {
    for (let tries = 0; ; tries++) {
      const all = { outcome: '', rule: 0, address: '', skip: 0, ...search } as const
      const { value } = await wafEventsOf(domain, all)
      if (value!.events.length >= wanted || tries === 60) return value!
      await wait(50)
    }
  }

  /** What the newest blocked request was taken for; the record of a request comes after its answer. */
  async function blockedFor() {
    const { events: found } = await events({ outcome: 'blocked' })
    return found[0]!.rules.map(({ data }) => data ?? '').join(' ')
  }

  test('OPT-12: off lets an attack through, detect notes it, block stops it; a neighbour has nothing of it', async ({
    assert,
  }) => {
    assert.equal(await statusOf(attack), 200)
    await be({ mode: 'detect' })
    assert.equal(await statusOf(attack), 200)
    const {
      events: [noted],
    } = await events()
    assert.equal(noted!.outcome, 'detected')
    await be({ mode: 'block' })
    assert.equal(await statusOf(attack), 403)
    assert.equal(await statusOf('/?id=1'), 200)
    assert.equal(await statusOf(attack, other.name), 200)

    const { events: found, days } = await events({ outcome: 'blocked' })
    const [stopped] = found
    assert.deepInclude(stopped, {
      outcome: 'blocked',
      method: 'GET',
      host: 'waf.jp',
      path: '/',
      query: 'id=1%27%20OR%20%271%27=%271',
      agent: 'Mozilla/5.0',
      points: 5,
      rules: [{ rule: 942100, target: 'ARGS:id', data: 's&sos' }],
    })
    assert.isBelow(Math.abs(Date.now() - stopped!.at.getTime()), 60_000)
    assert.isAtMost(days.length, 2)
    await be({ mode: 'off' })
    assert.equal(await statusOf(attack), 200)
    const { events: both } = await events()
    assert.lengthOf(both, 2)
  })

  test('OPT-12: a rule no longer looks where it was excepted, and looks everywhere else', async ({
    assert,
  }) => {
    await be({})
    const at = (path: string) => statusOf(`${path}${attack.slice(1)}`)
    assert.equal(await at('/blog/search'), 403)
    await addWafException(domain, { rule: 942100, path: '/blog/*' }, server.actor)
    await server.converge()
    assert.equal(await at('/blog/search'), 404)
    assert.equal(await at('/blog/%E4%BE%8B'), 404)
    assert.equal(await at('/shop'), 403)
    assert.equal(await at('/blog/../shop'), 403)
    assert.equal(await at('/blog/%2e%2e/shop'), 403)

    await addWafException(domain, { rule: 942100, path: '/例/お問い合わせ' }, server.actor)
    await server.converge()
    assert.equal(await at(encodeURI('/例/お問い合わせ')), 404)
    assert.equal(await at(encodeURI('/例/')), 403)

    await addWafException(domain, { rule: 942100, path: null }, server.actor)
    await server.converge()
    assert.equal(await at('/'), 200)
    for (const { id } of await WafException.of(domain.id)) {
      await removeWafException(domain, id, server.actor)
    }
    await server.converge()
    assert.equal(await at('/blog/search'), 403)
  })

  test('OPT-12: what was taken for an attack is shown as it was typed, in Japanese too', async ({
    assert,
  }) => {
    await be({})
    const typed = '東京で「SELECT」と「FROM」を使うことは、ほとんどありません'
    assert.equal(await statusOf(`/?q=${encodeURIComponent(typed)}`), 403)
    const said = await until(blockedFor, (words) => words.includes('東京で「SELECT'))
    assert.notInclude(said, '\\x')
  })

  test('OPT-12: a higher level finds more', async ({ assert }) => {
    const quiet = '/?q=%27-%27-%27'
    await be({ level: 1 })
    assert.equal(await statusOf(quiet), 200)
    await be({ level: 4 })
    assert.equal(await statusOf(quiet), 403)
  })

  test('OPT-12: Japanese text is no attack, nor is a page’s worth of HTML at the usual level', async ({
    assert,
  }) => {
    const text = 'この記事では、(例) を「説明」します。東京・体験＆京都'
    const asked = (words: string) => statusOf(`/?q=${encodeURIComponent(words)}`)
    await be({ level: 1 })
    assert.equal(await asked(`<p>${text}</p>`), 200)
    await be({ level: 2 })
    assert.equal(await asked(text), 200)
  })

  test('OPT-12: what is configured is root’s, its log too, and a site’s programs change neither', async ({
    assert,
  }) => {
    const own = `d${domain.id}`
    const places = [`/etc/tsukasa/waf/${own}.conf`, `/run/tsukasa/waf/${own}/pipe`]
    const script = `echo bad >> "$1" || echo refused`
    for (const place of [...places, `/var/lib/tsukasa/waf/${own}/events`]) {
      const { stdout } = await server.exec(as(domain, 'sh', '-c', script, 'sh', place))
      assert.equal(stdout.trim(), 'refused', place)
    }
    const off =
      'SecRuleEngine Off\n<IfModule security2_module>\nSecRuleRemoveById 949110\n</IfModule>\n'
    const write = ['python3', '-c', 'import sys; open(sys.argv[1], "w").write(sys.argv[2])']
    const htaccess = `/data/domain/${domain.name}/html/.htaccess`
    await server.exec(as(domain, ...write, htaccess, off))
    assert.notEqual(await statusOf(attack), 200)
    await server.exec(as(domain, 'rm', htaccess))
  })

  test('OPT-12: each rule that can be excepted is one that the server has', async ({ assert }) => {
    const { stdout } = await server.exec([
      'sh',
      '-c',
      'grep -rhoE "id:\'?[0-9]+" /usr/share/modsecurity-crs/rules /etc/tsukasa/waf',
    ])
    const there = new Set(stdout.match(/\d+/g)!.map(Number))
    assert.deepEqual(
      wafRules.filter((rule) => !there.has(rule)),
      []
    )
  })

  test('OPT-12: what Apache refuses fails its own domain alone', async ({ assert }) => {
    // As no form would let it through
    const rowOf = (id: number) => db.from('domains').where('id', id)
    await rowOf(domain.id).update({ waf_mode: 'detect', waf_program: 'nonsense' })
    await rowOf(other.id).update({ waf_mode: 'block' })
    await server.convergeAll().catch(() => {})
    assert.equal(await statusOf(attack), 403)
    assert.equal(await statusOf(attack, other.name), 403)
    await rowOf(other.id).update({ waf_mode: 'off' })
    await rowOf(domain.id).update({ waf_program: 'none' })
    await be({})
    assert.equal(await statusOf(attack), 403)
  })

  test('REL-02: with the WAF a second apply finds nothing to do', async ({ assert }) => {
    const before = await server.exec(['stat', '-c', '%Y %i', `/etc/tsukasa/waf/d${domain.id}.conf`])
    await server.convergeAll()
    const after = await server.exec(['stat', '-c', '%Y %i', `/etc/tsukasa/waf/d${domain.id}.conf`])
    assert.equal(after.stdout, before.stdout)
  })

  test('DOM-05: with a domain go its events', async ({ assert }) => {
    const place = `/var/lib/tsukasa/waf/d${domain.id}`
    const before = await server.exec(['test', '-d', place])
    assert.equal(before.status, 0)
    await domain.remove(server.actor)
    await server.converge()
    const after = await server.exec(['test', '-e', place])
    assert.notEqual(after.status, 0)
    const { stdout } = await server.exec([
      'systemctl',
      'list-units',
      '--plain',
      '--no-legend',
      'tsukasa-waf@*',
    ])
    assert.equal(stdout.trim(), '')
  })
})
