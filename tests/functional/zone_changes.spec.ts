import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeTenant } from '#database/factories/tenant'
import { Refusal } from '#exceptions/refusals'
import OperationLog from '#models/operation_log'
import Task from '#models/task'
import Zone from '#models/zone'
import ZoneChange from '#models/zone_change'

const name = { ascii: 'zone.example.jp', unicode: 'zone.example.jp' }
const www = { name: 'www', type: 'A', ttl: 300, content: '192.0.2.1' }

test.group('Changes of zones', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('OPT-10: a change is its records, a serial, a line of history, one of the log and a publication', async ({
    assert,
  }) => {
    const { contract, contractor } = await makeTenant()
    const actor = { by: contractor, ip: '192.0.2.9' }
    const zone = await Zone.add(contract.id, { name, records: [www] }, actor)
    const before = zone.serial
    await Task.query().where('kind', 'publish_zone').delete()

    const isChanged = await zone.change(actor, { action: 'zone_records.store' }, (draft) => {
      const [old] = draft.records
      draft.replace((old as { id: number } & typeof old).id, { ...www, content: '192.0.2.2' })
    })

    assert.isTrue(isChanged)
    const now = await Zone.findOrFail(zone.id)
    assert.equal(now.serial, before + 1)
    const lines = await now.lines(Zone.query().client)
    assert.deepEqual(
      lines.map(({ content }) => content),
      ['192.0.2.2']
    )
    const change = await ZoneChange.findByOrFail('zoneId', zone.id)
    assert.equal(change.serial, now.serial)
    assert.deepEqual(JSON.parse(change.removed), [['www', 300, 'A', '192.0.2.1']])
    assert.deepEqual(JSON.parse(change.added), [['www', 300, 'A', '192.0.2.2']])
    const line = await OperationLog.findByOrFail('action', 'zone_records.store')
    assert.equal(line.target, name.unicode)
    const [task] = await Task.query().where('kind', 'publish_zone')
    assert.deepEqual(task.input, { zoneId: zone.id })
  })

  test('OPT-10: what changes nothing leaves no trace', async ({ assert }) => {
    const { contract, contractor } = await makeTenant()
    const actor = { by: contractor, ip: null }
    const zone = await Zone.add(contract.id, { name, records: [www] }, actor)
    const isChanged = await zone.change(actor, { action: 'zone_records.store' }, (draft) => {
      draft.set([{ ...www }])
    })
    assert.isFalse(isChanged)
    const now = await Zone.findOrFail(zone.id)
    assert.equal(now.serial, zone.serial)
    assert.lengthOf(await ZoneChange.query(), 0)
  })

  test('OPT-10: a zone name is once on the name servers, also until a deleted one is off them', async ({
    assert,
  }) => {
    const { contract, contractor } = await makeTenant()
    const actor = { by: contractor, ip: null }
    const zone = await Zone.add(contract.id, { name }, actor)
    await zone.remove(actor)
    const now = await Zone.findOrFail(zone.id)
    assert.isNotNull(now.deletedAt)
    await assert.rejects(
      () => zone.change(actor, { action: 'zone_records.store' }, (draft) => draft.add(www)),
      Refusal
    )
    await assert.rejects(() => Zone.add(contract.id, { name }, actor), Refusal)
  })
})
