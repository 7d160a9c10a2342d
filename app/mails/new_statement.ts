import { setTimeout as wait } from 'node:timers/promises'
import i18nManager from '@adonisjs/i18n/services/main'
import mail from '@adonisjs/mail/services/main'
import { DateTime } from 'luxon'
import type Statement from '#models/statement'
import { untoldAfter, type UntoldStatement } from '#models/statement/untold'
import env from '#start/env'

const batchSize = 100

/** Milliseconds between batches that belong to pages. */
const restMs = 5

/** So many in a row: it is the mail server, not their addresses. */
const mostFailures = 10

const yens = new Intl.NumberFormat('ja-JP')

interface Told {
  readonly told: number
  /** What could not be sent: it is tried again. */
  readonly failed: readonly string[]
}

/**
 * ORD-07: customers learn that their statement is there. Each is marked once its mail was taken, so that the next run goes
 * on where this one was cut off; one that is refused keeps nobody else's back.
 */
export async function tellOfStatements(signal: AbortSignal): Promise<Told> {
  const failed: string[] = []
  let told = 0
  let inARow = 0
  for (let last = 0; ;) {
    const batch = await untoldAfter(last, batchSize)
    if (batch.length === 0) return { told, failed }
    for (const each of batch) {
      signal.throwIfAborted()
      last = each.statement.id
      try {
        await tell(each)
        told += 1
        inARow = 0
      } catch (error) {
        failed.push(`statement ${last}: ${String(error).slice(0, 200)}`)
        if (++inARow >= mostFailures) throw error
      }
    }
    await wait(restMs)
  }
}

async function tell({ statement, mail: to }: UntoldStatement) {
  if (to !== null) {
    await mail.send((message) => {
      message
        .to(to)
        .subject(say('subject', wordsOf(statement)))
        .text(textOf(statement))
    })
  }
  await statement.merge({ toldAt: DateTime.utc(), toldTo: to }).save()
}

function textOf(statement: Statement) {
  const words = wordsOf(statement)
  const parts = ['greeting', `lead.${statement.outcome}`, `facts.${statement.outcome}`]
  return [
    ...parts.map((key) => say(key, words)),
    `${env.get('APP_URL')}/statements/${statement.id}`,
    say('end'),
  ].join('\n\n')
}

function wordsOf({ contract, invoice, month, totalYen }: Statement) {
  return {
    name: contract.name,
    month: DateTime.fromISO(`${month}-01`).toFormat('yyyy年L月'),
    number: invoice.number,
    total: `${yens.format(Math.abs(totalYen))}円`,
    due: DateTime.fromISO(invoice.dueOn).toFormat('yyyy年L月d日'),
  }
}

function say(key: string, values?: Record<string, string>) {
  return i18nManager.locale('ja').t(`messages.statements.mail.${key}`, values)
}
