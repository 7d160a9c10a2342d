import { test } from '@japa/runner'
import ace from '@adonisjs/core/services/ace'
import db from '@adonisjs/lucid/services/db'
import testUtils from '@adonisjs/core/services/test_utils'
import { Day } from '#calendar/day'
import FeesBegin from '#commands/fees_begin'
import { makeServer, makeTenant } from '#database/factories/tenant'
import Fee from '#models/fee'
import { chargeServer, unchargedServers } from '#models/fee/missing'

const from = Day.of('2026-12-01')

test.group('Servers that nobody pays for', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('ORD-07: those that were there before there were prices are found, and paid for once', async ({
    assert,
  }) => {
    const { contract, server } = await makeTenant()
    const [paid, ended] = [await makeServer(contract), await makeServer(contract)]
    await server.merge({ state: 'running', plan: 'C' }).save()
    await paid.merge({ state: 'running' }).save()
    await ended.merge({ state: 'ended' }).save()
    await db.transaction((client) =>
      Fee.begin({ contractId: contract.id, code: 'plan.A', serverId: paid.id, from }, client)
    )
    const own = async () => {
      const all = await unchargedServers()
      return all.filter(({ contractId }) => contractId === contract.id)
    }
    const found = await own()
    assert.deepEqual(
      found.map(({ id }) => id),
      [server.id]
    )
    assert.isTrue(await chargeServer(found[0], from))
    assert.isFalse(await chargeServer(found[0], from))
    assert.lengthOf(await own(), 0)
    const fees = await Fee.query().where('serverId', server.id)
    assert.lengthOf(fees, 1)
    assert.deepInclude(fees[0].toJSON(), { code: 'plan.C', fromOn: '2026-12-01' })
  })

  test('ORD-07: staff look first, then begin the fees; a day that there isn’t is refused', async ({
    assert,
    cleanup,
  }) => {
    ace.ui.switchMode('raw')
    cleanup(() => ace.ui.switchMode('normal'))
    const { server } = await makeTenant()
    await server.merge({ state: 'running' }).save()
    const run = async (...flags: string[]) => {
      const command = await ace.create(FeesBegin, flags)
      await command.exec()
      return command
    }
    const wrong = await run('--from=2026-02-30')
    assert.equal(wrong.exitCode, 1)
    await run('--dry-run', '--from=2026-12-01')
    assert.isNull(await Fee.findBy('serverId', server.id))
    await run('--from=2026-12-01')
    const fee = await Fee.findByOrFail('serverId', server.id)
    assert.equal(fee.fromOn, '2026-12-01')
  })
})
