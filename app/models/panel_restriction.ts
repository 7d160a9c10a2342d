import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { PanelRestrictionSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import type Account from '#models/account'
import type { Actor } from '#models/actor'
import Contract from '#models/contract'
import { isFrom } from '#models/ip_source'
import { sameValues, versionOf } from '#models/mail_address/list'
import OperationLog from '#models/operation_log'
import { operate, unchanged } from '#models/operation'
import StaffLog, { type StaffAct } from '#models/staff_log'

/** PNL-07: of one contract. */
export const mostPanelSources = 100

/** As the form is sent. */
export interface PanelRestrictionWish {
  /** As `checkSource` spells them; none lifts the restriction. */
  readonly sources: readonly string[]
  /** The version of the list that was typed over. */
  readonly seen?: string | null
  /** He knows that he himself is not in the list. */
  readonly acceptsLockOut: boolean
}

/**
 * PNL-07: from where the accounts of a contract, of all three roles, may sign in and go on working. Without a row that
 * is anywhere.
 */
export default class PanelRestriction extends PanelRestrictionSchema {
  get sourceList(): readonly string[] {
    return JSON.parse(this.sources)
  }

  static async sourcesOf(
    contractId: number,
    client?: TransactionClientContract
  ): Promise<readonly string[]> {
    const row = await this.query({ client }).where({ contractId }).first()
    return row?.sourceList ?? []
  }

  static async keepsOut(account: Account, ip: string): Promise<boolean> {
    const sources = await this.sourcesOf(account.contractId)
    return sources.length > 0 && !isFrom(ip, sources)
  }

  /** Answers whether anything changed. Who would shut himself out is warned first. */
  static async replace(wish: PanelRestrictionWish, actor: Actor): Promise<boolean> {
    const { contractId } = actor.by
    const action = 'panel_restriction.update'
    const result = await operate(actor, { action }, async (client) => {
      await Contract.lock(contractId, client)
      const present = await this.sourcesOf(contractId, client)
      if (sameValues(present, wish.sources)) return unchanged
      refuseStale(present, wish)
      refuseLockOut(wish, actor)
      await this.#write(contractId, wish.sources, client)
    })
    return result !== unchanged
  }

  /** The way back in for a contract that shut itself out: by staff. Answers whether there was anything to lift. */
  static lift(contract: Contract, by: Pick<StaffAct, 'staff' | 'ip'>): Promise<boolean> {
    return db.transaction(async (client) => {
      await Contract.lock(contract.id, client)
      const sources = await this.sourcesOf(contract.id, client)
      if (sources.length === 0) return false
      await this.#write(contract.id, [], client)
      const act = { action: 'panel_restriction.destroy', target: contract.code }
      await StaffLog.write({ ...by, ...act, details: { sources } }, client)
      return true
    })
  }

  /** PNL-08: he was not let in, or not any longer. */
  static recordKeptOut(account: Account, ip: string, what: 'store' | 'destroy') {
    const action = what === 'store' ? 'kept_out_session.store' : 'kept_out_session.destroy'
    return OperationLog.record({ by: account, ip }, { action, succeeded: false })
  }

  static async #write(
    contractId: number,
    sources: readonly string[],
    client: TransactionClientContract
  ) {
    const own = this.query({ client }).where({ contractId })
    if (sources.length === 0) return own.delete()
    const values = { sources: JSON.stringify(sources) }
    await this.updateOrCreate({ contractId }, values, { client })
  }
}

function refuseStale(present: readonly string[], { seen }: PanelRestrictionWish) {
  if (seen === undefined || seen === null || seen === versionOf(present)) return
  throw new Refusal('settings_were_changed_meanwhile', 'sources')
}

function refuseLockOut({ sources, acceptsLockOut }: PanelRestrictionWish, { ip }: Actor) {
  if (sources.length === 0 || acceptsLockOut || isFrom(ip ?? '', sources)) return
  throw new Refusal('panel_restriction_locks_out', 'accepts_lock_out', { ip: ip ?? '' })
}
