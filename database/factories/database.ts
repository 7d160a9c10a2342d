import { DateTime } from 'luxon'
import { nativeHash } from '#models/database/password'
import type Domain from '#models/domain'

/** As they are after their first apply, without log lines and tasks. */
export function databaseRow({ id }: Domain, name = 'shop') {
  return { domainId: id, name: `d${id}_${name}`, charset: 'utf8mb4' as const }
}

export function databaseUserRow({ id }: Domain, name = 'shop') {
  const passwordChangedAt = DateTime.utc()
  return { domainId: id, name: `d${id}_${name}`, passwordHash: nativeHash(name), passwordChangedAt }
}
