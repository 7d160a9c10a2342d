import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Refusal } from '#exceptions/refusals'
import type { Actor } from '#models/actor'
import type Import from '#models/import'
import { isOvertaken, mistakesOf } from '#models/import/plan'
import { changeOfRow } from '#models/import/rows'
import { isDuplicate } from '#models/domain/name_claim'
import { operate, unchanged } from '#models/operation'
import OperationLog from '#models/operation_log'
import Server from '#models/server'
import { wordsOf } from '#models/sheet/problem'
import type { Change, WriteScope } from '#models/sheet/sheet'
import { sqlTime } from '#models/task/clock'

/**
 * What was confirmed, all of it or nothing: rows, lines of the log, the apply and that it is done are
 * one transaction. Whoever is killed in it has changed nothing, and the next one does it.
 */
export async function carryOut(found: Import, actor: Actor) {
  const { domain } = found
  const operation = { action: 'import.store', target: domain.unicodeName, domainId: domain.id }
  try {
    return await operate(actor, operation, (client) => attempt(found, actor, client), 8)
  } catch (error) {
    if (isDuplicate(error)) throw new Refusal('import_was_overtaken')
    throw error
  }
}

async function attempt(found: Import, actor: Actor, client: TransactionClientContract) {
  const { id, domain, kind: sheet } = found
  const server = await Server.lock(domain.serverId, client)
  const done = { state: 'done', finished_at: sqlTime() }
  const count = await client.from('imports').where({ id, state: 'confirmed' }).update(done)
  if (Number(count) === 0) return unchanged
  await server.refuseGone(domain, client)
  const scope: WriteScope = { domain, server, actor, client }
  const changes = await changesOf(id, client)
  if (await isOvertaken(sheet, changes, scope)) throw new Refusal('import_was_overtaken')
  const [mistake] = await mistakesOf(sheet, changes, scope, actor)
  if (mistake) {
    throw new Refusal('import_became_wrong', null, { key: mistake.typed!, words: wordsOf(mistake) })
  }
  const hashes = found.hashes ? JSON.parse(found.hashes) : {}
  const writes = changes.map((each) => ({ ...each, passwordHash: hashes[each.row] }))
  await sheet.write(writes, scope)
  await OperationLog.recordAll(actor, linesOf(found, changes), client)
  const reason = `import.store ${domain.unicodeName}`
  const apply = await server.requestApply({ reason, domainIds: [domain.id], by: actor.by }, client)
  await client.from('imports').where('id', id).update({ apply_id: apply.id, hashes: null })
  await client.from('import_rows').where('import_id', id).update({ before: null, after: null })
}

async function changesOf(importId: number, client: TransactionClientContract) {
  const rows = await client.from('import_rows').where('import_id', importId).orderBy('id')
  return rows.map(changeOfRow)
}

/** PNL-08: names, never values. */
function linesOf({ domain, kind: sheet }: Import, changes: readonly Change[]) {
  const lines = changes.flatMap((change) => {
    const name = sheet.nameOf?.(change) ?? change.key
    const target = `${name}@${domain.unicodeName}`
    return sheet.actionsOf(change).map((action) => ({ action, target, domainId: domain.id }))
  })
  return [...new Map(lines.map((each) => [`${each.action} ${each.target}`, each])).values()]
}
