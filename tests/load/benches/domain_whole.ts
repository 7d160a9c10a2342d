import { execFile } from 'node:child_process'
import { request } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { promisify } from 'node:util'
import { X509Certificate } from 'node:crypto'
import { BenchFailure, type Bench } from '#tests/load/bench'
import { figuresOf } from '#tests/load/figures'
import { pipeNoopMs } from '#tests/load/floors/pipe_noop'
import type { Stage } from '#tests/load/stage'
import type { FilledServer } from '#tests/load/stage/filled_server'
import { until } from '#tests/load/stage/patience'
import { p50, rounded } from '#tests/load/statistics'
import { CertificateAuthority, type Made } from '#tests/support/certificate_authority'

const execute = promisify(execFile)
const times = 5
const version = '8.2'

interface Sample {
  readonly wholeMs: number
  readonly formsMs: number
}

/**
 * A domain of 200 gets another PHP version, a certificate, a database and a user of FTP, one form after the other. That user
 * then brings a program by FTP, which must answer over TLS with that certificate, in that PHP, out of that database.
 */
const domainWhole: Bench = {
  async run(stage: Stage) {
    const filled = await stage.filled()
    const floor = await stage.floor('pipe', () => pipeNoopMs(filled.server))
    const authority = await CertificateAuthority.create()
    stage.say(`giving everything to a domain, ${times} times`)
    const samples: Sample[] = []
    for (const id of filled.domainIds.slice(30, 30 + times)) {
      const name = filled.nameOf(id)
      const made = await authority.issue({ names: [name, `www.${name}`] })
      samples.push(await whole(filled, id, { ...made, chain: authority.certificate }))
    }
    return figuresOf(
      'domain-whole',
      samples.map(({ wholeMs }) => wholeMs),
      floor,
      { forms_p50_ms: rounded(p50(samples.map(({ formsMs }) => formsMs))) }
    )
  },
}

export default domainWhole

type WithChain = Made & { readonly chain: string }

async function whole(filled: FilledServer, id: number, made: WithChain): Promise<Sample> {
  const { server, customer } = filled
  const { password } = server.installation.person
  const base = `/domains/${id}`
  const start = performance.now()
  const php = { http: version, https: version, staging_http: version, staging_https: version }
  await customer.change(`${base}/web/php?_method=PUT`, php)
  const given = { private_key: made.key, certificate: made.certificate, chain: made.chain }
  await customer.change(`${base}/web/certificates`, given)
  const form = { database_name: 'shop', database_user: 'new', charset: 'utf8mb4' }
  const stored = await customer.post(`${base}/web/databases`, form)
  const page = await customer.get(String(stored.location))
  const secret = /data-copy="([A-Za-z0-9]{24})"/.exec(page.body)?.[1]
  if (!secret) throw new BenchFailure(`no database: ${stored.status} ${stored.location}`)
  const user = { local_part: 'ftp', password, password_confirmation: password }
  await customer.change(`${base}/mailboxes`, user)
  const sql = `select id from mailboxes where domain_id = ? and local_part = 'ftp'`
  const mailbox = server.installation.db.one<{ id: number }>(sql, id)
  const right = await customer.change(`/mailboxes/${mailbox.id}/ftp_right?_method=PUT`, {
    ftp_right: 'on',
  })
  const formsMs = performance.now() - start
  await server.whenDone(right.applyId)

  const name = filled.nameOf(id)
  const program = `<?php $db = new mysqli("localhost", "d${id}_shop", "${secret}", "d${id}_shop");
    echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION, " ", $db->query("select 'shop'")->fetch_row()[0];`
  await bring(server.address, `ftp@${name}:${password}`, program)
  const fingerprint = new X509Certificate(made.certificate).fingerprint256
  let last = ''
  const patience = { what: `${name} whole`, withinMs: 30_000, everyMs: 10, instead: () => last }
  await until(patience, async () => {
    last = await answerOf(server.address, name, '/whole.php')
    return last === `${fingerprint} ${version} shop` || null
  })
  return { wholeMs: performance.now() - start, formsMs }
}

/** By a foreign client, over TLS. */
async function bring(address: string, login: string, content: string) {
  const url = `ftp://${address}/html/whole.php`
  const argv = ['-sS', '-k', '--ssl-reqd', '-m', '20', '-u', login, '-T', '-', url]
  const sent = execute('curl', argv)
  sent.child.stdin!.end(content)
  await sent
}

function answerOf(address: string, host: string, path: string): Promise<string> {
  return new Promise((resolve) => {
    const tls = { servername: host, rejectUnauthorized: false }
    const options = { host: address, port: 443, path, agent: false as const, timeout: 5000 }
    const outgoing = request({ ...options, ...tls, headers: { host } })
    outgoing.on('error', (error) => resolve(String(error)))
    outgoing.on('timeout', () => outgoing.destroy())
    outgoing.on('response', async (response) => {
      const { fingerprint256 } = (response.socket as TLSSocket).getPeerCertificate()
      const parts: Buffer[] = await response.toArray().catch(() => [])
      resolve(`${fingerprint256} ${Buffer.concat(parts).toString('utf8')}`)
    })
    outgoing.end()
  })
}
