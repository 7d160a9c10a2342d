import type { ApiClient } from '@japa/api-client'
import iconv from 'iconv-lite'
import type { LucidRow } from '@adonisjs/lucid/types/model'
import type Account from '#models/account'
import type Domain from '#models/domain'
import Import from '#models/import'
import { hashingIsOver } from '#models/import/hashing'
import { titleOf } from '#models/sheet/column'
import { sheetNamed } from '#models/sheet/index'
import type { SheetName } from '#models/sheet/sheet'

/** A file whose check found nothing to do. */
export function importRow({ id: domainId }: Domain): Partial<Import> {
  return { domainId, sheet: 'additions', fileName: 'users.csv', state: 'checked', uploadedBy: 'x' }
}

/** The headings, and a line for each row; cells are quoted where they need it. */
export function csv(name: SheetName, ...rows: (readonly string[])[]) {
  const head = sheetNamed(name)!.columns.map(titleOf)
  const quoted = (cell: string) =>
    /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
  return [head, ...rows].map((cells) => cells.map(quoted).join(',')).join('\r\n') + '\r\n'
}

export const cp932 = (text: string) => iconv.encode(text, 'cp932')

export function upload(
  client: ApiClient,
  by: Account,
  domain: Domain,
  sheet: SheetName,
  content: string | Buffer,
  filename = 'users.csv'
) {
  return client
    .post(`/domains/${domain.id}/imports/${sheet}`)
    .file('file', Buffer.from(content), { filename })
    .loginAs(by)
    .withCsrfToken()
    .redirects(0)
}

export function confirm(client: ApiClient, by: Account, { id }: Import) {
  return client.post(`/imports/${id}/confirmation`).loginAs(by).withCsrfToken().redirects(0)
}

/** As a person does it: uploaded, looked at, confirmed, over. */
export async function carriedOut(
  client: ApiClient,
  by: Account,
  domain: Domain,
  sheet: SheetName,
  content: string | Buffer
) {
  await upload(client, by, domain, sheet, content)
  const found = await latestImport(domain)
  await confirm(client, by, found)
  await hashingIsOver()
  await Import.run(found.id)
  return found.refresh()
}

export async function latestImport({ id }: Domain) {
  return Import.query()
    .where('domain_id', id)
    .orderBy('id', 'desc')
    .preload('domain', (domain) => domain.preload('server'))
    .firstOrFail()
}

/** `3 パスワード passwords.problems.too_short`: where and why. */
export function mistakesOf({ problems }: Import) {
  return problems.map(({ row, column, key }) => `${row ?? '-'} ${column ?? '-'} ${key}`)
}

/** Columns of a model are on its prototype, where assertions do not look. */
export const attributesOf = ({ $attributes }: Pick<LucidRow, '$attributes'>) => $attributes
