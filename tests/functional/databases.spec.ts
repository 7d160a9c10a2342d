import { PassThrough } from 'node:stream'
import { mock } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import type { ApiClient, ApiResponse } from '@japa/api-client'
import { databaseRow, databaseUserRow } from '#database/factories/database'
import { makeDomain, makeMailbox, makeTenant, type Tenant } from '#database/factories/tenant'
import type Account from '#models/account'
import Database from '#models/database'
import DatabaseRight from '#models/database_right'
import DatabaseTransfer from '#models/database_transfer'
import DatabaseUser from '#models/database_user'
import { nativeHash } from '#models/database/password'
import OperationLog from '#models/operation_log'
import Task from '#models/task'
import { dumpPlaces } from '#models/upload_places'
import { openWith } from '#monitoring/databases/transfers'
import { answerWith } from '#monitoring/questions'

const form = { database_name: 'shop', charset: 'utf8mb4', database_user: 'new', description: '' }

const base = ({ domain }: Tenant) => `/domains/${domain.id}/web`

function send(client: ApiClient, by: Account, path: string, input: Record<string, unknown>) {
  return client
    .post(path)
    .header('referer', '/domains')
    .form(input)
    .loginAs(by)
    .withCsrfToken()
    .redirects(0)
}

const add = (client: ApiClient, tenant: Tenant, input = {}) =>
  send(client, tenant.admin, `${base(tenant)}/databases`, { ...form, ...input })

const errorsOf = (response: { flashMessage(key: string): any }) =>
  response.flashMessage('inputErrorsBag') ?? {}

/** What the page shows for `パスワード`. */
const passwordIn = (page: string) => /data-copy="([A-Za-z0-9]{24})"/.exec(page)?.[1] ?? ''

/** The page that an answer leads to, in the same browser. */
function follow(client: ApiClient, by: Account, response: ApiResponse) {
  return client
    .get(response.header('location')!)
    .withSession(response.session())
    .loginAs(by)
    .redirects(0)
}

const tasksOf = (tenant: Tenant, kind = 'converge_server') =>
  Task.query().where({ server_id: tenant.server.id, kind })

/** A server's program that reads all and says these lines. */
function program(stdout: string, stderr = '', seen: string[][] = []) {
  return openWith(async (_, argv) => {
    seen.push([...argv])
    const pipe = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() }
    pipe.stdin.resume()
    const finish = async () => {
      await turn()
      pipe.stdout.end(stdout)
      pipe.stderr.end(stderr)
    }
    void finish()
    return { ...pipe, closed: Promise.resolve(undefined), close: () => {} }
  })
}

