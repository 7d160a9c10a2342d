import { domainToUnicode } from 'node:url'
import { unicodeOf } from '#models/zone/name'
import { readableContent } from '#models/zone/presentation'
import { plans } from '#models/server/plan'
import type { TaskProgress } from '#models/task/progress'

type Translate = (key: string, data?: Record<string, unknown>) => string

/** How a state looks; what it is called is in resources/lang. */
const kinds = {
  server: {
    building: 'busy',
    running: 'good',
    stopped: 'off',
    failed: 'bad',
    ended: 'off',
    removed: 'off',
  },
  physical_machine: {
    registered: 'busy',
    fit: 'warn',
    unfit: 'bad',
    stock: 'good',
    assigned: 'off',
    used: 'warn',
  },
  domain: {
    live: 'good',
    waiting: 'busy',
    suspended: 'off',
    refused: 'warn',
    deleting: 'off',
    leaving: 'warn',
  },
  operation: {
    succeeded: 'good',
    begun: 'off',
    failed: 'bad',
  },
  claim: {
    open: 'busy',
    proved: 'busy',
    approved: 'good',
    refused: 'bad',
    withdrawn: 'off',
    used: 'off',
  },
  address: { free: 'good', used: 'busy', reserved: 'off' },
  announcement: { news: 'off', maintenance: 'warn', trouble: 'bad' },
  announcement_state: {
    draft: 'off',
    waiting: 'busy',
    shown: 'good',
    over: 'off',
    withdrawn: 'off',
  },
  firewall: { open: 'good', limited: 'busy', closed: 'off' },
  apply: { queued: 'busy', running: 'busy', done: 'good', failed: 'bad', cancelled: 'off' },
  power: { queued: 'busy', running: 'busy', done: 'good', failed: 'bad', cancelled: 'off' },
  comparison: { queued: 'busy', running: 'busy', done: 'good', failed: 'bad', cancelled: 'off' },
  restoring: { queued: 'busy', running: 'busy', done: 'good', failed: 'bad', cancelled: 'off' },
  transfer: { queued: 'busy', running: 'busy', done: 'good', failed: 'bad', cancelled: 'off' },
  import: {
    checked: 'busy',
    refused: 'bad',
    confirmed: 'busy',
    done: 'good',
    failed: 'bad',
    lost: 'warn',
  },
  content_sync: { receiving: 'busy', publishing: 'busy', done: 'good', failed: 'bad' },
  staging_change: { copying: 'busy', exchanging: 'busy', done: 'good', failed: 'bad' },
  content_backup: { running: 'busy', done: 'good', partial: 'warn', failed: 'bad' },
  content_restore: {
    looking: 'busy',
    looked: 'off',
    restoring: 'busy',
    done: 'good',
    partial: 'warn',
    failed: 'bad',
  },
  task: { queued: 'off', running: 'busy', done: 'good', failed: 'bad', cancelled: 'off' },
  order_work: { queued: 'off', running: 'busy', done: 'good', failed: 'bad' },
  tamper_look: { looking: 'busy', done: 'good', failed: 'bad' },
  backup: { running: 'busy', done: 'good', partial: 'warn', failed: 'bad' },
  restore: { waiting: 'busy', running: 'busy', done: 'good', partial: 'warn', failed: 'bad' },
  server_rebuild: { waiting: 'busy', building: 'busy', restoring: 'good', failed: 'bad' },
  backup_part: {
    done: 'good',
    missing: 'off',
    gone: 'off',
    partial: 'warn',
    no_place: 'warn',
    no_space: 'bad',
    no_room: 'bad',
    refused: 'bad',
    dump: 'bad',
    damaged: 'bad',
    different: 'bad',
    unreachable: 'bad',
    interrupted: 'bad',
    failed: 'bad',
  },
  certificate: { served: 'good', unused: 'off', over: 'bad' },
  automatic: { waiting: 'busy', issuing: 'busy', issued: 'good', failed: 'warn' },
  publication: {
    published: 'good',
    secondary_waits: 'busy',
    waiting: 'busy',
    unreachable: 'warn',
    refused: 'bad',
    receiving: 'busy',
    not_received: 'warn',
  },
  order: {
    received: 'busy',
    incomplete: 'warn',
    waiting: 'busy',
    working: 'busy',
    done: 'good',
    withdrawn: 'off',
    rejected: 'bad',
  },
  name_server: { answers: 'good', silent: 'bad', unknown: 'off' },
  delegation: { here: 'good', partly: 'warn', elsewhere: 'off', nowhere: 'warn', unknown: 'off' },
  answer: {
    current: 'good',
    older: 'busy',
    differs: 'bad',
    none: 'warn',
    silent: 'bad',
    stale: 'warn',
  },
  zone: { published: 'good', waiting: 'busy', late: 'warn' },
  inquiry: { waiting: 'busy', answered: 'good' },
  record: { published: 'good', missing: 'warn', differs: 'bad', unknown: 'off' },
  run: {
    running: 'busy',
    done: 'good',
    unchanged: 'off',
    partial: 'warn',
    rolled_back: 'warn',
    failed: 'bad',
  },
} as const

