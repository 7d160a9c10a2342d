import i18nManager from '@adonisjs/i18n/services/main'
import mail from '@adonisjs/mail/services/main'
import type { DateTime } from 'luxon'
import TamperLook from '#models/tamper_look'
import { stagingSince } from '#models/tamper_look/listing'
import type { Finding } from '#models/tamper_look/report'
import { sqlTime } from '#models/task/clock'
import TamperWatch from '#models/tamper_watch'
import env from '#start/env'

/** Names in one mail; the page has more. */
const mostNames = 50

/**
 * Looks of a domain that are told within a day. Whose the addresses are nobody has proved, and whoever has the domain can
 * have it looked at as often as he likes.
 */
const mostTold = 6
const dayMs = 86_400_000

/** WEB-07: whoever wants to know is told, each once. With its domain loaded; answers those who could not be. */
export async function tellOfTampering(look: TamperLook): Promise<string[]> {
  const watch = await TamperWatch.findBy('domainId', look.domainId)
  const kind = kindOf(look)
  if (!watch?.enabled || !kind || (await isToldEnough(look))) return []
  const told = new Set(look.toldAddresses)
  const failed: string[] = []
  const [subject, text] = [subjectOf(look, kind), await textOf(look, kind)]
  for (const address of watch.told.filter((each) => !told.has(each))) {
    try {
      await mail.send((message) => {
        message.to(address).subject(subject).text(text)
      })
      told.add(address)
      await look.merge({ told: JSON.stringify([...told]) }).save()
    } catch {
      failed.push(address)
    }
  }
  return failed
}

async function isToldEnough({ id, domainId }: TamperLook): Promise<boolean> {
  const others = await TamperLook.query()
    .where({ domainId })
    .whereNot('id', id)
    .whereNotNull('told')
    .where('createdAt', '>', sqlTime(Date.now() - dayMs))
    .select('id')
  return others.length >= mostTold
}

type MailKind = 'changed' | 'unread' | 'first' | 'lost' | 'older' | 'failed'

/** Null for what nobody needs a mail of, or asked for himself. */
function kindOf(look: TamperLook): MailKind | null {
  const { state, kind, baseline, failure, changes, unread } = look
  if (state === 'failed') return kind === 'daily' && failure !== 'gone' ? 'failed' : null
  if (state !== 'done') return null
  if (baseline === 'first' || baseline === 'lost') return baseline
  if (kind !== 'daily') return null
  if (changes > 0) return 'changed'
  return unread > 0 ? 'unread' : baseline
}

function subjectOf({ domain, added, removed, changed }: TamperLook, kind: MailKind) {
  return say(`subjects.${kind}`, { name: domain.unicodeName, added, removed, changed })
}

async function textOf(look: TamperLook, kind: MailKind) {
  const { domain, files, createdAt, failure } = look
  const name = domain.unicodeName
  const parts = [
    say(`leads.${kind}`, { name, files, at: moment(createdAt) }),
    kind === 'failed' ? say(`failures.${failure ?? 'refused'}`) : countsOf(look),
    kind === 'failed' ? '' : movedOf(look),
    kind === 'failed' ? '' : await stagingOf(look),
    kind === 'failed' ? '' : namesOf(look),
    look.state === 'done' && !look.saved && look.changes > 0 ? say('not_saved') : '',
    kind === 'changed' || kind === 'unread' ? say('advice') : '',
    `${env.get('APP_URL')}/domains/${domain.id}/web/tamper/looks/${look.id}`,
    say('end'),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

function countsOf({ baseline, added, removed, changed, unread }: TamperLook) {
  if (baseline === 'first' && unread === 0) return ''
  return say('counts', { added, removed, changed, unread })
}

function movedOf(look: TamperLook) {
  const moved = look.findings?.moved ?? []
  if (moved.length === 0) return ''
  return say('moved', { names: moved.map(([from, to]) => `${from} → ${to}`).join('、') })
}

async function stagingOf(look: TamperLook) {
  const changes = await stagingSince(look)
  if (changes.length === 0) return ''
  const lines = changes.map(
    ({ kind, createdAt, madeBy }) =>
      `  ${moment(createdAt)} ${messageOf(`staging.kinds.${kind}`)}（${madeBy}）`
  )
  return [say('staging'), ...lines].join('\n')
}

function namesOf({ findings }: TamperLook) {
  if (!findings || findings.findings.length === 0) return ''
  const shown = findings.findings.slice(0, mostNames)
  const more = findings.findings.length + findings.unlisted - shown.length
  const lines = shown.map(nameOf)
  return [say('names'), ...lines, ...(more > 0 ? [say('more', { more })] : [])].join('\n')
}

/** The server gave names without anything that acts on a reader; here not even a tab is left. */
function nameOf({ state, directory, name, kind }: Finding) {
  const words = messageOf(`tamper.states.${state}`)
  const shown = `${directory}/${name}`.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ')
  return `  [${words}] ${shown}${kind === 'directory' ? '/' : ''}`
}

function moment(at: DateTime) {
  return at.setZone('Asia/Tokyo').toFormat('yyyy年L月d日 HH:mm')
}

function say(key: string, values?: Record<string, string | number>) {
  return messageOf(`tamper.mail.${key}`, values)
}

function messageOf(key: string, values?: Record<string, string | number>) {
  return i18nManager.locale('ja').t(`messages.${key}`, values)
}
