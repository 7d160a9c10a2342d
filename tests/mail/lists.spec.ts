import { test } from '@japa/runner'
import type Domain from '#models/domain'
import { generateDkimKey } from '#models/domain/dkim_key'
import MailingList from '#models/mailing_list'
import MailingListMember from '#models/mailing_list_member'
import type { MailingListChange } from '#models/mailing_list/settings'
import { postOf, postsOf, rejectPost, releasePost, takeOverChanges } from '#monitoring/mail/lists'
import { empty, messages, reloads, subjectOf } from '#tests/mail/delivery'
import { dequeueAll, queuedFor, readable, settled, spoolOf } from '#tests/mail/lists'
import { type Letter, swaks } from '#tests/mail/swaks'
import { testServer, type TestServer } from '#tests/support/test_server'

const program = ['python3', '-I', '-S', '/etc/tsukasa/mailing_lists/lists.py']
const asLists = ['setpriv', '--reuid=tsukasa-lists', '--regid=tsukasa-lists', '--clear-groups']
const stranger = 'stranger@far.example.com'

test.group('Mailing lists on a real server', (group) => {
  let server: TestServer
  let domain: Domain
  let list: MailingList

  group.setup(async () => {
    server = await testServer()
    domain = await server.addDomain('list-test.jp')
    for (const name of ['taro', 'hanako', 'jiro']) await server.addMailbox(domain, name)
  })

  group.each.setup(async () => {
    await dequeueAll(server)
    if (list as MailingList | undefined)
      await set({ posting: 'members', moderation: 'none', moderators: [], archive: true })
    for (const name of ['taro', 'hanako', 'jiro', 'admin']) await empty(server, at(name))
  })

  const at = (name: string) => `${name}@list-test.jp`
  const subjects = async (name: string, atLeast = 1) => {
    const all = await messages(server, at(name), { atLeast })
    return all.map((each) => readable(subjectOf(each) ?? '')).sort()
  }
  const post = async (from: string, subject: string, more: Partial<Letter> = {}) => {
    const as = from.endsWith('@list-test.jp') ? { as: from } : {}
    const sent = await swaks(server.address, { from, to: at('news'), subject, ...as, ...more })
    await settled(server)
    return sent.answer
  }
  const queuedText = async (recipient: string) => {
    const { text } = await queuedFor(server, recipient)
    return text
  }
  const fresh = async () => {
    const found = await MailingList.query()
      .where('id', list.id)
      .preload('domain', (query) => query.preload('server'))
      .firstOrFail()
    return found
  }
  const set = async (change: MailingListChange) => {
    await list.edit(change, server.actor)
    await server.converge()
  }
  const members = async () => {
    const { stdout } = await server.exec(['cat', `${spoolOf(list)}/subscribers.d/members`])
    return stdout.split('\n').filter(Boolean)
  }
  const waiting = async () => {
    const { value } = await postsOf(await fresh(), 'moderation', 1)
    return value!.posts
  }

  test('MAIL-06: a list works at once, without a reload', async ({ assert }) => {
    const before = await reloads(server)
    const wish = { localPart: 'news', subjectPrefix: '[news]' }
    list = await MailingList.add(domain, wish, [at('taro'), at('hanako')], server.actor)
    await server.converge()
    assert.equal(await reloads(server), before)
    assert.match(await post(at('taro'), 'first post'), /^250 2\.0\.0 /)
    assert.deepEqual(await subjects('taro'), ['[news] first post'])
    const [got] = await messages(server, at('hanako'), { atLeast: 1 })
    assert.match(got, /^Return-Path: <news-ctl\+bounces-1-hanako=list-test\.jp@list-test\.jp>/m)
    assert.match(got, /^List-Id: <news\.list-test\.jp>/m)
    assert.match(got, /^X-Loop: news@list-test\.jp/m)
    assert.match(got, /^Reply-To: news@list-test\.jp/m)
    assert.match(got, /^List-Unsubscribe: <mailto:news-ctl\+unsubscribe@list-test\.jp>/m)
    assert.isEmpty(await messages(server, at('jiro')))
  })

  test('MAIL-06: the mark is in front of a subject once, in whatever way the answer was written', async ({
    assert,
  }) => {
    const base64 = (text: string) => `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`
    await post(at('taro'), base64('お知らせ'))
    await post(at('taro'), base64('Re: [news] お知らせ'))
    // ISO-2022-JP, as many programs here write it: Re: [news] 会議
    await post(at('taro'), '=?ISO-2022-JP?B?UmU6IFtuZXdzXSAbJEIycTVEGyhC?=')
    assert.deepEqual(await subjects('hanako', 3), [
      '[news] Re: お知らせ',
      '[news] Re: 会議',
      '[news] お知らせ',
    ])
  })

  test('MAIL-06: who is no member is refused and told why, in Japanese', async ({ assert }) => {
    await post(stranger, 'hello')
    const { text, sender } = await queuedFor(server, stranger)
    assert.match(readable(text), /Subject: \[news\] 投稿できませんでした: \[news\] hello/)
    assert.include(text, 'メンバーだけです')
    assert.match(text, /^Auto-Submitted: auto-replied/m)
    assert.match(sender, /^news-ctl\+bounces-help@list-test\.jp/)
    assert.isEmpty(await messages(server, at('taro')))
    await dequeueAll(server)
    // A user of the domain is no member either
    await post(at('jiro'), 'from jiro')
    assert.deepEqual(await subjects('jiro'), ['[news] 投稿できませんでした: [news] from jiro'])
  })

  test('MAIL-06: a post in the name of somebody else waits for a moderator, whoever may post', async ({
    assert,
  }) => {
    const author = at('taro')
    for (const posting of ['members', 'moderators'] as const) {
      await set({ posting, moderators: [at('taro')] })
      await post(stranger, `outside ${posting}`, { author })
      await post(at('jiro'), `inside ${posting}`, { author })
      assert.lengthOf(await waiting(), 2)
      assert.isEmpty(await messages(server, at('hanako')))
      for (const { post: name } of await waiting())
        await rejectPost(await fresh(), name, server.actor)
      await post(at('taro'), `himself ${posting}`)
      assert.deepEqual(await subjects('hanako'), [`[news] himself ${posting}`])
      await empty(server, at('hanako'))
    }
  })

  test('MAIL-06: a report of a bounce comes from nobody', async ({ assert }) => {
    const to = at('news-ctl+bounces-1-hanako=list-test.jp')
    await post(stranger, 'Undelivered', { to })
    const { stdout } = await server.exec(['ls', `${spoolOf(list)}/bounce`])
    assert.notInclude(stdout, 'hanako')
  })

  test('MAIL-06: people join by mail after they confirmed it, and leave the same way', async ({
    assert,
  }) => {
    await set({ autoSubscription: true })
    await post(stranger, 'anything', { to: at('news-ctl+subscribe') })
    const asked = await queuedFor(server, stranger)
    assert.match(readable(asked.text), /Subject: \[news\] 登録の確認（返信してください）/)
    const [confirm] = /news-ctl\+confsub-[0-9a-f]{16}@list-test\.jp/.exec(asked.text)!
    assert.notInclude(await members(), stranger)
    await dequeueAll(server)
    await post(stranger, 'Re: confirm', { to: confirm })
    const welcome = await queuedFor(server, stranger)
    assert.match(readable(welcome.text), /Subject: \[news\] 登録しました/)
    assert.include(await members(), stranger)

    // The database takes it over, once; the next apply changes nothing
    assert.deepEqual(await takeOverChanges(await fresh()), { value: 1 })
    assert.deepEqual(await takeOverChanges(await fresh()), { value: 0 })
    await server.converge()
    assert.include(await MailingListMember.addressesOf(list.id), stranger)
    await dequeueAll(server)
    await post(at('taro'), 'for all')
    const { text } = await queuedFor(server, stranger)
    assert.match(text, /^Subject: \[news\] for all/m)

    await dequeueAll(server)
    await post(stranger, 'bye', { to: at('news-ctl+unsubscribe') })
    const leaving = await queuedFor(server, stranger)
    assert.match(readable(leaving.text), /Subject: \[news\] 退会の確認/)
    const [sure] = /news-ctl\+confunsub-[0-9a-f]{16}@list-test\.jp/.exec(leaving.text)!
    await dequeueAll(server)
    await post(stranger, 'yes', { to: sure })
    assert.match(readable(await queuedText(stranger)), /Subject: \[news\] 退会しました/)
    assert.notInclude(await members(), stranger)
    // Another apply before the panel heard of it does not bring him back
    await set({ description: 'x' })
    await post(at('taro'), 'without him')
    assert.notInclude(await members(), stranger)
    assert.deepEqual(await takeOverChanges(await fresh()), { value: 1 })
    assert.notInclude(await MailingListMember.addressesOf(list.id), stranger)
  })

  test('MAIL-06: commands are understood in subject and body; whoever may not join is told how to', async ({
    assert,
  }) => {
    await post(stranger, 'subscribe', { to: at('news-request') })
    const asked = await queuedFor(server, stranger)
    const [, cookie] = /confsub-([0-9a-f]{16})@/.exec(asked.text)!
    await dequeueAll(server)
    await post(stranger, `confirm ${cookie}`, { to: at('news-ctl') })
    assert.match(readable(await queuedText(stranger)), /Subject: \[news\] 登録しました/)
    await takeOverChanges(await fresh())
    await list.removeMembers([stranger], server.actor)
    await set({ autoSubscription: false })
    await dequeueAll(server)
    await post(stranger, 'subscribe', { to: at('news-ctl') })
    const help = await queuedFor(server, stranger)
    assert.match(readable(help.text), /Subject: \[news\] 使い方/)
    assert.include(help.text, 'メールでの登録は受け付けていません')
    assert.notInclude(await members(), stranger)
  })

  test('MAIL-06: a post that waits is shown, approved and rejected in the panel, the moderator being gone', async ({
    assert,
  }) => {
    await set({ moderation: 'others', moderators: [at('jiro')] })
    await post(stranger, 'please take this')
    await post(stranger, 'and not this')
    assert.deepEqual(await subjects('jiro', 2), [
      '[news] 投稿の確認: [news] and not this',
      '[news] 投稿の確認: [news] please take this',
    ])
    // Whoever was to decide is no moderator any more
    await set({ moderators: [] })
    const posts = await waiting()
    const of = (subject: string) => posts.find((one) => one.subject.endsWith(subject))!
    const whole = await postOf(await fresh(), 'moderation', of('please take this').post)
    assert.equal(whole.value!.address, stranger)
    assert.include(whole.value!.text, 'This is a test mailing')
    const decided = await releasePost(await fresh(), of('please take this').post, server.actor)
    assert.deepEqual(decided, { value: true })
    assert.deepEqual(await subjects('hanako'), ['[news] please take this'])
    assert.deepEqual(await rejectPost(await fresh(), of('and not this').post, server.actor), {
      value: true,
    })
    assert.deepEqual(await rejectPost(await fresh(), of('and not this').post, server.actor), {
      value: false,
    })
    assert.isEmpty(await waiting())
    assert.lengthOf(await messages(server, at('hanako')), 1)
  })

  test('MAIL-06: a moderator decides by answering; without one the domain admin is asked', async ({
    assert,
  }) => {
    await set({ moderation: 'others' })
    await post(stranger, 'by mail')
    const [asked] = await messages(server, at('admin'), { atLeast: 1 })
    const [release] = /news-ctl\+release-[0-9a-f]{16}@list-test\.jp/.exec(asked)!
    await post(at('admin'), 'Re: ok', { to: release })
    assert.deepEqual(await subjects('taro'), ['[news] by mail'])
  })

  test('MAIL-06: everybody, or moderators alone, may post', async ({ assert }) => {
    await set({ posting: 'anyone' })
    await post(stranger, 'open')
    assert.deepEqual(await subjects('taro'), ['[news] open'])
    await set({ posting: 'moderators', moderators: [at('hanako')] })
    await post(at('taro'), 'member only')
    await post(at('hanako'), 'from the moderator')
    assert.include(await subjects('hanako', 2), '[news] from the moderator')
    assert.include(await subjects('taro', 3), '[news] 投稿できませんでした: [news] member only')
    await set({ posting: 'members' })
  })

  test('MAIL-11: what a list sends is signed by its domain, and was looked at once', async ({
    assert,
  }) => {
    await domain.mail.useDkimKey(await generateDkimKey(), null, server.actor)
    await set({ posting: 'anyone' })
    await server.converge()
    await post(stranger, 'signed')
    const [got] = await messages(server, at('hanako'), { atLeast: 1 })
    assert.match(got.replace(/\r?\n[ \t]+/g, ' '), /^DKIM-Signature: [^\n]*d=list-test\.jp;/m)
    assert.lengthOf(got.match(/^X-Spam-Status:/gm) ?? [], 1)
  })

  test('MAIL-06: loops, answers for the absent and reports end at the list', async ({ assert }) => {
    const ends: string[][] = [
      [`X-Loop: ${at('news')}`],
      [`List-Post: <mailto:${at('news')}>`],
      ['Auto-Submitted: auto-replied'],
      ['Precedence: bulk'],
      Array.from({ length: 4 }, (_, index) => `X-Loop: l${index}@other.example.com`),
    ]
    for (const headers of ends) await post(at('taro'), 'around', { headers })
    await post('<>', 'report')
    await post(at('taro'), 'the last', { headers: ['X-Loop: other@example.com'] })
    assert.deepEqual(await subjects('hanako'), ['[news] the last'])
  })

  test('MAIL-06: two lists that are members of each other send each post once', async ({
    assert,
  }) => {
    const other = await server.addDomain('list-other.jp')
    const back = await MailingList.add(
      other,
      { localPart: 'club', posting: 'anyone' },
      [at('news'), at('jiro')],
      server.actor
    )
    await list.addMembers(['club@list-other.jp'], server.actor)
    await server.converge()
    await post(at('taro'), 'to and fro')
    await settled(server)
    assert.deepEqual(await subjects('jiro'), ['[news] to and fro'])
    assert.lengthOf(await messages(server, at('hanako')), 1)
    await back.remove(server.actor)
    await list.removeMembers(['club@list-other.jp'], server.actor)
    await server.converge()
  })

  test('MAIL-06: whose mail bounces for too long leaves, and the panel knows', async ({
    assert,
  }) => {
    await list.addMembers(['gone@far.example.com'], server.actor)
    await server.converge()
    await post(at('taro'), 'bounces')
    const { sender } = await queuedFor(server, 'gone@far.example.com')
    // Postfix puts the recipient into it when it connects
    const [, number] = /^news-ctl\+bounces-(\d+)@list-test\.jp$/.exec(sender)!
    const to = at(`news-ctl+bounces-${number}-gone=far.example.com`)
    await post('<>', 'Undelivered', { to })
    const file = `${spoolOf(list)}/bounce/gone=far.example.com`
    const { stdout } = await server.exec(['cat', file])
    assert.match(stdout, /^\d+:\d+ /)
    const old = Math.floor(Date.now() / 1000) - 20 * 86_400
    await server.exec(['tee', file], `1:${old} # long ago\n`)
    await server.exec([...asLists, ...program, 'maintain'])
    assert.notInclude(await members(), 'gone@far.example.com')
    assert.deepEqual(await takeOverChanges(await fresh()), { value: 1 })
    assert.notInclude(await MailingListMember.addressesOf(list.id), 'gone@far.example.com')
  })

  test('MAIL-06: the archive is read newest first, and only while it is on', async ({ assert }) => {
    await post(at('taro'), 'kept')
    await set({ archive: false })
    await post(at('taro'), 'not kept')
    const { value } = await postsOf(await fresh(), 'archive', 1)
    assert.equal(value!.posts[0].subject, '[news] kept')
    const whole = await postOf(await fresh(), 'archive', value!.posts[0].post)
    assert.equal(whole.value!.address, at('taro'))
    assert.deepEqual(await postOf(await fresh(), 'archive', '999999'), { value: null })
  })

  test('MAIL-06: control addresses reach the admin; what nobody has is refused', async ({
    assert,
  }) => {
    await post(stranger, 'a question', { to: at('news-owner') })
    assert.deepEqual(await subjects('admin'), ['a question'])
    for (const name of ['news-foo', 'other', 'other-ctl', 'other-ctl+help']) {
      const { recipients } = await swaks(server.address, {
        from: stranger,
        to: at(name),
        quitAfter: 'RCPT',
      })
      assert.match(recipients[0], /^550 /, name)
    }
  })

  test('REL-04: no program of a customer uses the port of lists, or reads what lists keep', async ({
    assert,
  }) => {
    const as = ['setpriv', `--reuid=${domain.uid}`, `--regid=${domain.uid}`, '--clear-groups']
    const speak = [
      'import smtplib',
      's = smtplib.SMTP("127.0.0.1", 10026, "x")',
      's.ehlo()',
      's.mail("a@b.example.com")',
      'print(s.rcpt("c@far.example.com"))',
    ]
    const { stdout } = await server.exec([...as, 'python3', '-c', speak.join('\n')])
    assert.match(stdout, /^\(550, b'5\.7\.1/)
    for (const path of [
      spoolOf(list),
      '/var/lib/tsukasa/mailing_lists',
      `/var/lib/tsukasa/mailing_lists/members/${list.id}`,
    ]) {
      const { status } = await server.exec([...as, 'ls', path])
      assert.notEqual(status, 0, path)
    }
  })

  test('MAIL-06: a deleted list leaves nothing on the server, and its address is free', async ({
    assert,
  }) => {
    const { status } = await server.exec(['ls', spoolOf(list)])
    assert.equal(status, 0)
    await list.remove(server.actor)
    await server.converge()
    for (const path of [spoolOf(list), `/var/lib/tsukasa/mailing_lists/members/${list.id}`]) {
      const found = await server.exec(['ls', path])
      assert.notEqual(found.status, 0, path)
    }
    for (const name of ['news', 'news-ctl', 'news-ctl+help', 'news-owner']) {
      const to = at(name)
      const { recipients } = await swaks(server.address, { from: stranger, to, quitAfter: 'RCPT' })
      assert.match(recipients[0], /^550 /, name)
    }
    await server.addMailbox(domain, 'news')
    assert.match(await post(stranger, 'now a user'), /^250 2\.0\.0 /)
    assert.deepEqual(await subjects('news'), ['now a user'])
  })
})
