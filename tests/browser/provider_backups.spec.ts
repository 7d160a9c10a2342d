import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import { makeBackup, makeBackupTarget, makeRestore } from '#database/factories/backup'
import { databaseRow } from '#database/factories/database'
import { makeStaff, makeTenant } from '#database/factories/tenant'
import Database from '#models/database'
import BackupTargetRun from '#models/backup_target_run'
import ServerRebuild from '#models/server_rebuild'
import { overflowOf, watch } from '#tests/support/watched_page'

test.group('The provider’s backups in a browser', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  for (const width of [390, 1280]) {
    test(`PNL-02, BKP-02: no page of copies is wider than ${width} pixels; each names what it has`, async ({
      assert,
      browserContext,
      visit,
    }) => {
      const complaints = watch(browserContext)
      const { domain, admin } = await makeTenant()
      await Database.create(databaseRow(domain, 'a'.repeat(32)))
      const restore = await makeRestore(domain)
      const failed = await makeBackup(domain, 'failed')
      await failed.merge({ reason: 'unreachable', words: 'x'.repeat(300) }).save()
      const partial = await makeBackup(domain, 'partial')
      await partial.merge({ damaged: 3, verifiedAt: DateTime.utc() }).save()
      const own = `/domains/${domain.id}/backup_restores`
      const rebuild = await ServerRebuild.create({
        ...{ serverId: domain.serverId, requestedBy: 'tester', state: 'restoring' as const },
      })
      await restore.merge({ serverRebuildId: rebuild.id }).save()
      const target = await makeBackupTarget()
      await target.merge({ hostKey: `ssh-rsa ${'A'.repeat(500)}`, sizeBytes: 5e9 }).save()
      for (const kind of ['copy', 'check'] as const) {
        const run = await BackupTargetRun.request(target, kind, 'tester')
        await run.fail('host_key', 'x'.repeat(300))
      }
      const staffs = [
        '/staff/backup_targets/create',
        `/staff/backup_targets/${target.id}`,
        `/staff/backup_targets/${target.id}/edit`,
        '/staff/backups',
        `/staff/servers/${domain.serverId}`,
        `/staff/servers/${domain.serverId}/rebuilds/create`,
        `/staff/server_rebuilds/${rebuild.id}`,
        ...[partial.id, failed.id].map((id) => `/staff/backups/${id}`),
        `/staff/backup_restores/${restore.id}`,
        `/staff/backup_hosts/${partial.backupHostId}/edit`,
      ]
      await browserContext.loginAs(admin)
      const page = await visit('/')
      await page.setViewportSize({ width, height: 844 })
      const look = async (path: string) => {
        await page.goto(path)
        if (process.env.SHOTS) {
          const name = path.replaceAll(/\d+/g, 'n').replaceAll(/[/?&=]/g, '_')
          await page.screenshot({
            path: `${process.env.SHOTS}/${width}${name}.png`,
            fullPage: true,
          })
        }
        assert.isAtMost(await overflowOf(page), 0, path)
        const facts = await page.evaluate(() => ({
          headings: document.querySelectorAll('h1').length,
          nameless: [...document.querySelectorAll('main input:not([type=hidden])')]
            .filter((field) => !document.querySelector(`label[for="${field.id}"]`))
            .map((field) => field.outerHTML),
          untold: document.body.innerText.includes('translation missing'),
        }))
        assert.deepEqual(facts, { headings: 1, nameless: [], untold: false }, path)
      }
      const asked = `${own}/create?generation=${partial.id}&database=${'a'.repeat(32)}`
      for (const path of [`${own}/create`, asked, `${own}/${restore.id}`]) await look(path)
      await browserContext.withGuard('staff').loginAs(await makeStaff())
      for (const path of staffs) await look(path)
      await page.goto(`/staff/backup_targets/${target.id}`)
      await page.getByRole('button', { name: 'パスワードを表示する' }).click()
      await page.getByText('一度だけ表示します').waitFor()
      assert.isAtMost(await overflowOf(page), 0)
      if (process.env.SHOTS)
        await page.screenshot({
          path: `${process.env.SHOTS}/${width}_password.png`,
          fullPage: true,
        })
      assert.deepEqual(complaints, [])
    }).timeout(60_000)
  }
})
