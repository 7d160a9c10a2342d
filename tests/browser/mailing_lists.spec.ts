import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeTenant } from '#database/factories/tenant'
import MailingList from '#models/mailing_list'
import MailingListMember from '#models/mailing_list_member'
import { answerWith } from '#monitoring/questions'
import { overflowOf, watch } from '#tests/support/watched_page'

const long = `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(60)}.jp`

async function busyList() {
  const tenant = await makeTenant()
  const members = [long, ...Array.from({ length: 60 }, (_, index) => `m${index}@example.jp`)]
  const list = await MailingList.add(
    tenant.domain,
    {
      localPart: 'news',
      description: '社内のお知らせを配信します',
      moderation: 'all',
      moderators: [long],
      subjectPrefix: '[お知らせ]',
      autoSubscription: true,
    },
    members,
    { by: tenant.admin, ip: null }
  )
  return { tenant, list }
}

const post = {
  post: '0123456789abcdef',
  subject: '来週の会議について',
  name: '佐藤 花子',
  address: 'sato@example.jp',
  at: 1_790_000_000,
  bytes: 20_480,
  score: '',
  text: `おつかれさまです。\n来週の会議は、月曜日の10時からです。\n${'x'.repeat(300)}\n佐藤`,
  files: ['議事録.pdf'],
}

/** What a server would answer. */
const answers = async (_: unknown, question: string) => {
  if (question === 'list_posts') return { total: 1, posts: [post] }
  if (question === 'list_post') return post
  if (question === 'release_post') return { found: true }
  return { epoch: '', after: 0, seen: 0, changes: [] }
}

test.group('Mailing lists in a browser', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  group.each.setup(() => answerWith(answers))

  for (const width of [390, 1280]) {
    test(`PNL-02: no page of mailing lists is wider than ${width} pixels; each names what it has`, async ({
      assert,
      browserContext,
      visit,
    }) => {
      const { tenant, list } = await busyList()
      const one = `/mailing_lists/${list.id}`
      const lists = `/domains/${tenant.domain.id}/mailing_lists`
      const member = await MailingListMember.findByOrFail('mailingListId', list.id)
      const complaints = watch(browserContext)
      await browserContext.loginAs(tenant.admin)
      const page = await visit('/')
      await page.setViewportSize({ width, height: 844 })
      const shots = process.env.SHOTS
      for (const [number, path] of [
        lists,
        `${lists}?q=nothing`,
        `${lists}/create`,
        one,
        `${one}/edit`,
        `${one}/deletion`,
        `${one}/members`,
        `${one}/members/create`,
        `${one}/member_removals/create?rows[]=${member.id}`,
        `${one}/mail_changes`,
        `${one}/waiting_posts`,
        `${one}/waiting_posts/${post.post}`,
        `${one}/waiting_posts/${post.post}/rejection`,
        `${one}/archived_posts`,
        `${one}/archived_posts/12`,
      ].entries()) {
        await page.goto(path)
        if (shots)
          await page.screenshot({ path: `${shots}/${width}-${number}.png`, fullPage: true })
        assert.isAtMost(await overflowOf(page), 0, path)
        const facts = await page.evaluate(() => ({
          headings: document.querySelectorAll('h1').length,
          nameless: [...document.querySelectorAll('main :is(input:not([type=hidden]), textarea)')]
            .filter(
              (field) => !field.ariaLabel && !document.querySelector(`label[for="${field.id}"]`)
            )
            .map((field) => field.outerHTML),
          duplicates: [...document.querySelectorAll('[id]')]
            .map(({ id }) => id)
            .filter((id, index, all) => all.indexOf(id) !== index),
          untold: document.body.innerText.includes('translation missing'),
        }))
        assert.deepEqual(facts, { headings: 1, nameless: [], duplicates: [], untold: false }, path)
      }
      assert.deepEqual(complaints, [])
    }).timeout(60_000)
  }

  test('MAIL-06: a list is made, gets members, decides about a post and goes', async ({
    assert,
    browserContext,
    visit,
  }) => {
    const tenant = await makeTenant()
    await browserContext.loginAs(tenant.admin)
    const page = await visit(`/domains/${tenant.domain.id}/mailing_lists`)
    await page.getByText('メーリングリストはまだありません').waitFor()
    await page.getByRole('link', { name: 'メーリングリストを作成' }).click()
    await page.getByLabel('メーリングリスト名').fill('club-ctl')
    await page.getByRole('button', { name: '作成する' }).click()
    await page.getByText('管理に使うため付けられません').first().waitFor()
    await page.getByLabel('メーリングリスト名').fill('club')
    await page.getByLabel('メンバー', { exact: false }).last().waitFor()
    await page.locator('#members').fill('a@example.jp\nb@example.jp')
    await page.getByRole('button', { name: '作成する' }).click()
    await page.getByRole('heading', { name: `club@${tenant.domain.unicodeName}` }).waitFor()

    await page.getByRole('link', { name: 'メンバーを管理' }).click()
    await page.getByText('すべて反映されています').waitFor()
    await page.getByLabel('a@example.jp を選ぶ').check()
    await page.getByRole('button', { name: '選んだメンバーを外す' }).click()
    await page.getByRole('button', { name: '1件を外す' }).click()
    await page.getByText('1件のアドレスをメンバーから外しました').waitFor()

    const list = await MailingList.findByOrFail('localPart', 'club')
    await page.goto(`/mailing_lists/${list.id}`)
    await page.getByRole('link', { name: '1 件' }).click()
    await page.getByRole('link', { name: post.subject }).click()
    await page.getByRole('link', { name: '却下する' }).click()
    await page.getByRole('link', { name: 'やめる' }).click()
    await page.getByRole('button', { name: '承認して配信する' }).click()
    await page.getByText('投稿を承認しました').waitFor()

    await page.goto(`/mailing_lists/${list.id}`)
    await page.getByRole('link', { name: 'メーリングリストを削除する' }).click()
    await page.getByRole('button', { name: '削除する' }).click()
    await page.getByText(`「club@${tenant.domain.unicodeName}」を削除しました`).waitFor()
    assert.isNull(await MailingList.find(list.id))
  })
})
