import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import env from '#start/env'
import Account from '#models/account'
import ComputeNode, { type LocalNode } from '#models/compute_node'
import Contract from '#models/contract'
import Domain from '#models/domain'
import Mailbox from '#models/mailbox'
import Server from '#models/server'
import Staff from '#models/staff'
import Task from '#models/task'
import { ensurePrices, ensureServerFee } from '#database/seeders/prices'
import { checkDomainName } from '#models/domain/domain_name'

const contractCode = 'c000001'
const domainName = 'demo-tsukasa.jp'

interface Credentials {
  readonly login: string
  readonly password: string
}

interface DemoFile {
  readonly url: string
  readonly accounts: Readonly<
    Record<'contractor' | 'domain_admin' | 'mailbox' | 'staff', Credentials>
  >
  readonly servers: readonly { readonly name: string; readonly address: string | null }[]
}

export interface Demo {
  /** Null where no LXD or Incus is at hand. */
  readonly server: Server | null
  /** What must be done before the demo can be used. */
  readonly tasks: readonly Task[]
}

/**
 * One contract with one running server of plan A, a domain and a user. Repeatable: what is there
 * stays as it is, passwords included.
 */
export async function prepareDemo(path: string, local: LocalNode | null): Promise<Demo> {
  const accounts = await credentials(path)
  // First of all: whatever happens next, another run must find the same passwords
  await writeDemo(path, accounts, [])
  const contract = await ensureContract(accounts.contractor)
  await ensureStaff(accounts.staff)
  await ensurePrices()
  const server = local && (await ensureServer(contract, local))
  if (server) await ensureServerFee(server)
  const tasks = server ? await ensureContent(contract, server, accounts) : []
  return { server, tasks }
}

/** Addresses are known once a server is built. */
export async function recordServers(path: string) {
  const contract = await Contract.findByOrFail('code', contractCode)
  const servers = await Server.query().where('contractId', contract.id).orderBy('id')
  await writeDemo(path, await credentials(path), servers)
}

async function credentials(path: string): Promise<DemoFile['accounts']> {
  if (existsSync(path)) return JSON.parse(await readFile(path, 'utf8')).accounts
  const fresh = (login: string) => ({ login, password: randomBytes(12).toString('base64url') })
  return {
    contractor: fresh(contractCode),
    domain_admin: fresh(`admin@${domainName}`),
    mailbox: fresh(`sato@${domainName}`),
    staff: fresh('staff'),
  }
}

async function ensureContract({ login, password }: Credentials) {
  const contract = await Contract.firstOrCreate({ code: login }, { name: '株式会社つかさ商事' })
  if (!(await Account.findBy('login', login))) {
    const hash = await Account.hashPassword(password)
    await Account.create({ login, role: 'contractor', contractId: contract.id, password: hash })
  }
  return contract
}

async function ensureStaff({ login, password }: Credentials) {
  if (await Staff.findBy('login', login)) return
  const hash = await Account.hashPassword(password)
  await Staff.create({ login, name: '運用担当', role: 'administrator', password: hash })
}

async function ensureServer(contract: Contract, local: LocalNode) {
  const node = await ComputeNode.register('local', local)
  const existing = await Server.findBy('contractId', contract.id)
  return existing ?? Server.order({ contract, node, plan: 'A', description: 'デモサーバ' })
}

/** The first domain waits in the server's queue until the server is built. */
async function ensureContent(
  contract: Contract,
  server: Server,
  accounts: DemoFile['accounts']
): Promise<Task[]> {
  const by = await Account.findByOrFail({ contractId: contract.id, role: 'contractor' })
  if (!(await Domain.findBy('serverId', server.id))) await addDomain(server, accounts, by)
  const unfinished = await unfinishedTasks(server)
  if (unfinished.length > 0 || (await isGood(server))) return unfinished
  // What was given up for good is begun again: the reason may be gone by now
  await server.requestBuild()
  return unfinishedTasks(server)
}

function unfinishedTasks(server: Server) {
  return Task.query()
    .where('serverId', server.id)
    .whereIn('state', ['queued', 'running'])
    .orderBy('id')
}

async function isGood(server: Server) {
  const last = await Task.query().where('serverId', server.id).orderBy('id', 'desc').first()
  return server.state === 'running' && last?.state !== 'failed'
}

async function addDomain(server: Server, accounts: DemoFile['accounts'], by: Account) {
  const name = checkDomainName(domainName)
  if ('problem' in name) throw new Error(`${domainName}: ${name.problem}`)
  const actor = { by, ip: null }
  const adminPasswordHash = await Account.hashSshPassword(accounts.domain_admin.password)
  const domain = await Domain.add(server, { name, adminPasswordHash }, actor)
  const passwordHash = await Account.hashPassword(accounts.mailbox.password)
  const [localPart] = accounts.mailbox.login.split('@')
  await Mailbox.add(domain, { localPart, description: '佐藤', passwordHash }, actor)
}

async function writeDemo(path: string, accounts: DemoFile['accounts'], servers: readonly Server[]) {
  const content: DemoFile = {
    url: env.get('APP_URL'),
    accounts,
    servers: servers.map(({ name, address }) => ({ name, address })),
  }
  const candidate = `${path}.new`
  await writeFile(candidate, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
  await rename(candidate, path)
}
