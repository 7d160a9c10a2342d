import { test } from '@japa/runner'
import Database from '#models/database'
import DatabaseUser from '#models/database_user'
import type Domain from '#models/domain'
import { testServer, type TestServer } from '#tests/support/test_server'

/** As a program of that Unix account, with the foreign client. */
export async function mariadb(
  server: TestServer,
  as: string,
  { user, password, database = '', host = 'localhost' }: Record<string, string>,
  statement: string
) {
  const argv = ['mariadb', '--no-defaults', '-N', '-B', `-h${host}`, `-u${user}`, `-p${password}`]
  const all = ['runuser', '-u', as, '--', ...argv, ...(database ? [database] : []), '-e', statement]
  return server.exec(all)
}

async function root(server: TestServer, statement: string) {
  const { stdout } = await server.exec(['mariadb', '--no-defaults', '-N', '-B', '-e', statement])
  return stdout.trim()
}

test.group('Databases on a real server', (group) => {
  let server: TestServer
  let domain: Domain
  let shop: { user: string; password: string; database: string }

  group.tap((each) => each.timeout(180_000))

  group.setup(async () => {
    server = await testServer()
    domain = await server.addDomain('databases-test.jp')
    const made = await Database.add(domain, { name: 'shop', user: 'new' }, server.actor)
    await server.converge()
    const { user, password } = made.user!
    shop = { user: user.name, password, database: made.database.name }
  })

  for (const host of ['localhost', '127.0.0.1']) {
    test(`WEB-04: a site of the domain reaches its database at ${host}`, async ({ assert }) => {
      const answer = await mariadb(
        server,
        domain.unixName,
        { ...shop, host },
        'create table if not exists t (a varchar(20)); replace t values ("寿司"); select a from t limit 1; select @@character_set_database'
      )
      assert.equal(answer.stdout, '寿司\nutf8mb4\n', answer.stderr)
    })
  }

  test('REL-01: a second apply of everything changes nothing', async ({ assert }) => {
    await server.convergeAll()
    const { default: Run } = await import('#models/run')
    const run = await Run.query().where('server_id', server.server.id).orderBy('id', 'desc').first()
    assert.equal(run!.state, 'unchanged', JSON.stringify(run!.serialize()))
  })

  test('WEB-04: root signs in from root alone, and nobody without a name', async ({ assert }) => {
    const users = await root(server, 'select user, host from mysql.global_priv order by user')
    assert.notMatch(users, /^\t|%/m)
    const stranger = await server.exec([
      'runuser',
      '-u',
      'www-data',
      '--',
      'mariadb',
      '-uroot',
      '-e',
      'select 1',
    ])
    assert.include(stranger.stderr, 'Access denied')
    assert.isDefined(DatabaseUser)
  })
})
