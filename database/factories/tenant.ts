import { generateKeyPairSync, randomInt, randomUUID } from 'node:crypto'
import encryption from '@adonisjs/core/services/encryption'
import { DateTime } from 'luxon'
import Account, { type AccountRole } from '#models/account'
import Certificate from '#models/certificate'
import { keyText } from '#models/certificate/key'
import ComputeNode from '#models/compute_node'
import Contract from '#models/contract'
import Domain from '#models/domain'
import DomainDeletion from '#models/domain_deletion'
import { reverseName } from '#models/domain/domain_name'
import Mailbox from '#models/mailbox'
import NameClaim, { type NameClaimState } from '#models/name_claim'
import Server from '#models/server'
import Staff, { type StaffRole } from '#models/staff'
import Zone from '#models/zone'
import { providerFor } from '#models/actor'
import { hashPassword, hashSshPassword } from '#models/account/password'
import type { ServerState } from '#models/server'

export const password = 'correct-Horse7battery'
const hashes = new Map<boolean, string>()

const unique = () => randomUUID().slice(0, 8)

/** Each kind is made once: hashing is slow on purpose. */
async function passwordHash(forSsh: boolean) {
  const hash = hashes.get(forSsh) ?? (await (forSsh ? hashSshPassword : hashPassword)(password))
  hashes.set(forSsh, hash)
  return hash
}

/** A contract with its contractor; `servers`, `domains` and `mailboxes` are added by what follows. */
export async function makeContract(name = '株式会社テスト') {
  const contract = await Contract.create({ code: `c${randomInt(1e9)}`, name })
  const contractor = await makeAccount('contractor', contract.code, { contractId: contract.id })
  return { contract, contractor }
}

export async function makeNode() {
  return ComputeNode.create({ name: `node-${unique()}`, driver: 'lxd', endpoint: '/nonexistent' })
}

/** A server that nobody can reach, as far as the panel's pages are concerned. */
export async function makeServer(contract: Contract, state: ServerState = 'running') {
  const node = await makeNode()
  const name = `msv-${unique()}`
  const address = `192.0.2.${randomInt(1, 255)}`
  const names = { name, instance: name, hostname: `${name}.mngsv.biz` }
  const owner = { contractId: contract.id, computeNodeId: node.id }
  const server = await Server.create({
    ...names,
    ...owner,
    kind: 'virtual',
    plan: 'A',
    state,
    address,
  })
  return server.refresh()
}

/** As it is after its first apply: the rows that `Domain.add` makes, without log line and task. */
export async function makeDomain(server: Server, name = `${unique()}.jp`, unicodeName = name) {
  await server.refresh()
  const { nextUid: uid, nextSlot: slot } = server
  await server.merge({ nextUid: uid + 2, nextSlot: slot + 1 }).save()
  const php = { phpHttp: '8.4', phpHttps: '8.4', phpStagingHttp: '8.4', phpStagingHttps: '8.4' }
  const others = await Domain.query().where('name', name)
  const namePlace = Math.max(0, ...others.map((each) => each.namePlace)) + 1
  const names = { name, namePlace, unicodeName, reversedName: reverseName(name) }
  const ids = {
    serverId: server.id,
    contractId: server.contractId,
    uid,
    slot,
    kind: 'own' as const,
    quotaMb: 10_240,
  }
  const state = { testName: `${unique()}.mngsv.biz`, appliedAt: DateTime.utc() }
  const domain = await Domain.create({ ...names, ...ids, ...php, ...state })
  const { account: admin } = await makeMailbox(domain, server, 'admin', 'domain_admin')
  return { domain, admin }
}

export async function makeMailbox(
  domain: Domain,
  server: Server,
  localPart: string = `user-${unique()}`,
  role: Exclude<AccountRole, 'contractor'> = 'mailbox'
) {
  await server.refresh()
  await server.merge({ nextUid: server.nextUid + 1 }).save()
  const uid = server.nextUid - 1
  const ftpRight = role === 'domain_admin'
  const mailbox = await Mailbox.create({
    domainId: domain.id,
    localPart,
    uid,
    quotaMb: 1024,
    ftpRight,
  })
  const owner = { contractId: server.contractId, domainId: domain.id, mailboxId: mailbox.id }
  const account = await makeAccount(role, `${localPart}@${domain.signInName}`, owner)
  return { mailbox, account }
}

async function makeAccount(
  role: AccountRole,
  login: string,
  owner: { contractId: number; domainId?: number; mailboxId?: number }
) {
  const hash = await passwordHash(role === 'domain_admin')
  return Account.create({ role, login, password: hash, ...owner })
}

export async function makeStaff(role: StaffRole = 'administrator') {
  const login = `staff-${unique()}`
  return Staff.create({ login, name: '運用 花子', role, password: await passwordHash(false) })
}

/** DOM-05: deleted a moment ago, as far as rows go. */
export function makeDeletion({ id: domainId, contractId }: Domain, days = 14) {
  const endsAt = DateTime.utc().plus({ days })
  return DomainDeletion.create({ domainId, contractId, requestedBy: 'tester', endsAt })
}

/** DOM-01: a name that the server's contract says is its own. */
export function makeNameClaim(server: Server, name: string, state: NameClaimState = 'open') {
  const { id: serverId, contractId } = server
  const expiresAt = DateTime.utc().plus({ days: 14 })
  const token = randomUUID().replaceAll('-', '')
  const names = { name, unicodeName: name, claimedBy: 'tester' }
  return NameClaim.create({ serverId, contractId, ...names, token, state, expiresAt })
}

/** A CSR that waits for its certificate. */
export async function makeCertificate({ id: domainId, contractId, name }: Domain) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return Certificate.create({
    ...{ contractId, domainId, source: 'request', keyKind: 'ec-p256', request: 'CSR' },
    privateKey: encryption.encrypt(keyText(privateKey)),
    names: JSON.stringify([name, `www.${name}`]),
  })
}

/** OPT-10: one that has been changed once. */
export async function makeZone({ contractId }: Server, name = `${unique()}.jp`) {
  const author = providerFor(contractId, 'system')
  const added = await Zone.add(contractId, { name: { ascii: name, unicode: name } }, author)
  const line = { name: 'www', type: 'A', ttl: 300, content: '192.0.2.1' }
  await added.edit(author, { action: 'zone_records.store' }, (draft) => draft.add(line))
  return Zone.findOrFail(added.id)
}

/** Everything one customer can have: the usual inhabitants of a test. */
export async function makeTenant() {
  const { contract, contractor } = await makeContract()
  const server = await makeServer(contract)
  const { domain, admin } = await makeDomain(server)
  const { mailbox, account: user } = await makeMailbox(domain, server)
  return { contract, contractor, server, domain, admin, mailbox, user }
}

export type Tenant = Awaited<ReturnType<typeof makeTenant>>
