import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import type { DesiredMailingList } from '#convergence/desired_server'
import type { FileResource, Resource, TableResource } from '#convergence/resource'
import { mailingLists } from '#convergence/services/mailing_lists/index'
import { postfix } from '#convergence/services/postfix/index'
import { toEmailAddress, toLocalPart } from '#convergence/syntax/names'
import { desiredDomain, desiredServer } from '#tests/unit/convergence/services/desired'

const list: DesiredMailingList = {
  id: 7,
  localPart: toLocalPart('news'),
  posting: 'members',
  moderation: 'none',
  moderators: [],
  subjectPrefix: '[news]',
  autoSubscription: true,
  archive: true,
  replyTo: 'list',
  members: ['a@x.jp', 'b@x.jp'].map(toEmailAddress),
  changes: { epoch: 'abc', seen: 12 },
}

const resourcesOf = (changes: Parameters<typeof desiredDomain>[1] = {}) => {
  const domain = desiredDomain(3, { mailingLists: [list], ...changes })
  const server = desiredServer([domain])
  return [mailingLists, postfix].flatMap((service) => service.domainResources(domain, server))
}
const rowsOf = (resources: readonly Resource[], name: string) =>
  resources
    .filter((each): each is TableResource => each.kind === 'table' && each.table === name)
    .flatMap(({ rows }) => rows)

test.group('Mailing lists of a server', () => {
  test('MAIL-06: a list is rows and a file of members that says what it knows', ({ assert }) => {
    const resources = resourcesOf()
    const file = resources.find((each): each is FileResource => each.kind === 'file')!
    assert.equal(file.content, '# abc 12\na@x.jp\nb@x.jp\n')
    assert.equal(file.mode, 0o640)
    assert.isTrue(file.secret)
    const [[id, settings]] = rowsOf(resources, 'lists').filter(([key]) => key === '7')
    assert.equal(id, '7')
    assert.include(settings, '"address":"news@site3.example.jp"')
  })

  test('MAIL-06: its addresses lead to it or to the admin', ({ assert }) => {
    const resources = resourcesOf()
    const ways = Object.fromEntries([
      ...rowsOf(resources, 'lists'),
      ...rowsOf(resources, 'aliases'),
    ])
    for (const name of ['news', 'news-ctl', 'news-request'])
      assert.equal(ways[`${name}@site3.example.jp`], 'lists:7')
    for (const name of ['news-owner', 'news-admin', 'news-owner-ctl', 'news-ctl+owner'])
      assert.equal(ways[`${name}@site3.example.jp`], 'admin@site3.example.jp')
  })

  test('MAIL-10: a domain whose mail follows its MX takes no posts, and its lists lose nothing', ({
    assert,
  }) => {
    const resources = resourcesOf({ outMx: true })
    assert.isEmpty(rowsOf(resources, 'lists'))
    assert.isTrue(resources.some((each) => each.kind === 'directory' && each.path.endsWith('/7')))
  })

  test('REL-02: no change of a list restarts or reloads anything', ({ assert }) => {
    const domain = desiredDomain(3, { mailingLists: [list] })
    const server = desiredServer([domain])
    for (const service of [mailingLists, postfix]) {
      const changes = service.domainResources(domain, server).map((resource) => ({
        action: 'update' as const,
        scope: 'domain:3' as const,
        key: '',
        resource,
      }))
      assert.isEmpty(service.activations(changes, server))
    }
  })
})

/** Calls into the program, with its directories in a place of our own. */
function ask(place: string, code: string): unknown {
  const program = app.makePath('app/convergence/services/mailing_lists/lists.py')
  const prelude = `
import importlib.util, json, os, sys
spec = importlib.util.spec_from_file_location("lists", ${JSON.stringify(program)})
lists = importlib.util.module_from_spec(spec)
sys.dont_write_bytecode = True
spec.loader.exec_module(lists)
lists.DATA = lists.SPOOL = ${JSON.stringify(place)}
lists.is_a_list = lambda address: address.startswith("list@")
os.makedirs(lists.DATA + "/members", exist_ok=True)
os.makedirs(lists.SPOOL + "/7/subscribers.d", exist_ok=True)
wish = {"address": "news@site3.example.jp", "posting": "members", "moderation": "none", "moderators": [],
        "prefix": "[news]", "autoSubscription": True, "archive": True, "replyTo": "list"}
one = lists.List("7", wish)
def message(*lines):
    return lists.Message("\\n".join(["From: a@x.jp", *lines, "", "text"]).encode())
`
  const out = execFileSync('python3', ['-c', `${prelude}\n${code}`], { encoding: 'utf8' })
  return JSON.parse(out)
}

