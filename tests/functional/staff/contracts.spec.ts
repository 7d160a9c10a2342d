import mail from '@adonisjs/mail/services/main'
import testUtils from '@adonisjs/core/services/test_utils'
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import type { ApiClient, ApiResponse } from '@japa/api-client'
import { DateTime } from 'luxon'
import { makeStaff, makeTenant, password } from '#database/factories/tenant'
import { loadDesiredServer } from '#convergence/desired/load_desired_server'
import SendInvitation from '#jobs/send_invitation'
import Account from '#models/account'
import AutomaticCertificate from '#models/automatic_certificate'
import Contract from '#models/contract'
import ContractProfile from '#models/contract_profile'
import ContractSuspension from '#models/contract_suspension'
import OperationLog from '#models/operation_log'
import PasswordInvitation from '#models/password_invitation'
import type Staff from '#models/staff'
import StaffLog from '#models/staff_log'
import Task from '#models/task'

const chosen = 'shiny-Kettle82-moon'
const atConsole = { staff: null }
const twice = { password: chosen, password_confirmation: chosen }
const byStaff = (client: ApiClient, path: string, form: object, staff: Staff) =>
  client.post(path).form(form).withGuard('staff').loginAs(staff).withCsrfToken().redirects(0)
const lookAs = (client: ApiClient, path: string, staff: Staff) =>
  client.get(path).withGuard('staff').loginAs(staff)
const sayingOf = (answer: ApiResponse) => (answer.flashMessage('inputErrorsBag') as any).form[0]
const choose = (client: ApiClient, token: string, form: object = twice) =>
  client.post(`/welcome/${token}?_method=PUT`).form(form).withCsrfToken().redirects(0)

