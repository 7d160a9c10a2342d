import type { Assert } from '@japa/assert'
import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import type { Page } from 'playwright'
import { makeMailbox, makeTenant } from '#database/factories/tenant'
import { answerWith } from '#monitoring/questions'
import { overflowOf, watch } from '#tests/support/watched_page'

const now = Math.floor(Date.now() / 1000)
const widths = [390, 1280]
const shots = process.env.SCREENSHOTS

/** For whoever wants to look at the pages: SCREENSHOTS=directory. */
async function picture(page: Page, name: string) {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true })
}

/** No page is wider than its window. */
async function fits(assert: Assert, page: Page, name: string, windows = widths) {
  for (const width of windows) {
    await page.setViewportSize({ width, height: 900 })
    assert.isAtMost(await overflowOf(page), 0)
    await picture(page, `${name}-${width}`)
  }
}

const recipient = (to: string, more: object) => ({
  ...{ to, orig_to: null, relay: '', dsn: '', status: 'sent', text: '', at: now - 50 },
  ...{ by: 'lmtp', done: [], ...more },
})

const mail = (id: string | null, sender: string, recipients: object[], more: object = {}) => ({
  ...{ id, at: now - 60, sender, own: false, login: null, client: '', size: 24_680 },
  ...{ message_id: '<20261122.A1B2@example.com>', program: false, recipients, more: 0, ...more },
})