test.group('The program of mailing lists', (group) => {
  let place: string
  group.each.setup(() => {
    place = mkdtempSync(join(tmpdir(), 'lists-'))
    return () => rmSync(place, { recursive: true, force: true })
  })
  const members = (text: string) =>
    ask(
      place,
      `open(lists.DATA + "/members/7", "w").write(${JSON.stringify(text)})
print(json.dumps(sorted(lists.show_members(one))))`
    )

  test('MAIL-06: what mail changed counts until the panel knows it, and never against it', ({
    assert,
  }) => {
    assert.deepEqual(members('# - 0\na@x.jp\nb@x.jp\n'), ['a@x.jp', 'b@x.jp'])
    const epoch = ask(
      place,
      `lists.note(one, [("leave", "a@x.jp"), ("join", "c@x.jp")])
print(json.dumps(lists.changes_of(one)[0]))`
    )
    assert.deepEqual(members('# - 0\na@x.jp\nb@x.jp\n'), ['b@x.jp', 'c@x.jp'])
    // The panel has seen the first, and somebody added a@ again there
    assert.deepEqual(members(`# ${epoch} 1\na@x.jp\nb@x.jp\n`), ['a@x.jp', 'b@x.jp', 'c@x.jp'])
    // It has seen both, and somebody removed c@ there
    assert.deepEqual(members(`# ${epoch} 2\nb@x.jp\n`), ['b@x.jp'])
    // A number of another journal says nothing about this one
    assert.deepEqual(members('# other 2\na@x.jp\n'), ['c@x.jp'])
  })

  test('MAIL-06: what mlmmj did to its files is written down, but for what is no address', ({
    assert,
  }) => {
    members('# - 0\na@x.jp\n')
    const changes = ask(
      place,
      `with lists.membership(one):
    open(one.at("subscribers.d", "members"), "w").write("")
    open(one.at("subscribers.d", "n"), "w").write("New@x.jp\\nlist@site3.example.jp\\nno address\\n")
print(json.dumps([lists.changes_of(one)[1], sorted(lists.present_members(one))]))`
    )
    assert.deepEqual(changes, [
      [
        [1, 'leave', 'a@x.jp'],
        [2, 'join', 'new@x.jp'],
      ],
      ['new@x.jp'],
    ])
  })

  test('MAIL-06: a line of the journal that a power cut left half written is none', ({
    assert,
  }) => {
    writeFileSync(join(place, 'x'), '')
    members('# - 0\na@x.jp\n')
    const found = ask(
      place,
      `lists.note(one, [("leave", "a@x.jp")])
open(one.at("changes"), "a").write("2\\t1\\tjoin\\tb@x")
print(json.dumps(lists.changes_of(one)[1]))`
    )
    assert.deepEqual(found, [[1, 'leave', 'a@x.jp']])
  })

  const subjects: [string, string][] = [
    ['first', '[news] first'],
    ['Re: [news] first', '[news] Re: first'],
    ['[news] Re: [news] RE: first', '[news] Re: first'],
    ['返信：[news] first', '[news] Re: first'],
    ['', '[news]'],
  ]
  for (const [subject, marked] of subjects) {
    test(`MAIL-06: the subject ${JSON.stringify(subject)} becomes ${JSON.stringify(marked)}`, ({
      assert,
    }) => {
      const found = ask(
        place,
        `m = message("Subject: " + ${JSON.stringify(subject)})
lists.prefix_subject(m, "[news]")
print(json.dumps(lists.decoded(m.value("Subject"))))`
      )
      assert.equal(found, marked)
    })
  }

  const ends: [string, string[], string | null][] = [
    ['an ordinary post', ['Subject: x'], null],
    ['its own loop mark', ['X-Loop: news@site3.example.jp'], 'it has been here'],
    ['its own List-Post', ['List-Post: <mailto:news@site3.example.jp>'], 'it has been here'],
    ['a mark that only contains its name', ['X-Loop: xnews@site3.example.jp'], null],
    ['an automatic answer', ['Auto-Submitted: auto-replied; x'], 'a program wrote it'],
    ['Auto-Submitted: no', ['Auto-Submitted: no'], null],
    ['junk', ['Precedence: junk'], 'a program wrote it'],
    ['a post of another list', ['Precedence: list', 'X-Loop: b@x.jp'], null],
    ['spam of a member', ['X-Spam-Level: ******'], null],
    ['two authors', ['From: b@x.jp'], 'it has no single author'],
  ]
  for (const [what, lines, why] of ends) {
    test(`MAIL-06: ${what} ${why ? `ends: ${why}` : 'goes on'}`, ({ assert }) => {
      members('# - 0\na@x.jp\n')
      const found = ask(
        place,
        `print(json.dumps(lists.posts(one, message(*${JSON.stringify(lines)}))))`
      )
      assert.equal(found, why)
    })
  }

  test('MAIL-06: spam of somebody who may not post is answered to nobody, other posts of his are', ({
    assert,
  }) => {
    members('# - 0\nother@x.jp\n')
    const reasonFor = (level: string) =>
      ask(place, `print(json.dumps(lists.posts(one, message("X-Spam-Level: ${level}"))))`)
    assert.equal(reasonFor('*****'), 'spam of somebody who may not post')
    assert.isNull(reasonFor('****'))
    assert.isNull(reasonFor('many'))
  })

  test('MAIL-06: an author is who he says when Postfix made sure of it', ({ assert }) => {
    const cases: readonly (readonly [string, string, string, string, boolean])[] = [
      ['u@site3.example.jp', 'u@site3.example.jp', 'u@site3.example.jp', '192.0.2.1', true],
      ['u@site3.example.jp', 'U@site3.example.jp', 'u@site3.example.jp', '192.0.2.1', true],
      // Somebody else who signed in.
      ['u@site3.example.jp', 'v@site3.example.jp', 'v@site3.example.jp', '192.0.2.1', false],
      ['u@far.example.com', 'v@site3.example.jp', 'v@site3.example.jp', '192.0.2.1', false],
      // Nobody signed in: a program of the domain, and a stranger.
      ['u@site3.example.jp', 'u@site3.example.jp', '', '', true],
      ['u@site3.example.jp', 'd3@msv000001.example.jp', '', '', false],
      ['u@site3.example.jp', 'u@site3.example.jp', '', '192.0.2.1', false],
      ['u@far.example.com', 'bounce@mail.far.example.com', '', '192.0.2.1', true],
      ['u@far.example.com', 'evil@example.net', '', '192.0.2.1', false],
      ['u@far.example.com', 'u@notfar.example.com', '', '192.0.2.1', false],
    ]
    const given = JSON.stringify(cases.map((each) => each.slice(0, 4)))
    const answers = ask(
      place,
      `print(json.dumps([lists.is_proven(one, *each) for each in json.loads(${JSON.stringify(given)})]))`
    )
    assert.deepEqual(
      answers,
      cases.map((each) => each[4])
    )
  })

  test('MAIL-06: what one author asks for again and again is neither done nor counted', ({
    assert,
  }) => {
    const code = `
asked = lambda author: lists.too_many(one, "requests", 5, author, 3)
print(json.dumps([asked(author) for author in ["a", "a", "a", "a", "a", "b", "c", "d"]]))`
    const many = ['author', 'author']
    assert.deepEqual(ask(place, code), [null, null, null, ...many, null, null, 'all'])
  })

  test('MAIL-06: what a list lets through is in the files that mlmmj reads', ({ assert }) => {
    const found = ask(
      place,
      `made = []
for posting in ("anyone", "members", "moderators"):
    for moderation in ("none", "others", "all"):
        one.wish.update(posting=posting, moderation=moderation)
        made.append(sorted({"subonlypost", "modonlypost", "modnonsubposts", "moderated"} & set(lists.controls(one))))
one.wish.update(autoSubscription=False, archive=False, moderators=["m@x.jp"])
files = lists.controls(one)
print(json.dumps([made, files["moderators"], "closedlistsub" in files, "noarchive" in files, files["delimiter"]]))`
    )
    assert.deepEqual(found, [
      [
        [],
        [],
        ['moderated'],
        ['subonlypost'],
        ['modnonsubposts', 'subonlypost'],
        ['moderated', 'subonlypost'],
        ['modonlypost'],
        ['modnonsubposts', 'modonlypost'],
        ['moderated', 'modonlypost'],
      ],
      'm@x.jp\n',
      true,
      true,
      '-ctl+\n',
    ])
  })

  test('MAIL-06: what a post gets on its way, and what of it members do not get', ({ assert }) => {
    const found = ask(
      place,
      `open_list = [list(lists.headers(one)), lists.controls(one)["delheaders"].split("\\n")]
one.wish.update(autoSubscription=False, replyTo="author")
print(json.dumps([open_list, [list(lists.headers(one)), lists.controls(one)["delheaders"].split("\\n")]]))`
    ) as string[][][]
    const [[open, goneOfOpen], [closed, goneOfClosed]] = found
    const address = 'news@site3.example.jp'
    const always = [
      'List-Id: <news.site3.example.jp>',
      `List-Post: <mailto:${address}>`,
      'List-Help: <mailto:news-ctl+help@site3.example.jp>',
      'List-Unsubscribe: <mailto:news-ctl+unsubscribe@site3.example.jp>',
      'List-Owner: <mailto:news-owner@site3.example.jp>',
      `X-Loop: ${address}`,
      'Precedence: list',
    ]
    const subscribe = 'List-Subscribe: <mailto:news-ctl+subscribe@site3.example.jp>'
    assert.sameMembers(open, [...always, subscribe, `Reply-To: ${address}`])
    assert.sameMembers(closed, always)
    assert.include(goneOfOpen, 'Reply-To:')
    assert.notInclude(goneOfClosed, 'Reply-To:')
    for (const name of ['Disposition-Notification-To:', 'X-Author-Unproven:', 'List-Id:']) {
      assert.include(goneOfOpen, name)
    }
  })

  test('MAIL-06: without moderators the domain admin is asked; spam and who is not proven wait', ({
    assert,
  }) => {
    const found = ask(
      place,
      `files = lists.controls(one)
print(json.dumps([files[name] for name in ("owner", "moderators", "access", "verp")] + ["nolistsubsemail" in files, "tocc" in files]))`
    )
    const admin = 'admin@site3.example.jp\n'
    const stars = '\\*'.repeat(10)
    const access = `moderate ^X-Spam-Level: ${stars}\nmoderate ^X-Author-Unproven: yes\nallow\n`
    assert.deepEqual(found, [admin, admin, access, 'postfix\n', true, true])
  })

  test('MAIL-06: a post that has come through four lists ends', ({ assert }) => {
    members('# - 0\na@x.jp\n')
    const through = (count: number) => {
      const marks = Array.from({ length: count }, (_, index) => `X-Loop: l${index}@y.jp`)
      return ask(place, `print(json.dumps(lists.posts(one, message(*${JSON.stringify(marks)}))))`)
    }
    assert.isNull(through(3))
    assert.equal(through(4), 'it has come through too many lists')
  })

  /** What mlmmj would be given: the answer, and its command and message. */
  const given = (code: string) =>
    ask(
      place,
      `given = []
lists.log = lambda text: None
lists.mlmmj = lambda program, one, *arguments, given=None: asked.append([arguments[-1], given.decode()]) or 0
asked = []
os.makedirs(one.at("moderation"), exist_ok=True)
import contextlib, io
with contextlib.redirect_stdout(io.StringIO()):
    answer = ${code}
print(json.dumps([answer, asked]))`
    ) as [number, [string, string][]]

  test('MAIL-06: whose name was only claimed is marked, whatever he marked himself', ({
    assert,
  }) => {
    members('# - 0\na@x.jp\n')
    const proven = given(
      `lists.post(one, message("X-Author-Unproven: no"), "a@x.jp", "", "192.0.2.1")`
    )
    assert.notInclude(proven[1][0][1], 'X-Author-Unproven')
    const claimed = given(
      `lists.post(one, message("X-Author-Unproven: no"), "b@evil.example", "", "192.0.2.1")`
    )
    assert.include(claimed[1][0][1], 'X-Author-Unproven: yes')
    assert.notInclude(claimed[1][0][1], 'X-Author-Unproven: no')
  })

  test('MAIL-06: when too many posts wait already, the next one stays in the queue', ({
    assert,
  }) => {
    members('# - 0\na@x.jp\n')
    const answer = (waiting: number) =>
      given(`(lists.__dict__.update(MOST_WAITING=${waiting}), open(one.at("moderation", "x"), "w"),
        lists.post(one, message(), "a@x.jp", "", "192.0.2.1"))[-1]`)
    assert.deepEqual(answer(1), [75, []])
    assert.equal(answer(2)[0], 0)
  })

  const nobody: [string, string, string][] = [
    ['a report of a bounce that has a sender', 'bounces-1-b=x.jp', 'message(), "evil@x.jp"'],
    ['a request without a sender', 'subscribe', 'message(), ""'],
    ['a request that a program wrote', 'subscribe', 'message("Auto-Submitted: yes"), "a@x.jp"'],
    ['a request of a list', 'subscribe', 'lists.Message(b"From: list@x.jp\\n\\nx"), "a@x.jp"'],
  ]
  for (const [what, command, from] of nobody) {
    test(`MAIL-06: ${what} ends at the list`, ({ assert }) => {
      assert.deepEqual(given(`lists.control(one, ${from}, "${command}")`), [0, []])
    })
  }

  test('MAIL-06: who may not join by mail is told how to', ({ assert }) => {
    const asked = (isOpen: string) =>
      given(`(one.wish.update(autoSubscription=${isOpen}),
        lists.control(one, message(), "a@x.jp", "subscribe"))[-1]`)
    assert.deepEqual(asked('True')[1][0][0], 'subscribe')
    assert.deepEqual(asked('False')[1][0][0], 'help')
  })

  test('MAIL-06: an hour later posts go on', ({ assert }) => {
    const code = `
lists.too_many(one, "posts", 1)
now = lists.time.time
late = [lists.too_many(one, "posts", 1)]
for seconds in (3500, 3700):
    lists.time.time = lambda: now() + seconds
    late.append(lists.too_many(one, "posts", 1))
print(json.dumps(late))`
    assert.deepEqual(ask(place, code), ['all', 'all', null])
  })

  test('MAIL-06: of an archive the oldest posts go, by number and by size', ({ assert }) => {
    const left = (most: number, bytes: number) =>
      ask(
        place,
        `lists.MOST_ARCHIVED, lists.MOST_ARCHIVE_BYTES = ${most}, ${bytes}
os.makedirs(one.at("archive"), exist_ok=True)
for number in range(8, 13):
    open(one.at("archive", str(number)), "w").write("x" * 100)
lists.thin_archive(one)
print(json.dumps(sorted(map(int, os.listdir(one.at("archive"))))))`
      )
    assert.deepEqual(left(3, 10_000), [10, 11, 12])
    assert.deepEqual(left(100, 250), [11, 12])
  })

  const commands: [string, string[], string][] = [
    ['a subject', ['Subject: subscribe'], 'subscribe'],
    ['an answer', ['Subject: Re: # unsubscribe'], 'unsubscribe'],
    ['Japanese', ['Subject: 退会'], 'unsubscribe'],
    ['nothing that is known', ['Subject: hello'], 'help'],
    ['a cookie that is none', ['Subject: confirm ../../etc/passwd'], 'help'],
  ]
  for (const [what, lines, command] of commands) {
    test(`MAIL-06: ${what} is the command ${command}`, ({ assert }) => {
      const found = ask(
        place,
        `print(json.dumps(lists.command_in(one, message(*${JSON.stringify(lines)}))))`
      )
      assert.equal(found, command)
    })
  }

  test('MAIL-06: a flood waits', ({ assert }) => {
    const found = ask(
      place,
      `print(json.dumps([lists.too_many(one, "posts", 3) for _ in range(5)]))`
    )
    assert.deepEqual(found, [null, null, null, 'all', 'all'])
  })
})
