import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import { computeFor } from '#compute/index'
import { jobs } from '#jobs/index'
import { Worker } from '#jobs/worker'
import Account from '#models/account'
import ComputeNode, { type LocalNode } from '#models/compute_node'
import Contract from '#models/contract'
import Domain from '#models/domain'
import { checkDomainName } from '#models/domain/domain_name'
import Mailbox from '#models/mailbox'
import Server from '#models/server'
import Task from '#models/task'
import { freeTestRange, removeLeftovers } from '#tests/support/test_instances'

/** `storage/compute.json`, as set-up wrote it. */
export interface ComputeFacts extends LocalNode {
  readonly firstTestAddress: string
  readonly lastTestAddress: string
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export interface Outcome {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Of every account that tests make. */
export const testPassword = 'correct horse 7 battery'

let made: Promise<TestServer> | undefined

/**
 * The real server that all tests of this process share: ordered, built and converged by the code
 * that customers use, on the LXD or Incus of this machine. Made at the first call, gone at the end.
 */
export function testServer(): Promise<TestServer> {
  made ??= TestServer.make()
  return made
}

export class TestServer {
  private constructor(
    readonly facts: ComputeFacts,
    readonly contractor: Account,
    readonly server: Server
  ) {}

  static async make(): Promise<TestServer> {
    const facts: ComputeFacts & { driver: string } = JSON.parse(
      await readFile(app.makePath('storage/compute.json'), 'utf8')
    )
    if (facts.driver === ('none' as string))
      throw new Error('no LXD or Incus here: run bin/up or bin/test')
    await removeLeftovers(facts)
    const prefix = `${facts.prefix}test-${process.pid}-`
    const range = await freeTestRange(facts)
    const node = await ComputeNode.register('test', { ...facts, ...range, prefix })
    const contractor = await contractorOf(`t${process.pid}`)
    const contract = await Contract.findOrFail(contractor.contractId)
    return new TestServer(facts, contractor, await built({ contract, node, plan: 'B' }))
  }

  /** Of the same contract, on the same machine. */
  async another(): Promise<TestServer> {
    const contract = await Contract.findOrFail(this.contractor.contractId)
    const range = await freeTestRange(this.facts)
    const prefix = `${this.facts.prefix}test-${process.pid}-`
    const node = await ComputeNode.register('test-2', { ...this.facts, ...range, prefix })
    return new TestServer(this.facts, this.contractor, await built({ contract, node, plan: 'A' }))
  }

  get address() {
    return String(this.server.address)
  }

  get actor() {
    return { by: this.contractor, ip: '127.0.0.1' }
  }

  /** Added and converged. */
  async addDomain(name: string, quotaMb = 512): Promise<Domain> {
    const checked = checkDomainName(name)
    if ('problem' in checked) throw new Error(`${name}: ${checked.problem}`)
    const adminPasswordHash = await Account.hashSshPassword(testPassword)
    const wish = { name: checked, quotaMb, adminPasswordHash }
    const domain = await Domain.add(await this.#fresh(), wish, this.actor)
    await this.converge()
    return domain.refresh()
  }

  /** Added and converged; its password is `testPassword`. */
  async addMailbox(domain: Domain, localPart: string): Promise<Mailbox> {
    const passwordHash = await Account.hashPassword(testPassword)
    const mailbox = await Mailbox.add(domain, { localPart, passwordHash }, this.actor)
    await this.converge()
    return mailbox
  }

  /** Runs what is queued for the server; rejects when a task failed. */
  async converge(): Promise<void> {
    await settle(this.server)
  }

  /** Whatever is queued, of this server or not; what failed is in its row. */
  async runTasks(): Promise<void> {
    await new Worker({ jobs, backoff: (attempts) => 300 * 2 ** attempts }).runUntilIdle()
  }

  /** Everything of the server anew, as the nightly look and staff do. */
  async convergeAll(): Promise<void> {
    await db.transaction((client) => this.server.requestApply({ reason: 'tests' }, client))
    await settle(this.server)
  }

  /** What its instance says under that key, read past our own driver. */
  async instanceConfig(key: string): Promise<string> {
    const { stdout } = await this.lxc(['config', 'get', this.server.instance, key])
    return stdout.trim()
  }

  /** As root inside; doesn't reject for a status other than 0. */
  exec(argv: readonly string[], input = ''): Promise<Outcome> {
    return this.lxc(['exec', this.server.instance, '--', ...argv], input)
  }

  /** The daemon's own client; doesn't reject for a status other than 0. */
  lxc(argv: readonly string[], input = ''): Promise<Outcome> {
    const [client, home] = this.facts.driver === 'lxd' ? ['lxc', 'LXD_DIR'] : ['incus', 'INCUS_DIR']
    const env = { ...process.env, [home]: dirname(this.facts.socket) }
    const all = ['--project', this.facts.project, ...argv]
    return new Promise((resolve) => {
      const options = { env, timeout: 60_000, maxBuffer: 16 * 2 ** 20 }
      const child = execFile(client, all, options, (error, stdout, stderr) => {
        resolve({ status: error ? Number(error.code ?? 255) : 0, stdout, stderr })
      })
      // A command that ends without reading says so by its status.
      child.stdin?.on('error', () => undefined).end(input)
    })
  }

  /** What a foreign browser gets from the server for that host name. */
  http(
    host: string,
    path = '/',
    { port = 80, tls = false, headers = {}, at = this.address, patienceMs = 20_000 } = {}
  ): Promise<Answer> {
    const options = {
      ...{ host: at, port, path, agent: false as const, timeout: patienceMs },
      headers: { Host: host, ...headers },
      ...(tls ? { servername: host, rejectUnauthorized: false } : {}),
    }
    return new Promise((resolve, reject) => {
      const request = tls ? httpsRequest(options) : httpRequest(options)
      request.on('timeout', () => request.destroy(new Error(`no answer in ${patienceMs} ms`)))
      request.on('error', reject)
      request.on('response', async (response) => {
        let body = ''
        for await (const chunk of response.setEncoding('utf8')) body += chunk
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body })
      })
      request.end()
    })
  }

  async #fresh() {
    return Server.findOrFail(this.server.id)
  }
}

async function built(wish: Parameters<typeof Server.order>[0]) {
  const server = await Server.order(wish)
  const compute = await computeFor(server)
  app.terminating(() => compute.delete())
  await settle(server)
  return server.refresh()
}

async function contractorOf(code: string): Promise<Account> {
  const contract = await Contract.create({ code, name: 'テスト商事' })
  const password = await Account.hashPassword(testPassword)
  return Account.create({ login: code, role: 'contractor', contractId: contract.id, password })
}

/** Until nothing is queued for the server; pauses between tries are short, but a machine may boot meanwhile. */
async function settle(server: Server) {
  const worker = new Worker({ jobs, backoff: (attempts) => 300 * 2 ** attempts })
  const inState = (...states: string[]) =>
    Task.query().where('serverId', server.id).whereIn('state', states).orderBy('id')
  const before = await inState('failed')
  while (await inState('queued', 'running').first()) {
    await worker.runUntilIdle()
    await wait(20)
  }
  const [failed] = await inState('failed').offset(before.length).limit(1)
  if (failed) throw new Error(`${failed.kind}: ${failed.message}\n${failed.error}`)
}
