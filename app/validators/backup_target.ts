import type { HttpContext } from '@adonisjs/core/http'
import vine from '@vinejs/vine'
import ssh2 from 'ssh2'
import type { TargetFacts } from '#models/backup_target'

/** A name, or an address of either kind; nothing that ssh would read as an option. */
const address = /^[a-z0-9](?:[a-z0-9.:-]{0,251}[a-z0-9])?$/i

/** As restic and ssh take it in one word. */
const path = /^\/?[\w.-]+(?:\/[\w.-]+)*$/

const hostKey = vine.createRule((value, _options, field) => {
  const parsed = typeof value === 'string' ? ssh2.utils.parseKey(value) : new Error('no text')
  const isPublic = !(parsed instanceof Error) && !Array.isArray(parsed) && !parsed.isPrivateKey()
  if (!isPublic) field.report('{{ field }}は正しくありません。', 'offsite_host_key', field)
})

const kinds = 'ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)'

/** BKP-02: where copies leave the house to. A comment after the key is left out. */
const offsiteTarget = vine.create({
  offsite_address: vine.string().trim().regex(address),
  offsite_port: vine.number().withoutDecimals().range([1, 65_535]),
  offsite_host_key: vine
    .string()
    .trim()
    .maxLength(2000)
    .regex(new RegExp(`^(?:${kinds}) [A-Za-z0-9+/]+=*(?: [\\w .@:+-]*)?$`))
    .use(hostKey()),
  offsite_account: vine
    .string()
    .trim()
    .regex(/^[a-z_][\w.-]{0,31}$/i),
  offsite_path: vine.string().trim().maxLength(200).regex(path),
  offsite_generations: vine.number().withoutDecimals().range([1, 366]),
})

export async function readTarget({ request }: Pick<HttpContext, 'request'>): Promise<TargetFacts> {
  const typed = await request.validateUsing(offsiteTarget)
  return {
    address: typed.offsite_address,
    port: typed.offsite_port,
    hostKey: typed.offsite_host_key.split(' ').slice(0, 2).join(' '),
    account: typed.offsite_account,
    path: typed.offsite_path,
    generations: typed.offsite_generations,
  }
}

export const newTargetRun = vine.create({ kind: vine.enum(['copy', 'check', 'return'] as const) })

/** What goes is named by who lets it go. */
export const endOfTarget = vine.create({
  offsite_confirmation: vine.string().trim().maxLength(255),
})
