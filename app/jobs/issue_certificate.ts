import { setTimeout as wait } from 'node:timers/promises'
import { DateTime } from 'luxon'
import { acme } from '#config/certificates'
import { AcmeFailure, orderCertificate, type Issued } from '#clients/acme'
import { Refusal } from '#exceptions/refusals'
import type { Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import AcmeAccount from '#models/acme_account'
import AutomaticCertificate, { wantedNames } from '#models/automatic_certificate'
import { checkCertificate } from '#models/certificate/check'
import { generateKey } from '#models/certificate/key'
import { webNames } from '#models/certificate/names'
import { certificatesIn } from '#models/certificate/read'
import { certificateRequest } from '#models/certificate/request'
import { checkNames } from '#monitoring/certificate_names'

/** Until a server that was just told to answers for the names. */
const patience = { tries: 30, milliseconds: 1000 }

/**
 * WEB-09: a certificate from an authority for as many of the domain's names as lead here. A failure is kept at the
 * row, which says when it is tried again; the task itself is over then.
 */
export default class IssueCertificate implements Job {
  static readonly kind = 'issue_certificate'
  static readonly takesLong = true

  async handle(run: TaskRun) {
    const { domainId } = (run.payload ?? {}) as { domainId?: number }
    const row = await AutomaticCertificate.query()
      .where('domainId', Number(domainId))
      .preload('domain', (domain) => domain.preload('server'))
      .first()
    if (!row || row.domain.isBeingDeleted) return
    const account = await AcmeAccount.current()
    if (account.isPaused) {
      await row.merge({ state: 'waiting', nextTryAt: account.pausedUntil }).save()
      return
    }
    if (!row.mayOrder) {
      const free = row.recentOrders[0].plus({ days: 7 })
      return row.fail('too_many_orders', null, free.toJSDate())
    }
    try {
      await this.#issue(row, account, run)
    } catch (error) {
      await this.#keep(error, row, account)
      await run.log(error instanceof Error ? error.message : String(error), 'warn')
    }
  }

  async #issue(row: AutomaticCertificate, account: AcmeAccount, run: TaskRun) {
    const names = await this.#namesFor(row, account, run)
    if (!names.some((name) => webNames(row.domain.name).includes(name))) {
      return row.fail('no_name_points_here', null)
    }
    await run.confirmOurs()
    const key = await generateKey('ec-p256')
    const { issued, names: given } = await this.#order(row, account, key, names)
    if (account.url !== issued.accountUrl) await account.merge({ url: issued.accountUrl }).save()
    const checked = checkCertificate({
      certificates: certificatesIn(issued.chain, 'certificate'),
      key,
      wanted: given,
      isFromAuthority: true,
    })
    await row.conclude(row.domain, { source: 'automatic', key, names: given, checked })
  }

  /** Looked at one by one, so that a bad one does not stop the rest. */
  async #namesFor(row: AutomaticCertificate, { thumbprint }: AcmeAccount, run: TaskRun) {
    const { domain } = row
    const { address } = domain.server
    for (let left = patience.tries; ; left--) {
      const names = await checkNames(wantedNames(domain), { address, thumbprint })
      const good = names.filter(({ problem }) => problem === null).map(({ name }) => name)
      const isWaiting = names.some(({ problem }) => problem === 'no_answer')
      if (!isWaiting || left <= 1 || run.signal.aborted) {
        await row.merge({ names: JSON.stringify(names) }).save()
        return good
      }
      await wait(patience.milliseconds)
    }
  }

  /** What the authority itself cannot see is left out, once. */
  async #order(
    row: AutomaticCertificate,
    account: AcmeAccount,
    key: Parameters<typeof certificateRequest>[0],
    names: readonly string[]
  ): Promise<{ issued: Issued; names: readonly string[] }> {
    try {
      return { issued: await this.#ask(row, account, key, names), names }
    } catch (error) {
      const refused = error instanceof AcmeFailure ? error.names : []
      const others = names.filter((name) => !refused.includes(name))
      const isWorth = others.some((name) => webNames(row.domain.name).includes(name))
      if (refused.length === 0 || !isWorth || !row.mayOrder) throw error
      const seen = row.checkedNames.map((each) =>
        refused.includes(each.name) ? { ...each, problem: 'refused' } : each
      )
      await row.merge({ names: JSON.stringify(seen) }).save()
      return { issued: await this.#ask(row, account, key, others), names: others }
    }
  }

  async #ask(
    row: AutomaticCertificate,
    { key: accountKey, url }: AcmeAccount,
    key: Parameters<typeof certificateRequest>[0],
    names: readonly string[]
  ) {
    const request = await certificateRequest(key, {}, names)
    await row.noteOrder()
    return orderCertificate({ key: accountKey, url }, names, request)
  }

  async #keep(error: unknown, row: AutomaticCertificate, account: AcmeAccount) {
    if (error instanceof AcmeFailure) {
      const { problem, details, retryAt } = error
      // What it says about its limits is about all that we ask (RFC 8555, 6.6)
      if (problem === 'rate_limited' && retryAt) {
        await account.merge({ pausedUntil: DateTime.fromJSDate(retryAt) }).save()
      }
      if (problem === 'unreachable' || problem === 'rate_limited') row.forgetOrder()
      return row.fail(problem, details, retryAt)
    }
    if (error instanceof Refusal) return row.fail('not_accepted', error.key)
    await row.fail('unreachable', `${acme.directory}: unexpected`)
    throw error
  }
}
