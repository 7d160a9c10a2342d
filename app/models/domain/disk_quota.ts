import { Refusal } from '#exceptions/refusals'
import type { Actor } from '#models/actor'
import type Domain from '#models/domain'

/** PNL-05, in MiB: the size of the domain's volume. */
export interface DiskQuota {
  quotaMb: number
}

/** What is left free at least when a domain gets less, so that its mail and its site go on. */
const leastFreeMb = 50

/**
 * PNL-05: answers whether anything changed. `usedBytes`: what the volume holds now, null where nobody knows; a domain
 * never gets less than it uses, and no less while that is not known.
 */
export function setDiskQuota(
  domain: Domain,
  quotaMb: number,
  usedBytes: number | null,
  actor: Actor
): Promise<boolean> {
  const least = usedBytes === null ? null : Math.ceil(usedBytes / 2 ** 20) + leastFreeMb
  return domain.set(
    'disk_quota.update',
    (now) => {
      if (quotaMb < now.quotaMb && least === null) throw new Refusal('disk_use_unknown', 'quota_mb')
      if (quotaMb < now.quotaMb && quotaMb < least!) {
        throw new Refusal('disk_quota_below_use', 'quota_mb', { least: least! })
      }
      return { quotaMb }
    },
    actor
  )
}
