import { test } from '@japa/runner'
import { makeContract, makeDomain, makeMailbox, makeServer } from '#database/factories/tenant'
import { hashPassword, hashSshPassword, matchesPassword } from '#models/account/password'

const plain = 'correct 馬 battery'

test.group("Passwords' hashes", () => {
  test('PNL-01: a user has Argon2id, its parameters in the order that Dovecot reads', async ({
    assert,
  }) => {
    const hash = await hashPassword(plain)
    assert.match(hash, /^\$argon2id\$v=19\$m=\d+,t=\d+,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
    assert.isTrue(await matchesPassword(plain, hash))
    assert.isFalse(await matchesPassword(`${plain} `, hash))
    assert.notEqual(await hashPassword(plain), hash)
  })

  test('SSH-01: a domain admin has one that the system of the server verifies', async ({
    assert,
  }) => {
    const hash = await hashSshPassword(plain)
    assert.match(hash, /^\$2b\$\d\d\$.{53}$/)
    assert.isTrue(await matchesPassword(plain, hash))
    assert.isFalse(await matchesPassword('another', hash))
  })

  test('SSH-01: another hash is refused for a domain admin, and taken for a user', async ({
    assert,
  }) => {
    const { contract } = await makeContract()
    const server = await makeServer(contract)
    const { domain, admin } = await makeDomain(server)
    const user = await makeMailbox(domain, server, 'taro')
    await admin.load('mailbox')
    assert.match(await admin.mailbox.hashOf(plain), /^\$2b\$/)
    assert.match(await admin.hashOf(plain), /^\$2b\$/)
    assert.match(await user.mailbox.hashOf(plain), /^\$argon2id\$/)
    assert.match(await user.account.hashOf(plain), /^\$argon2id\$/)
    await assert.rejects(async () => admin.setPasswordHash(await hashPassword(plain)), /sshd/)
    await user.account.setPasswordHash(await hashPassword(plain))
    assert.isTrue(await user.account.hasPassword(plain))
  })
})
