import { AsyncLocalStorage } from 'node:async_hooks'
import { readFileSync } from 'node:fs'
import { Agent } from 'node:https'
import { rootCertificates } from 'node:tls'
import acme from 'acme-client'
import { acme as settings } from '#config/certificates'

/** Why an authority gave nothing. `names_refused`: it could not see that these names are ours. */
export type AcmeProblem = 'unreachable' | 'rate_limited' | 'names_refused' | 'refused'

export class AcmeFailure extends Error {
  constructor(
    readonly problem: AcmeProblem,
    /** The authority's own words, bounded. */
    readonly details: string,
    readonly names: readonly string[] = [],
    /** When it wants to be asked again. */
    readonly retryAt: Date | null = null
  ) {
    super(`${problem}: ${details}`)
    this.name = 'AcmeFailure'
  }
}

export interface Orderer {
  /** PEM. */
  readonly key: string
  /** What the authority calls the account; null until it knows it. */
  readonly url: string | null
}

export interface Issued {
  /** PEM, with what leads to the root. */
  readonly chain: string
  readonly accountUrl: string
}

/** What the library keeps to itself of an answer that it turns into an error. */
interface Heard {
  retryAt: Date | null
  status: number
}
const hearing = new AsyncLocalStorage<Heard>()
const mostDetails = 500
/** No authority's word holds longer: a mistake of its would otherwise end all renewals. */
const longestPauseMs = 7 * 86_400_000

listenToAnswers()

/** RFC 8555 by acme-client, which waits in the process when it is told to; here a task is tried again later instead. */
function prepare() {
  const { axios } = acme
  axios.defaults.timeout = settings.patience
  axios.defaults.maxRedirects = 0
  axios.defaults.maxContentLength = 2 ** 20
  const own = axios.defaults as typeof axios.defaults & {
    acmeSettings: { retryMaxAttempts: number }
  }
  own.acmeSettings.retryMaxAttempts = 0
  if (settings.authoritiesFile) {
    const ca = [...rootCertificates, readFileSync(settings.authoritiesFile, 'utf8')]
    axios.defaults.httpsAgent = new Agent({ ca })
  }
}

function listenToAnswers() {
  acme.axios.interceptors.response.use(
    (response) => {
      listen(response)
      return response
    },
    (error) => {
      listen(error?.response)
      return Promise.reject(error)
    }
  )
}

function listen(response?: { status: number; headers: Record<string, unknown> }) {
  const heard = hearing.getStore()
  if (!heard || !response) return
  heard.status = response.status
  if (response.status >= 400)
    heard.retryAt = retryAtOf(String(response.headers['retry-after'] ?? ''))
}

/** Seconds or a date (RFC 9110, 10.2.3). */
export function retryAtOf(text: string, now = Date.now()): Date | null {
  const moment = /^\d{1,9}$/.test(text) ? now + Number(text) * 1000 : Date.parse(text)
  return Number.isNaN(moment) ? null : new Date(Math.min(moment, now + longestPauseMs))
}

/** One certificate for these names (RFC 8555, 7.4). `request`: PEM. Rejects with `AcmeFailure`. */
export function orderCertificate(
  orderer: Orderer,
  names: readonly string[],
  request: string
): Promise<Issued> {
  const heard: Heard = { retryAt: null, status: 0 }
  prepare()
  return hearing.run(heard, async () => {
    try {
      return await order(orderer, names, request)
    } catch (error) {
      throw error instanceof AcmeFailure ? error : failureOf(error, heard)
    }
  })
}

async function order(orderer: Orderer, names: readonly string[], request: string): Promise<Issued> {
  const client = await clientOf(orderer)
  const identifiers = names.map((value) => ({ type: 'dns', value }))
  const placed = await client.createOrder({ identifiers })
  await authorize(client, await client.getAuthorizations(placed))
  const ready = await client.finalizeOrder(placed, request)
  const chain = await client.getCertificate(ready)
  return { chain, accountUrl: client.getAccountUrl() }
}

/** The authority forgets accounts too (RFC 8555, 7.3): then it is asked to know this one again. */
async function clientOf({ key, url }: Orderer): Promise<acme.Client> {
  const options = {
    directoryUrl: settings.directory,
    accountKey: key,
    backoffAttempts: 20,
    backoffMin: 500,
    backoffMax: 5000,
  }
  const contact = settings.contact ? { contact: [`mailto:${settings.contact}`] } : {}
  if (url) {
    const known = patient(new acme.Client({ ...options, accountUrl: url }))
    const isKnown = await known.updateAccount(contact).then(
      () => true,
      (error) => {
        if (/accountDoesNotExist|not exist|unable to find account|no account/i.test(String(error)))
          return false
        throw error
      }
    )
    if (isKnown) return known
  }
  const client = patient(new acme.Client(options))
  await client.createAccount({ termsOfServiceAgreed: true, ...contact })
  return client
}

/** RFC 8555, 6.5: a refused nonce says nothing but "again"; a busy authority may say so more often than the usual five times. */
function patient(client: acme.Client): acme.Client {
  const { http } = client as unknown as { http: { maxBadNonceRetries: number } }
  http.maxBadNonceRetries = 20
  return client
}

/** All are asked, so that one order tells which of the names are refused. */
async function authorize(client: acme.Client, authorizations: readonly acme.Authorization[]) {
  const waiting = authorizations.filter(({ status }) => status !== 'valid')
  const results = await Promise.allSettled(waiting.map((each) => prove(client, each)))
  const refused = waiting.filter((_, index) => results[index].status === 'rejected')
  if (refused.length === 0) return
  const reasons = results.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
  const reason = reasons.find((each) => !isRefusal(each)) ?? reasons[0]
  if (!isRefusal(reason)) throw reason
  const names = refused.map(({ identifier }) => identifier.value)
  throw new AcmeFailure('names_refused', wordsOf(reason), names)
}

/** An authority that is slow, or not there, has not said no. */
function isRefusal(reason: unknown) {
  const isNetwork = (reason as { isAxiosError?: boolean }).isAxiosError === true
  return !isNetwork && !/pending or processing|rate ?limit|nonce/i.test(String(reason))
}

async function prove(client: acme.Client, authorization: acme.Authorization) {
  const challenge = authorization.challenges.find(({ type }) => type === 'http-01')
  if (!challenge) throw new Error('no http-01 challenge')
  await client.completeChallenge(challenge)
  await client.waitForValidStatus(authorization)
}

function failureOf(error: unknown, { retryAt, status }: Heard): AcmeFailure {
  const details = wordsOf(error)
  if (status === 429 || /rateLimited|rate limit/i.test(details)) {
    return new AcmeFailure('rate_limited', details, [], retryAt)
  }
  const isAnswer = status >= 400 && status < 500 && !/nonce/i.test(details)
  return new AcmeFailure(isAnswer ? 'refused' : 'unreachable', details, [], retryAt)
}

function wordsOf(error: unknown) {
  const text = error instanceof Error ? error.message : String(error)
  return text.replaceAll(/\p{Cc}+/gu, ' ').slice(0, mostDetails)
}
