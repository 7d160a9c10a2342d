import { gzipSync } from 'node:zlib'
import { test } from '@japa/runner'
import { loadDesiredServer } from '#convergence/desired/load_desired_server'
import { drift } from '#convergence/engine/drift'
import { NotWritable } from '#convergence/syntax/not_writable'
import { machineryOf } from '#jobs/converge_server'
import Database from '#models/database'
import type Domain from '#models/domain'
import { ask, bring, root, type Login } from '#tests/servers/databases/client'
import { testServer, type TestServer } from '#tests/support/test_server'

interface Tenant {
  readonly domain: Domain
  readonly database: Database
  readonly login: Login
}

test.group('Databases of a hostile neighbour', (group) => {
  let server: TestServer
  let attacker: Tenant
  let victim: Tenant

  group.each.timeout(120_000)

  group.setup(async () => {
    server = await testServer()
    attacker = await makeTenant('db-attacker-test.jp')
    victim = await makeTenant('db-victim-test.jp')
    await by(victim, "create table secrets (a text); insert secrets values ('canary')")
    await by(attacker, "create table own (a text); insert own values ('mine')")
  })

  async function makeTenant(name: string): Promise<Tenant> {
    const domain = await server.addDomain(name, 128)
    const { database, user } = await Database.add(domain, { name: 'db', user: 'new' }, server.actor)
    await server.converge()
    const login = { user: user!.user.name, password: user!.password, database: database.name }
    return { domain, database, login }
  }

  const by = ({ domain, login }: Tenant, statement: string, more: Partial<Login> = {}) =>
    ask(server, domain, { ...login, ...more }, statement)

  async function isUntouched(assert: { equal(one: unknown, other: unknown): void }) {
    const { stdout } = await by(victim, 'select * from secrets')
    assert.equal(stdout, 'canary\n')
    const files = await server.exec([
      'sh',
      '-c',
      'ls /tmp/evil* /var/lib/mysql/evil* /var/lib/mysql-files/* 2>/dev/null',
    ])
    assert.equal(files.stdout, '')
  }

  test('WEB-04: nothing of a neighbour is seen, not even that he is there', async ({ assert }) => {
    const seen = await by(
      attacker,
      `show databases; select table_schema from information_schema.tables; select user from information_schema.processlist;
       show grants; select schema_name from information_schema.schemata; select grantee from information_schema.user_privileges;
       select grantee from information_schema.schema_privileges`
    )
    assert.include(seen.stdout, attacker.database.name)
    assert.notInclude(seen.stdout, `d${victim.domain.id}_`)
    const kept = [
      '/var/lib/tsukasa/mariadb/limits.sqlite',
      '/var/lib/tsukasa/mariadb/over',
      '/var/lib/mysql',
    ]
    for (const path of kept) {
      const read = [
        'runuser',
        '-u',
        attacker.domain.unixName,
        '--',
        'sh',
        '-c',
        'cat "$0" 2>/dev/null || ls "$0"/*',
        path,
      ]
      const { stdout } = await server.exec(read)
      assert.notInclude(stdout, `d${victim.domain.id}_`, path)
    }
    const status = await by(attacker, 'show engine innodb status')
    assert.include(status.stderr, 'denied')
  })

  const statements: [string, (victim: Tenant) => string][] = [
    ["the neighbour's table", (him) => `select * from ${him.database.name}.secrets`],
    ['his database', (him) => `use ${him.database.name}`],
    ['a view of his table', (him) => `create view v as select * from ${him.database.name}.secrets`],
    ['a table like his', (him) => `create table l like ${him.database.name}.secrets`],
    [
      'a foreign key to him',
      (him) =>
        `create table f (a int, foreign key (a) references ${him.database.name}.secrets (a))`,
    ],
    [
      'his table under another name',
      (him) => `rename table ${him.database.name}.secrets to stolen`,
    ],
    [
      'a merge of his table',
      (him) => `create table m (a text) engine=merge union=(${him.database.name}.secrets)`,
    ],
    ['his database gone', (him) => `drop database ${him.database.name}`],
    ['a database of his', (him) => `create database d${him.domain.id}_new`],
    ['a database of nobody', () => 'create database evil'],
    ['the table of users', () => 'select * from mysql.global_priv'],
    ['a user', () => "create user evil@localhost identified by 'x'"],
    ['rights for himself', () => 'grant all on *.* to current_user()'],
    ['his password', (him) => `set password for '${him.login.user}'@'localhost' = password('x')`],
    ['a file of the server', () => "select load_file('/etc/passwd') is null or benchmark(1, x)"],
    ['a file for the server', () => "select '<?php' into outfile '/var/lib/mysql-files/evil.php'"],
    ['a file by LOAD DATA', () => "load data infile '/etc/passwd' into table own"],
    ['a file by LOAD DATA LOCAL', () => "load data local infile '/etc/passwd' into table own"],
    ['a library', () => "create function evil returns string soname 'evil.so'"],
    ['a plugin', () => "install soname 'ha_federatedx'"],
    [
      'another server',
      () => "create server evil foreign data wrapper mysql options (host '127.0.0.1')",
    ],
    ['a setting of all', () => 'set global local_infile = 1'],
    ['the log of all', () => "set global general_log_file = '/var/lib/mysql/evil.log'"],
    ['the end of the server', () => 'shutdown'],
    ['an event', () => 'create event e on schedule every 1 second do select 1'],
    [
      "somebody else's procedure",
      () => "create definer = 'root'@'localhost' procedure p() select 1",
    ],
    [
      "somebody else's view",
      () => "create definer = 'root'@'localhost' view v as select * from mysql.global_priv",
    ],
  ]
  for (const [what, statement] of statements) {
    test(`WEB-04: ${what} is refused`, async ({ assert }) => {
      const answer = await by(attacker, statement(victim))
      assert.notEqual(answer.status, 0, answer.stdout)
      assert.notInclude(answer.stdout, 'canary')
    })
  }

  test('WEB-04: none of it goes as a dump either', async ({ assert }) => {
    // Behind something harmless, where nothing is left out of it.
    for (const [what, statement] of statements) {
      const as = { user: `${attacker.database.name}.owner`, password: '' }
      const answer = await by(attacker, `select 1; ${statement(victim)}`, as)
      assert.notEqual(answer.status, 0, what)
    }
    const [[, first]] = statements
    const transfer = await bring(server, attacker.database, `select 1; ${first(victim)};\n`)
    assert.deepInclude(transfer.toJSON(), { state: 'failed', reason: 'refused' })
    await isUntouched(assert)
  })

  test("WEB-04: nobody ends a neighbour's connection", async ({ assert }) => {
    const sleeping = by(victim, 'select sleep(2); select * from secrets')
    for (const user of [victim.login.user, `${victim.database.name}.owner`, 'root']) {
      await by(attacker, `kill hard user '${user}'@'localhost'`)
    }
    const { stdout } = await sleeping
    assert.equal(stdout, '0\ncanary\n')
  })

  test("WEB-04: nobody signs in as the neighbour's account of dumps, as root or without a name", async ({
    assert,
  }) => {
    for (const user of [`${victim.database.name}.owner`, 'root', 'mysql', 'mariadb.sys', '']) {
      for (const host of ['localhost', '127.0.0.1']) {
        const answer = await by(attacker, 'select 1', { user, password: '', host, database: '' })
        assert.notEqual(answer.status, 0, `${user} at ${host}`)
      }
    }
    const files = await server.exec([
      'runuser',
      '-u',
      attacker.domain.unixName,
      '--',
      'ls',
      `/var/lib/mysql/${victim.database.name}`,
    ])
    assert.notEqual(files.status, 0)
  })

  const lines = [
    '\\! touch /tmp/evil\nselect 1;',
    'system touch /tmp/evil\nselect 1;',
    'source /etc/passwd\nselect 1;',
    '\\. /etc/passwd\nselect 1;',
    'tee /tmp/evil\nselect 1;',
    'pager cat > /tmp/evil\nselect 1;\nselect 2;',
    'delimiter //\n\\! touch /tmp/evil//\nselect 1//',
    '/*!50000 select 1; */ \\! touch /tmp/evil\n',
    'edit\n',
    'connect mysql 127.0.0.1\nselect 1;',
    'select 1\\! touch /tmp/evil\n;',
    '-- \\! touch /tmp/evil\n\\! touch /tmp/evil2\n',
  ]
  for (const line of lines) {
    test(`WEB-04: ${JSON.stringify(line)} in a dump does nothing but SQL`, async ({ assert }) => {
      await bring(server, attacker.database, gzipSync(`/*!999999\\- */\n${line}`))
      await isUntouched(assert)
      const { stdout } = await server.exec(['sh', '-c', 'ls -la /tmp/evil* 2>/dev/null'])
      assert.equal(stdout, '')
    })
  }

  test('WEB-04: what a dump calls another database lands in the chosen one, or nowhere', async ({
    assert,
  }) => {
    const name = victim.database.name
    const dump = `CREATE DATABASE \`${name}\`;\nUSE \`${name}\`;\ndrop table if exists secrets;\ncreate table secrets (a text);\n`
    const transfer = await bring(server, attacker.database, dump)
    assert.equal(transfer.state, 'done', transfer.words ?? '')
    await isUntouched(assert)
    const tricks = [
      `use ${name}; drop table secrets;`,
      `/*! use ${name} */; drop table secrets;`,
      `USE\`${name}\`\n;drop table ${name}.secrets;`,
    ]
    for (const trick of tricks) await bring(server, attacker.database, trick)
    await isUntouched(assert)
  })

  test('WEB-04: a bomb in gzip and a line without an end take no memory of the server', async ({
    assert,
  }) => {
    const bomb = gzipSync(Buffer.concat([Buffer.from('-- '), Buffer.alloc(300 * 2 ** 20, 'x')]))
    const { stdout: before } = await server.exec([
      'systemctl',
      'show',
      '-p',
      'NRestarts',
      'mariadb',
    ])
    const transfer = await bring(server, attacker.database, bomb)
    assert.isTrue(transfer.isOver)
    const { stdout: after } = await server.exec(['systemctl', 'show', '-p', 'NRestarts', 'mariadb'])
    assert.equal(after, before)
    await isUntouched(assert)
  })

  test('WEB-04: a flood of connections leaves the neighbour his own', async ({ assert }) => {
    const { user, password, database } = attacker.login
    const flood = `for i in $(seq 80); do mariadb --no-defaults -u"$0" -p"$1" "$2" -e 'select sleep(6)' >/dev/null 2>>/tmp/flood.$$ & done; wait; grep -c max_user_connections /tmp/flood.$$; rm /tmp/flood.$$`
    const flooding = server.exec([
      'runuser',
      '-u',
      attacker.domain.unixName,
      '--',
      'sh',
      '-c',
      flood,
      user,
      password!,
      database!,
    ])
    for (let round = 0; round < 5; round++) {
      const answer = await by(victim, 'select * from secrets')
      assert.equal(answer.stdout, 'canary\n', answer.stderr)
    }
    const { stdout } = await flooding
    assert.isAbove(Number(stdout.trim()), 20)
  })

  test('WEB-04: MariaDB is not reached from outside, and files go neither in nor out', async ({
    assert,
  }) => {
    const { stdout } = await server.exec(['ss', '-Hltn', 'sport', '=', ':3306'])
    assert.include(stdout, '127.0.0.1:3306')
    assert.lengthOf(stdout.trim().split('\n'), 1)
    const settings = await root(
      server,
      "show variables where variable_name in ('local_infile', 'have_symlink', 'secure_file_priv', 'event_scheduler')"
    )
    assert.deepEqual(settings.split('\n').toSorted(), [
      'event_scheduler\tOFF',
      'have_symlink\tDISABLED',
      'local_infile\tOFF',
      'secure_file_priv\t/var/lib/mysql-files/',
    ])
    const users = await root(server, 'select concat(user, "@", host) from mysql.global_priv')
    assert.isEmpty(
      users.split('\n').filter((each) => !each.endsWith('@localhost') || each.startsWith('@'))
    )
    const powerful = await root(
      server,
      "select user from mysql.user where user like 'd%' and (File_priv = 'Y' or Super_priv = 'Y' or Process_priv = 'Y' or Grant_priv = 'Y' or max_user_connections = 0)"
    )
    assert.equal(powerful, '')
  })

  test('WEB-04: names that say something else in SQL never reach it', async ({ assert }) => {
    const names = [
      "d1_a'; drop database mysql; --",
      'd1_`a`',
      'mysql',
      'd1_a.owner',
      'd01_a',
      'd1_ü',
    ]
    const row = () => Database.query().where('id', attacker.database.id)
    for (const name of names) {
      await row().update({ name })
      await assert.rejects(() => loadDesiredServer(server.server.id, 'all'), NotWritable)
    }
    await row().update({ name: attacker.login.database! })
    assert.isEmpty(await drift(await machineryOf(server.server)))
    await isUntouched(assert)
  })
})