/** Made once: templates look states up instead of translating them for each row. */
export function wordsOf(translate: Translate) {
  const t = (key: string, data?: Record<string, unknown>) => translate(`messages.${key}`, data)
  return { ...people(t), ...states(t), ...applies(t), ...staffs(translate) }
}

/** `user@xn--…` as people read it. */
function readable(login: string) {
  return login.replace(/[^@]*xn--[^@]*$/, (end) => domainToUnicode(end) || end)
}

/** OPS-07 */
function staffs(translate: Translate) {
  return {
    taskName: (kind: string) => {
      const words = translate(`staff.tasks.kinds.${kind}`)
      return words.startsWith('translation missing') ? kind : words
    },
    staffLogUrl: ({ actor, target }: { actor: string; target: string }, before: number) =>
      `/staff/staff_logs?${new URLSearchParams({ actor, target, before: String(before) })}`,
  }
}

interface PublishedZone {
  readonly serial: number
  readonly published_serial?: number | null
  readonly publishedSerial?: number | null
  readonly publish_error?: string | null
  readonly publishError?: string | null
}

/** OPT-10: whether the name servers answer what the page shows. */
function zoneState(zone: PublishedZone) {
  if ((zone.published_serial ?? zone.publishedSerial) === zone.serial) return 'published'
  return (zone.publish_error ?? zone.publishError) ? 'late' : 'waiting'
}

function people(t: Translate) {
  return {
    roleName: (role: string) => t(`roles.${role}`),
    restoreName: (kind: string) => t(`backups.kinds.${kind}`),
    offsiteName: (kind: string) => t(`backups.offsite.kinds.${kind}`),
    offsiteProblem: (code: string) => t(`backups.offsite.problems.${code}`),
    backupProblem: (code: string) => t(`backups.problems.${code}`),
    /** `home/sato`, `database/shop`, `html`. */
    backupPartName: (name: string) =>
      name.startsWith('database/')
        ? `データベース ${name.slice(9)}`
        : name.startsWith('home/')
          ? `メールボックス ${name.slice(5)}`
          : name === 'files'
            ? 'ファイル'
            : name,
    /** Of a deletion: customers learn no names of staff. */
    deleterName: (login: string) => (login === 'staff' ? t('roles.staff') : readable(login)),
    readable,
    /** Who changed a zone: customers learn no names of staff. */
    who: (login: string) =>
      login === 'staff' || login === 'system' ? t(`roles.${login}`) : readable(login),
    zoneState,
    zoneLabel: unicodeOf,
    recordContent: readableContent,
    planName: (code: string) => {
      const kind = plans.find((plan) => plan.code === code)?.kind ?? 'virtual'
      return t(`plans.${kind}`, { code })
    },
  }
}

function states(t: Translate) {
  const looks = Object.entries(kinds).map(([of, kindOf]) => [
    of,
    Object.fromEntries(
      Object.entries(kindOf).map(([state, kind]) => [
        state,
        { kind, text: t(`states.${of}.${state}`) },
      ])
    ),
  ])
  return { look: Object.fromEntries(looks) }
}

function applies(t: Translate) {
  const known = (key: string, otherwise: string) => {
    const words = t(key)
    return words.startsWith('translation missing') ? otherwise : words
  }
  /** `mailbox.store sato@example.jp` → `ユーザの追加 sato@example.jp`. */
  const reasonOf = (reason: string, otherwise = t('applies.other')) => {
    const [action, ...target] = reason.split(' ')
    const words = known(`operations.${action}`, '')
    return words === '' ? otherwise : `${words} ${target.join(' ')}`
  }
  return {
    operationName: (action: string) => known(`operations.${action}`, action),
    phaseName: (phase: string) => known(`phases.${phase}`, phase),
    figureName: (name: string) => known(`figures.${name}`, name),
    stepState: (state: string) => known(`states.step.${state}`, state),
    /** What the work says about itself, else what its state means. */
    applyMessage: ({ state, message, kind }: TaskProgress) =>
      message || t(`applies.${kind === 'power_server' ? 'power' : state}`),
    reasonOf,
    applyReason: (payload: string) => reasonOf(String(JSON.parse(payload)?.reason ?? '')),
  }
}
