import testUtils from '@adonisjs/core/services/test_utils'
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import { makeServer, makeStaff, makeTenant } from '#database/factories/tenant'
import Server from '#models/server'
import { overflowOf, watch } from '#tests/support/watched_page'

const shots = process.env.SHOTS

test.group('The life of a server in a browser', (group) => {
  group.each.setup(() => testUtils.db().truncate())
  group.each.setup(() => limiter.clear())

  for (const width of [390, 1280]) {
    test(`SRV-03, SRV-05: at ${width} pixels a contractor finds, stops and restarts his server`, async ({
      assert,
      browserContext,
      visit,
    }) => {
      const complaints = watch(browserContext)
      const { contract, contractor, server } = await makeTenant()
      await server.merge({ machineStatus: 'running', diskUsedMb: 94_000 }).save()
      const second = await makeServer(contract)
      await second.merge({ state: 'stopped', description: '検証用' }).save()
      await browserContext.loginAs(contractor)
      const page = await visit('/servers')
      await page.setViewportSize({ width, height: 844 })
      const looked = async (name: string) => {
        assert.isAtMost(await overflowOf(page), 0, name)
        assert.notInclude(await page.innerText('body'), 'translation missing', name)
        if (shots) await page.screenshot({ path: `${shots}/${name}-${width}.png`, fullPage: true })
      }
      await looked('servers')
      await page.getByRole('link', { name: second.name }).click()
      await looked('server-stopped')
      await page.getByRole('link', { name: '起動', exact: true }).click()
      await looked('power-start')
      await page.goto(`/servers/${server.id}`)
      await page.getByRole('link', { name: '停止', exact: true }).click()
      await looked('power-stop')
      await page.getByRole('link', { name: 'やめる' }).click()
      await page.getByRole('link', { name: '再起動', exact: true }).click()
      await looked('power-restart')
      await page.getByRole('button', { name: '再起動する' }).click()
      await page.getByText('再起動を受け付けました').first().waitFor()
      await page.getByText('操作が進行中です').waitFor()
      await looked('server-restarting')
      await page.goto(`/servers/${server.id}/power?power=stop`)
      await page.getByText('いまはこの操作を行えません').waitFor()
      await looked('power-not-now')
      assert.deepEqual(complaints, [])
    })

    test(`ORD-04, SRV-01: at ${width} pixels staff see what became of a server, and bring it back`, async ({
      assert,
      browserContext,
      visit,
    }) => {
      const complaints = watch(browserContext)
      const { contract, server } = await makeTenant()
      const staff = await makeStaff()
      await browserContext.withGuard('staff').loginAs(staff)
      await server.merge({ machineStatus: 'missing', lookedAt: DateTime.utc() }).save()
      const page = await visit(`/staff/servers/${server.id}`)
      await page.setViewportSize({ width, height: 844 })
      const looked = async (name: string) => {
        assert.isAtMost(await overflowOf(page), 0, name)
        assert.notInclude(await page.innerText('body'), 'translation missing', name)
        if (shots) await page.screenshot({ path: `${shots}/${name}-${width}.png`, fullPage: true })
      }
      await looked('staff-server-missing')
      const ended = { state: 'ended', endedOn: '2026-11-20', removesAt: DateTime.utc() } as const
      await server.merge(ended).save()
      await page.reload()
      await looked('staff-server-ended')
      await page.getByRole('link', { name: '残す期間を変更' }).click()
      await page.locator('#removes_on').fill('2020-01-01')
      await page.getByRole('button', { name: '変更する' }).click()
      await page.getByText('明日から365日後までの日を入力').first().waitFor()
      await looked('staff-server-grace')
      const day = DateTime.utc().plus({ days: 30 }).toISODate()
      await page.locator('#removes_on').fill(day)
      await page.getByRole('button', { name: '変更する' }).click()
      await page.getByText('残しておく期間を変更しました').first().waitFor()
      await page.getByRole('link', { name: '元に戻す' }).click()
      await looked('staff-server-return')
      await page.getByRole('button', { name: '元に戻す' }).click()
      await page.getByText('元に戻しています').first().waitFor()

      const failed = await makeServer(contract)
      await Server.query().where('id', failed.id).update({ state: 'failed' })
      await page.goto(`/staff/servers/${failed.id}`)
      await looked('staff-server-unfinished')
      await page.getByRole('button', { name: 'もう一度作る' }).click()
      await page.getByText('もう一度始めました').first().waitFor()
      assert.deepEqual(complaints, [])
    })
  }
})