test.group('What a server answers, in a browser', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('PNL-05: use and locks come into the rows of the list', async ({
    assert,
    browserContext,
    visit,
  }) => {
    const complaints = watch(browserContext)
    const { server, domain, admin, mailbox } = await makeTenant()
    for (const name of ['hanako', 'jiro', 'saburo']) await makeMailbox(domain, server, name)
    const address = `${mailbox.localPart}@${domain.name}`
    const restore = answerWith(async (_server, question) =>
      question === 'mail_usage'
        ? {
            [address]: 1_000_000,
            [`hanako@${domain.name}`]: 120_000,
            [`admin@${domain.name}`]: 3,
          }
        : [{ user: `hanako@${domain.name}`, kind: 'day', since: now - 600, until: now + 9000 }]
    )
    await browserContext.loginAs(admin)
    const page = await visit(`/domains/${domain.id}/mailboxes`)
    const cell = page.locator(`#usage-${mailbox.id}`)
    await cell.getByText('95%').waitFor()
    await page.getByText('送信停止中').waitFor()
    await fits(assert, page, 'users')
    restore()
    assert.deepEqual(complaints, [])
  })

  test('MAIL-11: a page of the mail log fits a phone and a desk', async ({
    assert,
    browserContext,
    visit,
  }) => {
    const complaints = watch(browserContext)
    const { domain, admin } = await makeTenant()
    const here = (name: string) => `${name}@${domain.name}`
    const restore = answerWith(async () => ({
      reached: now - 7200,
      skipped: [],
      messages: [
        mail(
          'A1B2C3D4E5',
          here('sato'),
          [
            recipient('customer@example.net', {
              by: 'smtp',
              relay: 'mx1.example.net[203.0.113.5]:25',
              text: '250 2.0.0 Ok: queued as 4XyZ',
            }),
            recipient('unknown@example.org', {
              status: 'bounced',
              dsn: '5.1.1',
              text: 'host mx.example.org[203.0.113.9] said: 550 5.1.1 <unknown@example.org>: Recipient address rejected: User unknown in virtual mailbox table (in reply to RCPT TO command)',
            }),
          ],
          { login: here('sato') }
        ),
        mail('B1B2C3D4E5', 'news@shop.example.com', [
          recipient(here('hanako'), { done: [{ what: 'stored', of: 'JunkMail' }] }),
        ]),
        mail('C1B2C3D4E5', 'friend@example.com', [
          recipient(here('jiro'), {
            done: [
              { what: 'forwarded', of: 'jiro.private@example.org', status: 'deferred' },
              { what: 'stored', of: 'INBOX' },
            ],
          }),
        ]),
        mail(
          null,
          'virus@bad.example',
          [
            recipient(here('sato'), {
              status: 'refused',
              by: 'END-OF-MESSAGE',
              text: '5.7.1 Virus found: Eicar',
            }),
          ],
          { size: null, message_id: '' }
        ),
        mail('D1B2C3D4E5', '', [recipient(here('admin'), { orig_to: here('postmaster') })]),
      ],
    }))
    await browserContext.loginAs(admin)
    const page = await visit(`/domains/${domain.id}/mail_searches`)
    await page.getByText('JunkMailフォルダに隔離しました').waitFor()
    await page.getByLabel('差出人').fill('friend')
    await page.getByRole('button', { name: '検索する' }).click()
    await page.waitForURL(/sender=friend/)
    assert.equal(await page.getByLabel('差出人').inputValue(), 'friend')
    await page.getByText('サーバの応答').first().click()
    await fits(assert, page, 'mail-log')
    restore()
    assert.deepEqual(complaints, [])
  })

  test('MAIL-04: a user gives himself a message back out of quarantine', async ({
    assert,
    browserContext,
    visit,
  }) => {
    const complaints = watch(browserContext)
    const { mailbox, user } = await makeTenant()
    const asked: Record<string, any>[] = []
    const messages = [
      ['おめでとうございます！100万円が当たりました', '抽選事務局', 'lottery@spam.example', '14.2'],
      ['請求書の件', '', 'invoice@partner.example', '10.1'],
      ['', 'Amazon', `${'very-long-address-'.repeat(6)}@phishing.example`, ''],
    ].map(([subject, name, address, score], index) => ({
      ...{ uid: 30 - index, subject, name, address, score, at: now - index * 9000, bytes: 2000 },
    }))
    const restore = answerWith(async (_server, question, given) => {
      asked.push({ question, ...given })
      return {
        validity: 9,
        total: 3,
        messages: question === 'release_junk' ? [messages[1]] : messages,
      }
    })
    await browserContext.loginAs(user)
    const page = await visit(`/mailboxes/${mailbox.id}/junk_mails`)
    await fits(assert, page, 'junk')
    await page.getByLabel('「請求書の件」を選ぶ').check()
    await page.getByLabel('今後、この差出人からのメールを').check()
    await page.getByRole('button', { name: '受信トレイに移す' }).click()
    await page.getByText('1通のメールを受信トレイに移しました').waitFor()
    const release = asked.find(({ question }) => question === 'release_junk')
    assert.deepEqual(release?.uids, [29])
    await page.setViewportSize({ width: 390, height: 900 })
    await page.getByText('すべて選ぶ', { exact: true }).click()
    await page.getByRole('button', { name: '削除する…' }).click()
    await page.getByText('選んだ 3 通のメールを削除すると').waitFor()
    await page.getByText('差出人：Amazon（very-long-address-').waitFor()
    await fits(assert, page, 'junk-delete')
    restore()
    assert.deepEqual(complaints, [])
  })

  test('MAIL-11: the set-up page fits a phone and a desk', async ({
    assert,
    browserContext,
    visit,
  }) => {
    const complaints = watch(browserContext)
    const { mailbox, user } = await makeTenant()
    const restore = answerWith(async (_server, question) => (question === 'mail_usage' ? {} : []))
    await browserContext.loginAs(user)
    const page = await visit(`/mailboxes/${mailbox.id}/client_setup`)
    await fits(assert, page, 'setup')
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: '設定ファイルをダウンロード' }).click(),
    ])
    assert.equal(file.suggestedFilename(), 'mail.mobileconfig')
    const own = await visit(`/mailboxes/${mailbox.id}`)
    await fits(assert, own, 'user')
    restore()
    assert.deepEqual(complaints, [])
  })

  test('REL-06: a server that is down leaves pages that say so', async ({
    assert,
    browserContext,
    visit,
  }) => {
    const { domain, admin } = await makeTenant()
    await browserContext.loginAs(admin)
    const page = await visit(`/domains/${domain.id}/mail_searches`)
    await page.getByText('サーバの情報を取得できません').waitFor()
    await fits(assert, page, 'down', [390])
    const shown = await visit(`/domains/${domain.id}`)
    await shown.getByText('使用量を取得できません').waitFor()
  })
})
