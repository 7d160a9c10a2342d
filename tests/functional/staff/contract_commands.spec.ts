import ace from '@adonisjs/core/services/ace'
import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import ContractCreate from '#commands/contract_create'
import ContractInvite from '#commands/contract_invite'
import ContractResume from '#commands/contract_resume'
import ContractsList from '#commands/contracts_list'
import ContractSuspend from '#commands/contract_suspend'
import { makeTenant } from '#database/factories/tenant'
import Contract from '#models/contract'
import ContractSuspension from '#models/contract_suspension'
import PasswordInvitation from '#models/password_invitation'
import StaffLog from '#models/staff_log'
import Task from '#models/task'

const commands = [ContractCreate, ContractInvite, ContractResume, ContractsList, ContractSuspend]

/** As a script calls it: what it printed, read as JSON, and its exit status. */
async function run(command: (typeof commands)[number], argv: readonly string[]) {
  ace.ui.switchMode('raw')
  try {
    const made = await ace.create(command as typeof ContractCreate, [...argv, '--json'])
    await made.exec()
    const lines = made.logger.getLogs().map(({ message }) => message)
    return { status: made.exitCode ?? 0, facts: JSON.parse(lines.at(-1) ?? 'null') }
  } finally {
    ace.ui.switchMode('normal')
  }
}

test.group('OPS-07: contracts at the console', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('OPS-07: contract:create opens a contract and mails the link, or prints it when asked', async ({
    assert,
  }) => {
    const mailed = await run(ContractCreate, ['有限会社あらた', 'arata@example.jp'])
    const contract = await Contract.findByOrFail('name', '有限会社あらた')
    const facts = { contract: contract.code, mailed: 'arata@example.jp' }
    assert.deepEqual(mailed, { status: 0, facts })
    assert.isNotNull(await Task.findBy({ kind: 'send_invitation' }))
    const printed = await run(ContractInvite, [contract.code.toUpperCase(), '--letter'])
    const [, token] = /\/welcome\/([b-z2-9-]{23})$/.exec(printed.facts.url)!
    const invitation = await PasswordInvitation.open(token)
    assert.equal(invitation?.account.login, contract.code)
    const lines = await StaffLog.query().where('target', contract.code).orderBy('seq')
    assert.deepEqual(
      lines.map(({ action, actor }) => [action, actor]),
      [
        ['contract.store', 'console'],
        ['password_invitation.store', 'console'],
        ['password_invitation.store', 'console'],
      ]
    )
    assert.notInclude(JSON.stringify(lines), token)
  })

  test('OPS-07: what cannot be is said, and nothing is done', async ({ assert }) => {
    const wrong = await run(ContractCreate, ['会社', 'nobody'])
    assert.deepEqual(wrong, { status: 1, facts: { refused: 'command_contract_is_wrong' } })
    assert.isNull(await Contract.findBy('name', '会社'))
    const { contract } = await makeTenant()
    const nowhere = await run(ContractInvite, [contract.code])
    assert.equal(nowhere.facts.refused, 'command_contract_has_no_address')
    const unknown = await run(ContractSuspend, ['c999999999', '未納'])
    assert.deepEqual(unknown, { status: 1, facts: { refused: 'command_contract_is_unknown' } })
    const silent = await run(ContractSuspend, [contract.code, ' '])
    assert.equal(silent.facts.refused, 'command_reason_is_wrong')
    const running = await run(ContractResume, [contract.code])
    assert.equal(running.facts.refused, 'contract_is_not_suspended')
    assert.isNull(await ContractSuspension.first())
  })

  test('OPS-07: a contract is stopped, shown as stopped, and resumed', async ({ assert }) => {
    const { contract, server } = await makeTenant()
    const stopped = await run(ContractSuspend, [contract.code, '3か月分の未納'])
    assert.deepEqual(stopped, {
      status: 0,
      facts: { contract: contract.code, suspended: true },
    })
    const apply = await Task.findBy({ kind: 'converge_server', serverId: server.id })
    assert.isNotNull(apply)
    const { facts } = await run(ContractsList, [`--search=${contract.code}`])
    assert.deepEqual(facts.contracts, [
      { contract: contract.code, name: contract.name, servers: 1, suspended: true },
    ])
    const resumed = await run(ContractResume, [contract.code])
    assert.isFalse(resumed.facts.suspended)
    assert.isNull(await ContractSuspension.of(contract.id))
  })
})
