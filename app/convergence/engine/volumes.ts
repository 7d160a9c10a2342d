import type { Volumes } from '#convergence/engine/machinery'
import type { Step } from '#convergence/engine/run'
import type { Resource } from '#convergence/resource'

/** Makes, attaches and resizes the volumes among the resources; a line for each that was not as wanted. */
export async function ensureVolumes(
  compute: Volumes,
  resources: readonly Resource[]
): Promise<readonly Step[]> {
  const volumes = resources.flatMap((one) => (one.kind === 'volume' ? [one] : []))
  if (volumes.length === 0) return []
  const { created, attached, resized } = await compute.ensureVolumes(volumes)
  const done = { created, attached, resized }
  return Object.entries(done).flatMap(([what, names]) =>
    names.map((name): Step => ({ phase: 'volumes', name: `${what} ${name}`, state: 'done' }))
  )
}
