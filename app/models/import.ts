import db from '@adonisjs/lucid/services/db'
import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { DateTime } from 'luxon'
import { ImportSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import Account from '#models/account'
import type { Actor } from '#models/actor'
import Domain from '#models/domain'
import { checkFile, type CheckedFile } from '#models/import/check'
import { hashInBackground } from '#models/import/hashing'
import { carryOut } from '#models/import/run'
import type { Upload } from '#models/import/upload'
import { changeOfRow, insertRows, type StoredRow } from '#models/import/rows'
import Mailbox from '#models/mailbox'
import { forwardersTo, type Forwarders } from '#models/mailbox/forwarders'
import { pageOf, type Page } from '#models/page'
import type { Mistake, Problem } from '#models/sheet/problem'
import { sheetNamed } from '#models/sheet/index'
import type { Change, Sheet } from '#models/sheet/sheet'
import Task from '#models/task'
import { sqlTime } from '#models/task/clock'

export type ImportState = 'checked' | 'refused' | 'confirmed' | 'done' | 'failed'

/** Whoever confirms later than this has forgotten what he saw. */
export const confirmableHours = 24
/** Without a sign of life for so long, the process that had the passwords is gone. */
const hashingPatienceMs = 20_000
/** Of one domain, not yet confirmed; older ones make room. */
const mostWaiting = 5

/**
 * One CSV file (USR-01 … USR-07): checked as a whole, shown, confirmed, carried out as one change. The
 * file itself is kept nowhere, passwords only as hashes and only until the run.
 */
export default class Import extends ImportSchema {
  declare state: ImportState

  @belongsTo(() => Domain)
  declare domain: BelongsTo<typeof Domain>

  get kind(): Sheet {
    return sheetNamed(this.sheet)!
  }

  get problems(): readonly Mistake[] {
    return this.mistakes ? JSON.parse(this.mistakes) : []
  }

  get reason(): Problem | null {
    return this.failure ? JSON.parse(this.failure) : null
  }

  get changes() {
    return this.added + this.changed + this.removed
  }

  get isHashing() {
    return this.passwords > 0 && this.hashes === null && !this.isOver
  }

  get isOver() {
    return this.state === 'done' || this.state === 'failed' || this.state === 'refused'
  }

  /** The panel was restarted while it had the passwords: they are gone, and nothing was changed. */
  get isLost() {
    const seen = this.hashingSeenAt?.toMillis() ?? 0
    return this.isHashing && Date.now() - seen > hashingPatienceMs
  }

  /** For people. */
  get look() {
    return this.isLost ? 'lost' : this.state
  }

  get isTooOld() {
    return (
      this.state === 'checked' && this.createdAt < DateTime.now().minus({ hours: confirmableHours })
    )
  }

  /** Reads the whole file. What is wrong with it is stored like what it would do. */
  static async check(domain: Domain, sheet: Sheet, upload: Upload, actor: Actor) {
    const checked = await checkFile(domain, sheet, upload, actor)
    const { passwords } = checked
    const made = await db.transaction((client) =>
      store(domain, sheet, upload, checked, actor, client)
    )
    if (passwords.size > 0) {
      const { id: importId } = made
      hashInBackground({
        importId,
        passwords,
        tell: (count) => tellHashed(importId, count),
        done: (hashes) => takeHashes(importId, hashes),
      })
    }
    return made
  }

  /** From here on it goes by itself, whether anybody looks or not. */
  async confirm({ by, ip }: Actor) {
    if (this.isLost) throw new Refusal('import_is_lost')
    if (this.isTooOld) throw new Refusal('import_is_too_old')
    const values = { confirmed_by: by.id, confirmed_ip: ip, confirmed_at: sqlTime() }
    await db.transaction(async (client) => {
      const count = await client
        .from('imports')
        .where({ id: this.id, state: 'checked', mistake_count: 0 })
        .whereRaw('added + changed + removed > 0')
        .update({ ...values, state: 'confirmed' })
      if (Number(count) === 0) throw new Refusal('import_is_confirmed_already')
      await startWhenReady(this.id, client)
    })
  }

  /** One transaction and one apply; what was carried out is not carried out again. */
  static async run(id: number) {
    const found = await this.query().where('id', id).preload('domain').first()
    if (found?.state !== 'confirmed') return
    const account = await Account.find(found.confirmedBy!)
    if (!account) return fail(id, { key: 'person_is_gone' })
    try {
      await carryOut(found, { by: account, ip: found.confirmedIp })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      await fail(id, { key: `messages.refusals.${error.key}`, data: error.data })
    }
  }

  /** Nothing was changed, and trying again is of no use. */
  static giveUp(id: number) {
    return fail(id, { key: 'run_failed' })
  }

  /** One page of them, in the order of the file. */
  async changesOn(page: number, perPage?: number): Promise<Page<Change>> {
    const stored = db.from('import_rows').where('import_id', this.id).orderBy('id')
    const found = await pageOf<StoredRow>(stored, page, perPage)
    return { ...found, rows: found.rows.map(changeOfRow) }
  }

  /** All of them, some at a time: their lists may be long. */
  async *allChanges(atOnce = 100) {
    for (let page = 1, last = 1; page <= last; page++) {
      const { rows, lastPage } = await this.changesOn(page, atOnce)
      last = lastPage
      yield rows
    }
  }

  /** MAIL-07: who forwards to those whom it deletes. */
  async forwardersToRemoved(by: Account): Promise<Forwarders | null> {
    if (this.state !== 'checked' || this.sheet !== 'deletions' || this.removed === 0) return null
    const names = db.from('import_rows').where('import_id', this.id).select('key')
    const mailboxes = await Mailbox.query()
      .where('domain_id', this.domainId)
      .whereIn('local_part', names)
    return forwardersTo(mailboxes, this.domain, by)
  }
}

async function store(
  domain: Domain,
  sheet: Sheet,
  { name }: Upload,
  { changes, mistakes, passwords, same, total }: CheckedFile,
  { by }: Actor,
  client: TransactionClientContract
) {
  await makeRoom(domain, client)
  const countOf = (kind: string) => changes.filter((each) => each.kind === kind).length
  const made = await Import.create(
    {
      domainId: domain.id,
      sheet: sheet.name,
      fileName: name,
      state: mistakes.length > 0 ? 'refused' : 'checked',
      uploadedBy: by.login,
      total,
      same,
      added: countOf('added'),
      changed: countOf('changed'),
      removed: countOf('removed'),
      mistakes: mistakes.length > 0 ? JSON.stringify(mistakes) : null,
      mistakeCount: mistakes.length,
      passwords: passwords.size,
      hashingSeenAt: DateTime.utc(),
    },
    { client }
  )
  await insertRows(made.id, changes, client)
  return made
}

async function makeRoom(domain: Domain, client: TransactionClientContract) {
  const waiting = await client
    .from('imports')
    .where({ domain_id: domain.id, state: 'checked' })
    .orderBy('id', 'desc')
    .select('id')
  const old = waiting.slice(mostWaiting - 1).map(({ id }) => id)
  if (old.length > 0) await client.from('imports').whereIn('id', old).delete()
}

async function tellHashed(id: number, count: number) {
  const values = { passwords_hashed: count, hashing_seen_at: sqlTime() }
  const isWanted = { id, hashes: null }
  return Number(await db.from('imports').where(isWanted).update(values)) > 0
}

async function takeHashes(id: number, hashes: Readonly<Record<number, string>>) {
  await db.transaction(async (client) => {
    const count = Object.keys(hashes).length
    const values = { hashes: JSON.stringify(hashes), passwords_hashed: count }
    await client.from('imports').where('id', id).update(values)
    await startWhenReady(id, client)
  })
}

/**
 * After a write to the row, so that of the two who make it ready, the person and the hashing, one sees
 * what the other did.
 */
async function startWhenReady(id: number, client: TransactionClientContract) {
  const found = await Import.query({ client }).where('id', id).first()
  if (found?.state !== 'confirmed' || found.isHashing) return
  await Task.enqueue(
    {
      kind: 'run_import',
      payload: { importId: id },
      lockKey: `imports:${found.domainId}`,
      accountId: found.confirmedBy ?? undefined,
    },
    client
  )
}

function fail(id: number, failure: Problem) {
  return db.transaction(async (client) => {
    const values = { state: 'failed', failure: JSON.stringify(failure), finished_at: sqlTime() }
    await client
      .from('imports')
      .where({ id, state: 'confirmed' })
      .update({ ...values, hashes: null })
    await client.from('import_rows').where('import_id', id).update({ before: null, after: null })
  })
}
