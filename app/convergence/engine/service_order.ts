import type { Service } from '#convergence/service'

/** Every service after those it names; otherwise as listed. Throws on a circle or an unknown name. */
export function inOrder(services: readonly Service[]): readonly Service[] {
  const byName = new Map(services.map((service) => [service.name, service]))
  const ordered: Service[] = []
  const open = new Set<string>()

  const visit = (name: string, from: string) => {
    const service = byName.get(name)
    if (!service) throw new Error(`service ${from} comes after ${name}, which does not exist`)
    if (ordered.includes(service)) return
    if (open.has(name)) throw new Error(`services come after each other: ${[...open].join(', ')}`)
    open.add(name)
    for (const earlier of service.after) visit(earlier, name)
    open.delete(name)
    ordered.push(service)
  }

  for (const service of services) visit(service.name, service.name)
  return ordered
}
