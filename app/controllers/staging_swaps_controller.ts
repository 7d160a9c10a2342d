import type { HttpContext } from '@adonisjs/core/http'
import { showStagingChange } from '#controllers/staging_changes_controller'
import { Refusal } from '#exceptions/refusals'
import { domainsOf } from '#models/account/visible'
import type Domain from '#models/domain'
import { databasesOfDomain } from '#models/database/listing'
import StagingChange from '#models/staging_change'
import { sidesOf } from '#monitoring/staging'
import StagingPolicy from '#policies/staging_policy'
import { stagingSwap } from '#validators/staging'

/** WEB-02: staging becomes public, and what was public goes to staging; the same again takes it back. */
export default class StagingSwapsController {
  async create({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(StagingPolicy).authorize('change', domain)
    // Before it is asked what lies there: what comes later was not seen.
    const seen = await StagingChange.lastIdOf(domain.id)
    const sides = await sidesOf(domain)
    return view.render('pages/staging_swaps/create', {
      domain,
      server: domain.server,
      seen,
      sides,
      withdrawable: await StagingChange.withdrawable(domain.id),
      databases: await databasesOfDomain(domain.id),
      isEmpty: sides.value?.['html.stage'].files === 0 && sides.value['html.stage'].isComplete,
    })
  }

  async store(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(StagingPolicy).authorize('change', domain)
    const input = await request.validateUsing(stagingSwap)
    const copiesFirst = input.copies_first === true && domain.stagingGenerations > 0
    const databases = await databasesWanted(domain, input)
    const wish = { kind: 'swap', seen: input.seen, copiesFirst, databases } as const
    const change = await StagingChange.begin(domain, wish, { by: account, ip: request.ip() })
    return showStagingChange(ctx, change)
  }
}

interface Wanted {
  readonly database_source?: number | null
  readonly database_target?: number | null
}

/** Both, of this domain and not the same; or none. */
async function databasesWanted(
  domain: Domain,
  { database_source: sourceId, database_target: targetId }: Wanted
) {
  if (!sourceId && !targetId) return null
  const databases = await databasesOfDomain(domain.id)
  const own = new Set(databases.map(({ id }) => id))
  if (!sourceId || !own.has(sourceId))
    throw new Refusal('staging_database_is_missing', 'database_source')
  if (!targetId || !own.has(targetId) || targetId === sourceId) {
    throw new Refusal('staging_database_is_missing', 'database_target')
  }
  return { sourceId, targetId }
}