test.group('Databases', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  for (const role of ['contractor', 'admin'] as const) {
    test(`WEB-04: ${role} makes a database and sees its user's password`, async ({
      assert,
      client,
    }) => {
      const tenant = await makeTenant()
      const path = `${base(tenant)}/databases`
      const response = await send(client, tenant[role], path, form)
      response.assertStatus(302)
      const shown = await follow(client, tenant[role], response)
      const password = passwordIn(shown.text())
      const database = await Database.findByOrFail('domainId', tenant.domain.id)
      const user = await DatabaseUser.findByOrFail('domainId', tenant.domain.id)
      assert.equal(database.name, `d${tenant.domain.id}_shop`)
      assert.equal(user.name, database.name)
      assert.equal(user.passwordHash, nativeHash(password))
      const right = await DatabaseRight.findByOrFail('databaseId', database.id)
      assert.deepInclude(right.toJSON(), { databaseUserId: user.id, level: 'all' })
      assert.lengthOf(await tasksOf(tenant), 1)
      for (const page of [path, `${path}/${database.id}`]) {
        const seen = await client.get(page).loginAs(tenant[role])
        seen.assertTextIncludes(database.name)
        assert.notInclude(seen.text(), password)
      }
      const log = await OperationLog.query().where('action', 'databases.store').firstOrFail()
      assert.equal(log.target, database.name)
      assert.notInclude(JSON.stringify([log, await tasksOf(tenant)]), password)
      assert.notInclude(JSON.stringify([log, await tasksOf(tenant)]), user.passwordHash)
    })
  }

  const mistakes: [Record<string, string>, string, string][] = [
    [{ database_name: '' }, 'database_name', '入力してください'],
    [{ database_name: 'my-shop' }, 'database_name', '英小文字'],
    [{ database_name: 'あ' }, 'database_name', '英小文字'],
    [{ database_name: 'a`b' }, 'database_name', '英小文字'],
    [{ database_name: "a'; drop database mysql; --" }, 'database_name', '英小文字'],
    [{ database_name: 'shop_' }, 'database_name', '「_」で終わる'],
    [{ database_name: '_shop' }, 'database_name', '「_」で始まる'],
    [{ database_name: 'a'.repeat(33) }, 'database_name', '32文字以内'],
    [{ charset: 'latin1' }, 'charset', '一覧から選んで'],
    [{ database_user: 'root' }, 'database_user', ''],
    [{ description: 'a\nb' }, 'description', '制御文字'],
    [{ description: 'x'.repeat(101) }, 'description', '100文字以内'],
  ]
  for (const [input, field, words] of mistakes) {
    test(`WEB-04: ${JSON.stringify(input).slice(0, 50)} is refused at the field`, async ({
      assert,
      client,
    }) => {
      const tenant = await makeTenant()
      const response = await add(client, tenant, input)
      assert.property(errorsOf(response), field)
      assert.include(JSON.stringify(errorsOf(response)[field]), words)
      assert.isNull(await Database.findBy('domainId', tenant.domain.id))
      assert.isEmpty(await tasksOf(tenant))
    })
  }

  test('WEB-04: a name is taken once, also by a user, and nothing of the refused one stays', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    await Database.create(databaseRow(tenant.domain))
    const again = await add(client, tenant, { database_user: 'none' })
    assert.include(errorsOf(again).database_name[0], 'すでにあります')
    await DatabaseUser.create(databaseUserRow(tenant.domain, 'blog'))
    const user = await add(client, tenant, { database_name: 'blog' })
    assert.include(errorsOf(user).database_name[0], 'ユーザ')
    assert.lengthOf(await Database.query().where('domain_id', tenant.domain.id), 1)
    assert.isEmpty(await tasksOf(tenant))
  })

  test('WEB-04: ten databases of a domain, and no eleventh', async ({ assert, client }) => {
    const tenant = await makeTenant()
    const names = Array.from({ length: 9 }, (_, index) => `db${index}`)
    await Database.createMany(names.map((name) => databaseRow(tenant.domain, name)))
    const tenth = await add(client, tenant, { database_user: 'none' })
    assert.equal(tenth.status(), 302)
    const eleventh = await add(client, tenant, { database_name: 'more' })
    assert.include(errorsOf(eleventh).database_name[0], '10個まで')
    const list = await client.get(`${base(tenant)}/databases`).loginAs(tenant.admin)
    assert.notInclude(list.text(), 'データベースを作成')
    list.assertTextIncludes('いま10個')
    list.assertTextIncludes('いません')
    const page = await client.get(`${base(tenant)}/databases/create`).loginAs(tenant.admin)
    page.assertTextIncludes('1ドメインにつき10個まで')
  })

  test("WEB-04: another domain's user gets no right, even of the same customer", async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { domain: other } = await makeDomain(tenant.server)
    const stranger = await DatabaseUser.create(databaseUserRow(other))
    const response = await add(client, tenant, { database_user: String(stranger.id) })
    assert.property(errorsOf(response), 'database_user')
    assert.isNull(await Database.findBy('domainId', tenant.domain.id))
    const theirs = await Database.create(databaseRow(other))
    const user = { database_user_name: 'x', [`rights[db${theirs.id}]`]: 'all' }
    await send(client, tenant.admin, `${base(tenant)}/database_users`, user)
    assert.isNull(await DatabaseUser.findBy('domainId', tenant.domain.id))
    assert.isEmpty(await DatabaseRight.query().where('databaseId', theirs.id))
  })

  test('WEB-04: a user gets a right per database, loses it again, and saving the same does nothing', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const one = await Database.create(databaseRow(tenant.domain))
    const two = await Database.create(databaseRow(tenant.domain, 'blog'))
    const input = {
      database_user_name: 'reader',
      [`rights[db${one.id}]`]: 'read',
      [`rights[db${two.id}]`]: 'none',
    }
    const made = await send(client, tenant.admin, `${base(tenant)}/database_users`, input)
    const shown = await follow(client, tenant.admin, made)
    assert.isNotEmpty(passwordIn(shown.text()))
    const user = await DatabaseUser.findByOrFail('domainId', tenant.domain.id)
    const path = `${base(tenant)}/database_users/${user.id}?_method=PUT`
    const rights = () => DatabaseRight.query().where('databaseUserId', user.id).orderBy('id')
    const first = await rights()
    assert.deepEqual(
      first.map(({ databaseId, level }) => [databaseId, level]),
      [[one.id, 'read']]
    )
    const before = await tasksOf(tenant)
    await send(client, tenant.admin, path, { [`rights[db${one.id}]`]: 'read' })
    assert.lengthOf(await tasksOf(tenant), before.length)
    await send(client, tenant.admin, path, {
      [`rights[db${one.id}]`]: 'none',
      [`rights[db${two.id}]`]: 'write',
    })
    const second = await rights()
    assert.deepEqual(
      second.map(({ databaseId, level }) => [databaseId, level]),
      [[two.id, 'write']]
    )
  })

  test('WEB-04: a new password is made, shown once, and the old hash is gone', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const user = await DatabaseUser.create(databaseUserRow(tenant.domain))
    const path = `${base(tenant)}/database_users/${user.id}/password`
    const asked = await client.get(path).loginAs(tenant.admin)
    asked.assertTextIncludes('使えなくなります')
    const response = await send(client, tenant.admin, path, {})
    const shown = await follow(client, tenant.admin, response)
    const password = passwordIn(shown.text())
    await user.refresh()
    assert.equal(user.passwordHash, nativeHash(password))
    const again = await client.get(path).loginAs(tenant.admin)
    assert.notInclude(again.text(), password)
  })

  test('WEB-04: the page of a new password may be loaded again for ten minutes, by whoever had it made', async ({
    assert,
    cleanup,
    client,
  }) => {
    const tenant = await makeTenant()
    const user = await DatabaseUser.create(databaseUserRow(tenant.domain))
    const other = await DatabaseUser.create(databaseUserRow(tenant.domain, 'other'))
    const pathFor = ({ id }: DatabaseUser) => `${base(tenant)}/database_users/${id}/password`
    const response = await send(client, tenant.admin, pathFor(user), {})
    const once = await follow(client, tenant.admin, response)
    const again = await follow(client, tenant.admin, response)
    const first = passwordIn(once.text())
    assert.equal(passwordIn(again.text()), first)
    assert.notInclude(JSON.stringify(response.session()), first)

    const gone = [
      await client
        .get(`${pathFor(user)}/made`)
        .loginAs(tenant.contractor)
        .redirects(0),
      await client
        .get(`${pathFor(other)}/made`)
        .withSession(response.session())
        .loginAs(tenant.admin)
        .redirects(0),
    ]
    cleanup(() => mock.timers.reset())
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 11 * 60_000 })
    gone.push(await follow(client, tenant.admin, response))
    for (const page of gone) {
      page.assertStatus(302)
      page.assertHeader('location', `${base(tenant)}/databases`)
      assert.include(page.flashMessage('warning'), 'パスワードを変更')
    }
  })

  test('WEB-04: a database goes with its rights and results, its user stays; then he goes', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    await add(client, tenant)
    const database = await Database.findByOrFail('domainId', tenant.domain.id)
    const own = `${base(tenant)}/databases/${database.id}`
    const asked = await client.get(`${own}/deletion`).loginAs(tenant.admin)
    asked.assertTextIncludes('元に戻せません')
    await send(client, tenant.admin, `${own}/deletion`, {})
    assert.isNull(await Database.find(database.id))
    assert.isEmpty(await DatabaseRight.query().where('databaseId', database.id))
    const user = await DatabaseUser.findByOrFail('domainId', tenant.domain.id)
    await send(client, tenant.admin, `${base(tenant)}/database_users/${user.id}/deletion`, {})
    assert.isNull(await DatabaseUser.find(user.id))
  })

  test('DOM-05: nothing of a domain that goes stays behind', async ({ assert, client }) => {
    const tenant = await makeTenant()
    await add(client, tenant)
    await tenant.domain.remove({ by: tenant.contractor, ip: null })
    assert.isNull(await Database.findBy('domainId', tenant.domain.id))
    assert.isNull(await DatabaseUser.findBy('domainId', tenant.domain.id))
  })

  test('WEB-04: a user of mail has nothing to do with databases', async ({ client }) => {
    const tenant = await makeTenant()
    const response = await client.get(`${base(tenant)}/databases`).loginAs(tenant.user)
    response.assertStatus(404)
  })

  test('PNL-05: what databases take is shown with what the volume holds, and when it is too much', async ({
    client,
    cleanup,
  }) => {
    const tenant = await makeTenant()
    const { name } = await Database.create(databaseRow(tenant.domain))
    cleanup(answerWith(async () => ({ sizes: { [name]: 3 * 2 ** 20 }, over: true })))
    const page = await client.get(`${base(tenant)}/databases/sizes`).loginAs(tenant.admin)
    page.assertTextIncludes('書き込みを止めています')
    page.assertTextIncludes('3')
  })

  test('WEB-04: a server that tells nonsense about sizes leaves a notice', async ({
    client,
    cleanup,
  }) => {
    const tenant = await makeTenant()
    const { name } = await Database.create(databaseRow(tenant.domain))
    cleanup(answerWith(async () => ({ sizes: { [name]: '<script>' } })))
    const page = await client.get(`${base(tenant)}/databases/sizes`).loginAs(tenant.admin)
    page.assertStatus(200)
  })
})

