import { gzipSync } from 'node:zlib'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from '@japa/runner'
import { askApply, askBegin } from '#convergence/agent/requests'
import { drift } from '#convergence/engine/drift'
import { machineryOf } from '#jobs/converge_server'
import Database from '#models/database'
import DatabaseTransfer from '#models/database_transfer'
import DatabaseUser from '#models/database_user'
import type Domain from '#models/domain'
import Run from '#models/run'
import { databaseSizes } from '#monitoring/databases/sizes'
import { ask, bring, root, takeDump, type Login } from '#tests/servers/databases/client'
import { testServer, type TestServer } from '#tests/support/test_server'

const space = ['systemctl', 'start', 'tsukasa-database-space.service']

test.group('Databases on a real server', (group) => {
  let server: TestServer
  let domain: Domain
  let shop: Database
  let login: Required<Omit<Login, 'host'>>
  let userId: number

  group.each.timeout(120_000)

  group.setup(async () => {
    server = await testServer()
    domain = await server.addDomain('databases-test.jp', 256)
    const made = await Database.add(domain, { name: 'shop', user: 'new' }, server.actor)
    await server.converge()
    shop = made.database
    const { user, password } = made.user!
    userId = user.id
    login = { user: user.name, password, database: shop.name }
  })

  const sql = (statement: string, more: Partial<Login> = {}) =>
    ask(server, domain, { ...login, ...more }, statement)

  async function lastRun() {
    return Run.query().where('server_id', server.server.id).orderBy('id', 'desc').firstOrFail()
  }

  async function addDatabase(name: string) {
    const { database } = await Database.add(domain, { name, user: userId }, server.actor)
    await server.converge()
    return database
  }

  for (const host of ['localhost', '127.0.0.1']) {
    test(`WEB-04: a program of the domain reaches its database at ${host}`, async ({ assert }) => {
      const statement =
        'create table if not exists t (id int primary key, a varchar(20)); replace t values (1, "寿司🍣"); select a from t; select @@character_set_database'
      const answer = await sql(statement, { host })
      assert.equal(answer.stdout, '寿司🍣\nutf8mb4\n', answer.stderr)
    })
  }

  for (const [port, version] of [
    [80, '8.4'],
    [11180, '8.2'],
  ] as const) {
    test(`WEB-04: PHP ${version} of the site reaches it by the socket and by 127.0.0.1`, async ({
      assert,
    }) => {
      await domain.merge({ phpStagingHttp: '8.2' }).save()
      await server.convergeAll()
      const php = `<?php echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION; foreach (["localhost", "127.0.0.1"] as $host) {
        $db = new PDO("mysql:host=$host;dbname=${shop.name};charset=utf8mb4", "${login.user}", "${login.password}");
        echo " ", $db->query("select '日本'")->fetchColumn(); }
        $lite = new PDO("sqlite:" . __DIR__ . "/../cgi-data/x.sqlite"); echo " ", $lite->query("select 'lite'")->fetchColumn();`
      for (const folder of ['html', 'html.stage']) {
        const path = `${domain.root}/${folder}/db.php`
        await server.exec(['runuser', '-u', domain.unixName, '--', 'tee', path], php)
      }
      const answer = await server.http(domain.name, '/db.php', { port })
      assert.equal(answer.body, `${version} 日本 日本 lite`)
    })
  }

  test('REL-01: a second apply of everything changes nothing', async ({ assert }) => {
    await server.convergeAll()
    await server.convergeAll()
    const run = await lastRun()
    assert.equal(run.state, 'unchanged')
  })

  test('REL-02: what somebody changed by hand is seen, and comes back; what he added goes', async ({
    assert,
  }) => {
    await root(
      server,
      `alter user '${login.user}'@'localhost' identified by 'easy';
       grant select on mysql.* to '${login.user}'@'localhost';
       grant file, process on *.* to '${login.user}'@'localhost';
       revoke drop on \`${shop.name.replace('_', '\\_')}\`.* from '${login.user}'@'localhost';
       alter database ${shop.name} character set latin1;
       drop user '${shop.name}.owner'@'localhost'`
    )
    const found = await drift(await machineryOf(server.server))
    assert.sameMembers(
      found.map(({ name }) => name),
      [`database ${shop.name}`, `database user ${login.user}`, `database user ${shop.name}.owner`]
    )
    await server.convergeAll()
    const after = await drift(await machineryOf(server.server))
    assert.isEmpty(after)
    const files = await sql("select load_file('/etc/passwd'); select count(*) from mysql.user")
    assert.include(files.stderr, 'denied')
    const answer = await sql('create table d (a int); drop table d; select 1')
    assert.equal(answer.stdout, '1\n', answer.stderr)
  })

  test('WEB-04: a reader reads, a writer writes, and neither changes tables; rights come and go at once', async ({
    assert,
  }) => {
    const { user, password } = await DatabaseUser.add(
      domain,
      { name: 'other', rights: new Map([[shop.id, 'read']]) },
      server.actor
    )
    await server.converge()
    const other = { user: user.name, password }
    const read = await sql('select count(*) from t; insert t values (2, "x")', other)
    assert.equal(read.stdout, '1\n')
    assert.include(read.stderr, 'INSERT command denied')
    await user.setRights(new Map([[shop.id, 'write']]), server.actor)
    await server.converge()
    const write = await sql(
      'insert t values (2, "x"); delete from t where id = 2; drop table t',
      other
    )
    assert.include(write.stderr, 'DROP command denied')
    await user.setRights(new Map(), server.actor)
    await server.converge()
    const none = await sql('select 1', other)
    assert.include(none.stderr, 'Access denied')
    await user.remove(server.actor)
    await server.converge()
    assert.equal(
      await root(server, `select count(*) from mysql.global_priv where user = '${user.name}'`),
      '0'
    )
  })

  test('WEB-04: a new password counts at once, and whoever is signed in with the old one is thrown out', async ({
    assert,
  }) => {
    const sleeping = sql('select sleep(30)')
    await wait(1000)
    const user = await DatabaseUser.findOrFail(userId)
    const password = await user.renewPassword(server.actor)
    await server.converge()
    const ended = await sleeping
    assert.notEqual(ended.status, 0)
    const old = await sql('select 1')
    assert.include(old.stderr, 'Access denied')
    login = { ...login, password }
    const fresh = await sql('select 1')
    assert.equal(fresh.stdout, '1\n')
  })

  test('REL-01: an apply that fails in the middle of MariaDB leaves all of it as it was', async ({
    assert,
  }) => {
    const state = () =>
      root(
        server,
        `show create user '${login.user}'@'localhost'; show grants for '${login.user}'@'localhost';
         select * from information_schema.schemata; select user from mysql.global_priv`
      )
    const before = await state()
    const { access } = await machineryOf(server.server)
    const agent = await access.agent()
    const { id } = await lastRun()
    await askBegin(agent, id, [], true)
    const name = `d${domain.id}_doomed`
    const user = { do: 'put', kind: 'database_user', locked: true, connections: 5, rights: [] }
    const answer = await askApply(agent, {
      run: id,
      operations: [
        { do: 'put', kind: 'database', name, charset: 'utf8mb4', collation: 'utf8mb4_general_ci' },
        { do: 'put', kind: 'database', name: shop.name, charset: 'cp932', collation: 'cp932_bin' },
        { ...user, do: 'put', name: login.user, auth: [['unix_socket', domain.unixName]] },
        { ...user, do: 'put', name, auth: [['unix_socket', domain.unixName]] },
        { do: 'remove', kind: 'database_user', name: `${shop.name}.owner` },
        // No collation of that character set.
        {
          do: 'put',
          kind: 'database',
          name: shop.name,
          charset: 'utf8mb4',
          collation: 'cp932_bin',
        },
      ],
      ...{ starts: [], stops: [], activations: [], probes: [], reprobes: [], last: true },
    })
    assert.equal(answer.state, 'rolled_back')
    assert.equal(answer.failed?.path, `database:${shop.name}`)
    assert.equal(await state(), before)
  })

  test('WEB-04: out as a dump and in again, with views, triggers, procedures and all characters', async ({
    assert,
  }) => {
    await sql(`create table goods (id int primary key auto_increment, name varchar(50), picture blob);
      insert goods (name, picture) values ('髙﨑①🍣\\'";\\n--', x'00ff1a0d0a5c27');
      create view cheap as select name from goods;
      create trigger stamp before insert on goods for each row set new.name = trim(new.name);
      delimiter //
      create procedure hello() begin select 'こんにちは'; end//
      delimiter ;`)
    const dump = await takeDump(server, shop.name)
    assert.match(dump, /Dump completed/)
    const copy = await addDatabase('copy')
    const transfer = await bring(server, copy, gzipSync(dump))
    assert.equal(transfer.state, 'done', `${transfer.reason} ${transfer.words}`)
    const there = await sql(
      'select name, hex(picture) from goods; select * from cheap; call hello()',
      {
        database: copy.name,
      }
    )
    const here = await sql(
      'select name, hex(picture) from goods; select * from cheap; call hello()'
    )
    assert.equal(there.stdout, here.stdout, there.stderr)
    assert.include(there.stdout, 'こんにちは')
    assert.include(await root(server, `show create view ${copy.name}.cheap`), `${copy.name}.owner`)
  })

  test('WEB-04: files of other servers and other times', async ({ assert }) => {
    const target = await addDatabase('old')
    const header = 'CREATE DATABASE `wp` /*!40100 DEFAULT CHARACTER SET cp932 */;\nUSE `wp`;\n'
    // 表 has a backslash as its second byte in Shift_JIS.
    const japanese = Buffer.from([0x95, 0x5c, 0x8e, 0xa6])
    const cp932 = Buffer.concat([
      Buffer.from(`${header}create table j (a varchar(20)) charset cp932;\ninsert j values ('`),
      japanese,
      Buffer.from("');\n"),
    ])
    const first = await bring(server, target, cp932, 'cp932')
    assert.equal(first.state, 'done', first.words ?? '')
    const read = await sql('select a from j', { database: target.name })
    assert.equal(read.stdout, '表示\n')
    const definer = `\ufeffcreate table b (a int);
CREATE DEFINER=\`root\`@\`%\` VIEW v AS select a from b;
/*!50003 CREATE*/ /*!50017 DEFINER=\`wp\`@\`192.168.1.%\`*/ /*!50003 TRIGGER x before insert on b for each row set @a = 1 */;
insert b values (1);
insert into j values ('line
CREATE DEFINER=root@localhost is text')`
    const second = await bring(server, target, definer)
    assert.equal(second.state, 'done', second.words ?? '')
    const text = await sql("select a from v; select a like 'line%' from j where a like 'line%'", {
      database: target.name,
    })
    assert.equal(text.stdout, '1\n1\n')
  })

  test('WEB-04: a dump that drops the database drops nothing, and one that was dropped comes back with the next', async ({
    assert,
  }) => {
    const database = await Database.findByOrFail('name', `d${domain.id}_old`)
    const { name } = database
    const lines = `DROP DATABASE ${name}; CREATE DATABASE hack; USE mysql;
/*!40000 DROP DATABASE IF EXISTS \`${name}\`*/;
create table if not exists after (a int);`
    const transfer = await bring(server, database, lines)
    assert.equal(transfer.state, 'done', transfer.words ?? '')
    const tables = await sql('show tables', { database: name })
    assert.equal(tables.stdout, 'after\nb\nj\nv\n')
    await bring(server, database, `select 1; drop database ${name};`)
    const { value } = await databaseSizes(server.server, domain, [name])
    assert.isNumber(value!.sizes.get(name))
    await sql(`drop database ${name}`)
    const gone = await databaseSizes(server.server, domain, [name])
    assert.isNull(gone.value!.sizes.get(name))
    const again = await bring(server, database, 'create table back (a int);')
    assert.equal(again.state, 'done', again.words ?? '')
    const charset = await sql('select @@character_set_database', { database: name })
    assert.equal(charset.stdout, 'utf8mb4\n')
  })

  const broken: [string, () => Buffer | string, string][] = [
    [
      'half a gzip file',
      () => gzipSync('select 1;\n'.repeat(50_000)).subarray(0, 300),
      'broken_gzip',
    ],
    ['a file in UTF-16', () => Buffer.from('\ufeffselect 1;', 'utf16le'), 'wrong_kind'],
    ['a ZIP file', () => Buffer.from('PK\x03\x04zip'), 'wrong_kind'],
    ['a statement that is wrong', () => 'create table e1 (a int);\nselekt 1;\n', 'refused'],
  ]
  for (const [what, content, reason] of broken) {
    test(`WEB-04: ${what} ends with a reason and leaves no file`, async ({ assert }) => {
      const transfer = await bring(server, shop, content())
      assert.deepInclude(transfer.toJSON(), { state: 'failed', reason })
      if (reason === 'refused') assert.include(transfer.words, 'line 2')
      const { stdout } = await server.exec(['ls', '/var/lib/tsukasa/mariadb/spool'])
      assert.equal(stdout, '')
    })
  }

  test('WEB-04: a database is copied into another, where tables of the same name are replaced', async ({
    assert,
  }) => {
    const stage = await addDatabase('stage')
    await sql('drop table if exists e1')
    await sql('create table t (wrong int); create table own (a int)', { database: stage.name })
    const transfer = await DatabaseTransfer.copy(shop, stage, server.actor)
    await server.converge()
    await transfer.refresh()
    assert.equal(transfer.state, 'done', transfer.words ?? '')
    const tables = await sql('show tables; select a from t', { database: stage.name })
    assert.equal(tables.stdout, 'cheap\ngoods\nown\nt\n寿司🍣\n', tables.stderr)
  })

  test('PNL-05: over its limit a domain looks, exports and deletes, but does not grow, until there is room', async ({
    assert,
  }) => {
    await sql(`create table big (a longblob)`)
    for (let mb = 0; mb < 40; mb += 20) await sql(`insert big values (repeat('x', 20000000))`)
    await domain.merge({ quotaMb: 32 }).save()
    await server.convergeAll()
    const sleeping = sql('select sleep(30)')
    await wait(500)
    await server.exec(space)
    const ended = await sleeping
    assert.notEqual(ended.status, 0, 'who was signed in keeps no rights')
    const { value } = await databaseSizes(server.server, domain, [shop.name])
    assert.isTrue(value!.isOver)
    assert.isAbove(value!.total, 38 * 2 ** 20)
    const more = await sql("insert t values (3, 'x')")
    assert.include(more.stderr, 'INSERT command denied')
    const owner = await bring(server, shop, 'create table sneaked (a int);')
    assert.equal(owner.reason, 'refused')
    const dump = await takeDump(server, shop.name)
    assert.match(dump, /Dump completed/)
    await server.convergeAll()
    const run = await lastRun()
    assert.equal(run.state, 'unchanged', 'it is no drift')
    await sql('drop table big')
    await server.exec(space)
    const again = await sql("insert t values (3, 'x'); select count(*) from t")
    assert.equal(again.stdout, '2\n', again.stderr)
    await domain.merge({ quotaMb: 256 }).save()
    await server.convergeAll()
  })

  test('WEB-04: a file that nobody brought in within a day is gone', async ({ assert }) => {
    const spool = '/var/lib/tsukasa/mariadb/spool'
    await server.exec(['mkdir', '-p', spool])
    await server.exec(['touch', '--date=25 hours ago', `${spool}/900000001`])
    await server.exec(['touch', '--date=2 hours ago', `${spool}/900000002`])
    await server.exec(space)
    const { stdout } = await server.exec(['ls', spool])
    assert.equal(stdout, '900000002\n')
    await server.exec(['rm', `${spool}/900000002`])
  })

  test('WEB-04: a suspended domain keeps its data, and nobody signs in; resumed, all is as it was', async ({
    assert,
  }) => {
    await domain.suspend(server.actor)
    await server.converge()
    const other = await server.addDomain('databases-other.jp', 64)
    for (const host of ['localhost', '127.0.0.1']) {
      const answer = await ask(server, other, { ...login, host }, 'select 1')
      assert.match(answer.stderr, /locked/)
    }
    await domain.resume(server.actor)
    await server.converge()
    const answer = await sql('select a from t where id = 1')
    assert.equal(answer.stdout, '寿司🍣\n', answer.stderr)
  })

  test('REL-02: MariaDB is restarted while somebody writes: what was committed is there', async ({
    assert,
  }) => {
    await sql('create table counted (id int primary key)')
    const writer = `i=0; while [ $i -lt 4000 ]; do mariadb --no-defaults -u"$0" -p"$1" "$2" -e "insert counted values ($i)" 2>/dev/null && echo $i; i=$((i+1)); [ -e /tmp/stop-writing ] && break; done`
    const writing = server.exec([
      'runuser',
      '-u',
      domain.unixName,
      '--',
      'sh',
      '-c',
      writer,
      login.user,
      login.password,
      login.database,
    ])
    for (const signal of ['KILL', 'TERM']) {
      await wait(2000)
      await server.exec(['systemctl', 'kill', `--signal=${signal}`, 'mariadb.service'])
      await wait(300)
      await server.exec(['systemctl', 'restart', 'mariadb.service'])
    }
    await wait(500)
    await server.exec(['touch', '/tmp/stop-writing'])
    const { stdout } = await writing
    await server.exec(['rm', '/tmp/stop-writing'])
    const told = stdout.trim().split('\n')
    const kept = await sql('select id from counted order by id')
    const there = new Set(kept.stdout.trim().split('\n'))
    assert.isAbove(told.length, 5)
    assert.isEmpty(told.filter((id) => !there.has(id)))
  })

  test('WEB-04: a database that is deleted is gone with all in it, the others stay', async ({
    assert,
  }) => {
    const copy = await Database.findByOrFail('name', `d${domain.id}_copy`)
    await copy.remove(server.actor)
    await server.converge()
    const names = await root(server, 'show databases')
    assert.notInclude(names, copy.name)
    assert.include(names, shop.name)
    assert.equal(
      await root(server, `select count(*) from mysql.db where user = '${copy.name}.owner'`),
      '0'
    )
  })

  test('DOM-05: with its domain everything of it goes from MariaDB', async ({ assert }) => {
    await domain.remove(server.actor)
    await server.converge()
    const prefix = `d${domain.id}\\_%`
    const left = await root(
      server,
      `select schema_name from information_schema.schemata where schema_name like '${prefix}'
       union select user from mysql.global_priv where user like '${prefix}'
       union select user from mysql.db where user like '${prefix}'`
    )
    assert.equal(left, '')
  })
})