test.group('Contracts in the hands of staff', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  group.each.setup(() => limiter.clear())

  test('ORD-05, OPS-07: staff open a contract for a new customer, whose password nobody knows', async ({
    assert,
    client,
  }) => {
    const staff = await makeStaff()
    const wish = { contract_name: '有限会社あらた', person_mail: 'arata@example.jp' }
    const wrong = await byStaff(client, '/staff/contracts', { ...wish, phone: 'なし' }, staff)
    assert.property(wrong.flashMessage('inputErrorsBag'), 'phone')
    const typed = { ...wish, phone: '０６ ６９４８ １４０２', person_name: '新 太郎' }
    const made = await byStaff(client, '/staff/contracts', typed, staff)
    const contract = await Contract.findByOrFail('name', '有限会社あらた')
    assert.match(contract.code, /^c\d{6,}$/)
    assert.equal(contract.noticeAddress, 'arata@example.jp')
    const next = `/staff/contracts/${contract.id}/password_invitations/create`
    assert.equal(made.header('location'), next)
    const profile = await ContractProfile.findByOrFail('contractId', contract.id)
    assert.include(profile.serialize(), { phone: '06-6948-1402', personName: '新 太郎' })
    const account = await contract.contractor()
    assert.equal(account.login, contract.code)
    assert.isFalse(await account.hasPassword(''))
  })

  test('OPS-07: the printed letter holds a link that works once, and the database only its hash', async ({
    assert,
    client,
  }) => {
    const staff = await makeStaff()
    const { contract, contractor } = await makeTenant()
    const { invitation, token } = await PasswordInvitation.byLetter(contractor, { staff })
    assert.match(token, /^[b-z2-9]{5}(-[b-z2-9]{5}){3}$/)
    assert.notInclude(JSON.stringify(invitation.serialize()), token)

    const page = await client.get(`/welcome/${token}`)
    page.assertTextIncludes(contract.code)
    const weak = await choose(client, token, { password: 'password' })
    assert.property(weak.flashMessage('inputErrorsBag'), 'password')
    const done = await choose(client, token.toUpperCase().replaceAll('-', ''))
    assert.equal(done.header('location'), '/sign_in')
    const account = await Account.authenticate(contract.code, chosen)
    assert.equal(account?.id, contractor.id)
    const line = await OperationLog.findByOrFail({ contractId: contract.id })
    assert.include(line.serialize(), { action: 'password.update', role: 'contractor' })

    const again = await choose(client, token, { ...twice, password: 'other-Kettle82-moon' })
    assert.equal(again.header('location'), '/welcome')
    assert.isNotNull(await Account.authenticate(contract.code, chosen))
  })

  test('OPS-07: of two who use a link at the same moment one wins', async ({ assert }) => {
    const { contractor } = await makeTenant()
    const { token } = await PasswordInvitation.byLetter(contractor, atConsole)
    const [first, second] = [
      await PasswordInvitation.open(token),
      await PasswordInvitation.open(token),
    ]
    await first!.use(await Account.hashPassword(chosen), null)
    const late = second!.use(await Account.hashPassword('late-Kettle82-moon'), null)
    await assert.rejects(() => late, /invitation_is_over/)
    assert.isNotNull(await Account.authenticate(contractor.login, chosen))
  })

  test('OPS-07: a new link ends the one before, and each ends by itself', async ({
    assert,
    client,
  }) => {
    const { contractor } = await makeTenant()
    const first = await PasswordInvitation.byLetter(contractor, atConsole)
    const second = await PasswordInvitation.byLetter(contractor, atConsole)
    const replaced = await client.get(`/welcome/${first.token}`).redirects(0)
    assert.equal(replaced.header('location'), '/welcome')
    await second.invitation.merge({ expiresAt: DateTime.utc().minus({ minutes: 1 }) }).save()
    const late = await choose(client, second.token)
    assert.equal(late.header('location'), '/welcome')
    const unknown = await client.get('/welcome/bcdfg-hjkmn-pqrst-vwxz2').redirects(0)
    assert.equal(unknown.header('location'), '/welcome')
    assert.isNull(await Account.authenticate(contractor.login, chosen))
  })

  test('OPS-07: who tries links that do not exist is stopped', async ({ assert, client }) => {
    for (let tries = 0; tries < 20; tries++) await client.get(`/welcome/bcdfghjkmn${tries}`)
    const stopped = await client.get('/welcome/bcdfghjkmnpqrst').redirects(0)
    assert.equal(stopped.status(), 429)
  })

  test('OPS-07: staff print the letter, may load it again, and nobody else sees it', async ({
    assert,
    client,
  }) => {
    const staff = await makeStaff()
    const { contract } = await makeTenant()
    const path = `/staff/contracts/${contract.id}/password_invitations`
    const made = await byStaff(client, path, { means: 'letter' }, staff)
    const invitation = await PasswordInvitation.firstOrFail()
    const url = `/staff/password_invitations/${invitation.id}`
    assert.equal(made.header('location'), url)
    const session = made.session()
    const letter = await lookAs(client, url, staff).withSession(session)
    letter.assertTextIncludes(contract.code)
    const [, token] = /\/welcome\/([b-z2-9-]{23})/.exec(letter.text())!
    assert.isNotNull(await PasswordInvitation.open(token))
    assert.notInclude(JSON.stringify(session), token)
    const elsewhere = await lookAs(client, url, staff).redirects(0)
    assert.equal(elsewhere.header('location'), `${path}/create`)
  })

  test('OPS-07: by mail the link exists only in the mail; a mail that did not leave is worth nothing', async ({
    assert,
    client,
    cleanup,
  }) => {
    const { messages } = mail.fake()
    cleanup(() => mail.restore())
    const staff = await makeStaff()
    const { contract, contractor } = await makeTenant()
    await contract.merge({ noticeAddress: 'boss@example.jp' }).save()
    const path = `/staff/contracts/${contract.id}/password_invitations`
    await byStaff(client, path, { means: 'mail' }, staff)
    const task = await Task.findByOrFail({ kind: 'send_invitation' })
    const invitation = await PasswordInvitation.findByOrFail({ accountId: contractor.id })
    assert.isNull(invitation.tokenHash)
    const lost = await invitation.renewToken()
    await new SendInvitation().handle({ payload: task.input })
    await new SendInvitation().handle({ payload: task.input })
    const sent = messages.sent()
    assert.lengthOf(sent, 1)
    const message = sent[0].toJSON().message as any
    const [, token] = /\/welcome\/([b-z2-9-]{23})/.exec(message.text)!
    assert.isNull(await PasswordInvitation.open(lost))
    const found = await PasswordInvitation.open(token)
    assert.equal(found?.account.id, contractor.id)
    assert.notInclude(JSON.stringify(task.serialize()), token)
  })

  test('OPS-07: staff change what is known of a customer; the customer’s own log tells nothing', async ({
    assert,
    client,
  }) => {
    const staff = await makeStaff()
    const { contract } = await makeTenant()
    const form = await lookAs(client, `/staff/contracts/${contract.id}/edit`, staff)
    form.assertTextIncludes(contract.name)
    const change = {
      contract_name: '株式会社あたらしい',
      person_mail: 'new@example.jp',
      technical_name: '技術 花子',
      technical_mail: 'tech@example.jp',
    }
    await byStaff(client, `/staff/contracts/${contract.id}?_method=PUT`, change, staff)
    await contract.refresh()
    assert.equal(contract.name, '株式会社あたらしい')
    const profile = await ContractProfile.findByOrFail('contractId', contract.id)
    assert.equal(profile.technicalMail, 'tech@example.jp')
    assert.isNull(await OperationLog.findBy({ contractId: contract.id }))
    const line = await StaffLog.query().orderBy('seq', 'desc').firstOrFail()
    assert.include(line.serialize(), { action: 'contract.update', target: contract.code })
    assert.notInclude(line.detail, 'あたらしい')
  })

  test('OPS-07: a contract that is stopped serves nothing and lets nobody of its domains in', async ({
    assert,
    client,
  }) => {
    const staff = await makeStaff()
    const { admin, contract, domain, server, user } = await makeTenant()
    const path = `/staff/contracts/${contract.id}/suspension`
    const asked = await lookAs(client, path, staff)
    asked.assertTextIncludes('503')
    const silent = await byStaff(client, path, {}, staff)
    assert.property(silent.flashMessage('inputErrorsBag'), 'suspension_reason')
    await byStaff(client, path, { suspension_reason: '3か月分の未納' }, staff)
    const apply = await Task.findByOrFail({ kind: 'converge_server', serverId: server.id })
    assert.deepInclude(apply.input as object, { domainIds: [domain.id] })
    const desired = await loadDesiredServer(server.id, 'all')
    assert.isNotEmpty(desired.domains)
    assert.isTrue(desired.domains.every(({ suspended }) => suspended))

    for (const account of [admin, user]) {
      const page = await client.get('/').loginAs(account).redirects(0)
      assert.equal(page.header('location'), '/sign_in')
      const attempt = client.post('/sign_in').form({ login: account.login, password })
      const refused = await attempt.withCsrfToken().redirects(0)
      assert.equal(refused.header('location'), '/sign_in')
      assert.include(refused.flashMessage('refusal'), '停止している')
    }
    const shown = await lookAs(client, `/staff/contracts/${contract.id}`, staff)
    shown.assertTextIncludes('3か月分の未納')
    const again = await byStaff(client, path, { suspension_reason: 'もう一度' }, staff)
    assert.include(sayingOf(again), 'すでに停止')

    await byStaff(client, `${path}?_method=DELETE`, {}, staff)
    const lines = await StaffLog.query().where('target', contract.code).orderBy('seq')
    assert.deepEqual(
      lines.map(({ action, staffId }) => [action, staffId]),
      [
        ['contract_suspension.store', staff.id],
        ['contract_suspension.destroy', staff.id],
      ]
    )
    const resumed = await loadDesiredServer(server.id, 'all')
    assert.isTrue(resumed.domains.every(({ suspended }) => !suspended))
    const page = await client.get('/').loginAs(user).redirects(0)
    assert.notEqual(page.header('location'), '/sign_in')
  })

  test('OPS-07: the contractor of a stopped contract reads, asks and pays, and changes nothing else', async ({
    assert,
    client,
  }) => {
    const { contract, contractor, domain } = await makeTenant()
    const other = await makeTenant()
    await ContractSuspension.begin(contract, '未納', atConsole)
    const page = await client.get('/servers').loginAs(contractor)
    page.assertTextIncludes('ご契約のご利用を停止しています')
    assert.notInclude(page.text(), '未納')
    const theirs = await client.get('/servers').loginAs(other.contractor)
    assert.notInclude(theirs.text(), '停止しています')
    const send = (path: string, form: object) =>
      client.post(path).form(form).loginAs(contractor).withCsrfToken().redirects(0)
    const refused = await send(`/domains/${domain.id}/suspension`, {})
    assert.include(sayingOf(refused), '停止しているため')
    await domain.refresh()
    assert.isNull(domain.suspendedAt)
    const question = {
      inquiry_subject: '再開',
      inquiry_body: 'お願いします',
      contact_mail: 'a@b.jp',
    }
    const sent = await send('/inquiries', question)
    assert.match(sent.header('location') ?? '', /^\/inquiries\/\d+$/)
    const paid = await send('/contract/payment', { payment_method: 'direct_debit' })
    assert.include(paid.flashMessage('success'), '受け付けました')
  })

  test('OPS-07, WEB-09: nobody asks an authority for sites of a stopped contract', async ({
    assert,
  }) => {
    const { contract, domain } = await makeTenant()
    const nextTryAt = DateTime.utc().minus({ hours: 1 })
    const names = { names: '[]', ordered: '[]', state: 'waiting' as const }
    await AutomaticCertificate.create({ domainId: domain.id, ...names, nextTryAt })
    assert.lengthOf(await AutomaticCertificate.due(DateTime.utc()), 1)
    await ContractSuspension.begin(contract, '未納', atConsole)
    assert.lengthOf(await AutomaticCertificate.due(DateTime.utc()), 0)
  })

  test('OPS-07: a contract that does not exist is not found', async ({ assert, client }) => {
    const staff = await makeStaff()
    for (const path of ['edit', 'suspension', 'password_invitations/create']) {
      const answer = await lookAs(client, `/staff/contracts/999999/${path}`, staff)
      assert.equal(answer.status(), 404, path)
    }
  })
})