test.group('Dumps of databases', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  async function withDatabase() {
    const tenant = await makeTenant()
    const database = await Database.create(databaseRow(tenant.domain))
    return { tenant, database, own: `${base(tenant)}/databases/${database.id}` }
  }

  function upload(client: ApiClient, by: Account, path: string, content: string) {
    return client
      .post(path)
      .header('referer', path)
      .fields({ dump_charset: 'utf8mb4' })
      .file('dump', Buffer.from(content), { filename: 'old server.sql' })
      .loginAs(by)
      .withCsrfToken()
      .redirects(0)
  }

  test('WEB-04: a dump is passed on as a file, and who took it is in the log', async ({
    assert,
    client,
    cleanup,
  }) => {
    const { tenant, database, own } = await withDatabase()
    const seen: string[][] = []
    cleanup(program('x'.repeat(100_000), '{"done": true}\n', seen))
    const response = await client.get(`${own}/dump`).loginAs(tenant.admin)
    response.assertHeader('content-type', 'application/gzip')
    assert.match(String(response.header('content-disposition')), /shop-\d{8}-\d{4}\.sql\.gz/)
    assert.equal(response.header('cache-control'), 'no-store')
    assert.deepEqual(seen[0].slice(-2), ['dump', database.name])
    const log = await OperationLog.query().where('action', 'database_dumps.store').firstOrFail()
    assert.equal(log.target, database.name)
  })

  test('WEB-04: a dump that fails at once is a message, not a file', async ({
    client,
    cleanup,
  }) => {
    const { tenant, own } = await withDatabase()
    cleanup(program('', '{"error": "dump", "words": "Access denied"}\n'))
    const response = await client.get(`${own}/dump`).loginAs(tenant.admin).redirects(0)
    response.assertStatus(302)
  })

  test('WEB-04: a file goes to the server, and its import is watched on the page of the database', async ({
    assert,
    client,
    cleanup,
  }) => {
    const { tenant, database, own } = await withDatabase()
    const seen: string[][] = []
    cleanup(program('{"done": true, "bytes": 9}\n', '', seen))
    const response = await upload(client, tenant.admin, `${own}/imports`, 'select 1;')
    const transfer = await DatabaseTransfer.findByOrFail('databaseId', database.id)
    response.assertHeader('location', `${own}?apply=${transfer.taskId}`)
    assert.deepEqual(seen[0].slice(-3, -1), ['receive', String(transfer.id)])
    assert.deepInclude(transfer.toJSON(), { state: 'waiting', given: 'utf8mb4', bytes: 9 })
    const [task] = await tasksOf(tenant, 'run_database_transfer')
    assert.deepEqual(task.input, { transferId: transfer.id })
    const page = await client.get(`${own}`).loginAs(tenant.admin)
    page.assertTextIncludes('old server.sql')
    page.assertTextIncludes('順番待ち')
  })

  test('WEB-04: no file, an empty file and a full server are said at the field, and nothing stays', async ({
    assert,
    client,
    cleanup,
  }) => {
    const { tenant, own } = await withDatabase()
    const none = await client
      .post(`${own}/imports`)
      .header('referer', own)
      .fields({ dump_charset: 'utf8mb4' })
      .loginAs(tenant.admin)
      .withCsrfToken()
      .redirects(0)
    assert.include(errorsOf(none).dump?.[0] ?? '', '選んでください')
    const empty = await upload(client, tenant.admin, `${own}/imports`, '')
    assert.include(errorsOf(empty).dump[0], '空')
    cleanup(program('{"error": "no_space"}\n'))
    const full = await upload(client, tenant.admin, `${own}/imports`, 'select 1;')
    assert.include(errorsOf(full).dump[0], '空き容量')
    assert.isEmpty(await DatabaseTransfer.all())
    assert.isEmpty(await tasksOf(tenant, 'run_database_transfer'))
  })

  test('security.md: nothing is kept of a file for a database that is not there for who sends it', async ({
    assert,
    client,
    cleanup,
  }) => {
    const { tenant, own } = await withDatabase()
    const { domain: other } = await makeDomain(tenant.server)
    const user = await makeMailbox(tenant.domain, tenant.server, 'sato')
    const take = dumpPlaces.take.bind(dumpPlaces)
    const taken: number[] = []
    dumpPlaces.take = (id) => (taken.push(id), take(id))
    cleanup(() => void Reflect.deleteProperty(dumpPlaces, 'take'))
    await upload(client, user.account, `${own}/imports`, 'select 1;')
    await upload(client, tenant.admin, `/domains/${other.id}/web/databases/1/imports`, 'select 1;')
    await upload(client, tenant.admin, `/domains/999999/web/databases/1/imports`, 'select 1;')
    assert.isEmpty(taken)
    await upload(client, tenant.admin, `${own}/imports`, '')
    assert.deepEqual(taken, [tenant.admin.id])
  })

  test('WEB-04: while a file of theirs, or too many of all, are taken, another is not', async ({
    assert,
    client,
  }) => {
    const { tenant, own } = await withDatabase()
    const giveBack = dumpPlaces.take(tenant.admin.id)!
    const refused = await upload(client, tenant.admin, `${own}/imports`, 'select 1;')
    assert.include(errorsOf(refused).dump[0], 'しばらくしてから')
    giveBack()
    const all = [-1, -2, -3, -4].map((id) => dumpPlaces.take(id)!)
    const full = await upload(client, tenant.admin, `${own}/imports`, 'select 1;')
    assert.include(errorsOf(full).dump[0], 'しばらくしてから')
    all.forEach((back) => back())
    assert.isEmpty(await DatabaseTransfer.all())
  })

  test('security.md: a file without the token of the form is not taken', async ({
    assert,
    client,
  }) => {
    const { tenant, own } = await withDatabase()
    await client
      .post(`${own}/imports`)
      .fields({ dump_charset: 'utf8mb4' })
      .file('dump', Buffer.from('select 1;'), { filename: 'a.sql' })
      .loginAs(tenant.admin)
      .redirects(0)
    assert.isEmpty(await DatabaseTransfer.all())
  })

  test('WEB-04: a copy takes two databases of one domain', async ({ assert, client }) => {
    const { tenant, database, own } = await withDatabase()
    const stage = await Database.create(databaseRow(tenant.domain, 'stage'))
    const itself = await send(client, tenant.admin, `${own}/copies`, { copy_source: database.id })
    itself.assertStatus(302)
    assert.isEmpty(await DatabaseTransfer.all())
    const { domain: other } = await makeDomain(tenant.server)
    const foreign = await Database.create(databaseRow(other))
    const theirs = await send(client, tenant.contractor, `${own}/copies`, {
      copy_source: foreign.id,
    })
    theirs.assertStatus(404)
    await send(client, tenant.admin, `${own}/copies`, { copy_source: stage.id })
    const transfer = await DatabaseTransfer.findByOrFail('databaseId', database.id)
    assert.deepInclude(transfer.toJSON(), { kind: 'copy', source: stage.name })
  })
})
