import type { PowerDns, SetChange } from '#clients/power_dns'
import type { Job } from '#jobs/job'
import { fetchOnSecondary } from '#jobs/name_servers/secondary_zone'
import { isUnreachable, nameServers } from '#jobs/name_servers/servers'
import type { TaskRun } from '#jobs/task_run'
import Task from '#models/task'
import { ownedNames, ownedTypes, type OwnedName } from '#models/zone/provider_zones'
import { comparison, deliverLater, type NamesOf } from '#models/zone/publication'

/**
 * DOM-02, DOM-03, DOM-04: what the provider's own zones say of one domain or server. Only its names are touched, however
 * many others there are. Where that can't be done now, all of these zones are compared when it can.
 */
export default class PublishNames implements Job {
  static readonly kind = 'publish_names'

  async handle(run: Pick<TaskRun, 'payload' | 'log'>) {
    const servers = await nameServers()
    if (!servers) return
    const byZone = Map.groupBy(await ownedNames(run.payload as NamesOf), ({ zone }) => zone)
    try {
      for (const [zone, names] of byZone) {
        await this.#publish(servers.primary, zone, names)
        await fetchOnSecondary(servers.secondary, {
          name: zone,
          masters: [servers.addresses.primary],
        })
      }
    } catch (error) {
      if (!isUnreachable(error)) throw error
      await run.log(error.message, 'warn')
      await deliverLater(2000)
    }
  }

  /** The first of all names finds no zone yet: that is made whole. */
  async #publish(primary: PowerDns, zone: string, names: readonly OwnedName[]) {
    if (await primary.outline(zone)) await primary.change(zone, names.flatMap(changesOf))
    else await Task.enqueue(comparison)
  }
}

/** What it has not is taken off, whether it was there or not. */
function changesOf({ name, sets }: OwnedName): SetChange[] {
  const gone = ownedTypes.filter((type) => !sets.some((set) => set.type === type))
  return [
    ...gone.map((type) => ({ change: 'delete' as const, name, type })),
    ...sets.map((set) => ({ change: 'replace' as const, ...set })),
  ]
}
