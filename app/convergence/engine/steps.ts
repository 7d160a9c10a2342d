import type { Difference } from '#convergence/engine/compare'
import { unifiedDiff } from '#convergence/engine/diff'
import type { Plan, ServiceCommand, ServiceProbe } from '#convergence/engine/plan'
import { rowChanges } from '#convergence/engine/row_changes'
import type { Step } from '#convergence/engine/run'
import type { Resource } from '#convergence/resource'
import { contentDigest, rowsDigest } from '#convergence/resources/digest'
import { isSecret, isSeed } from '#convergence/resources/wire'
import type { Probe } from '#convergence/service'

const maxSteps = 600
const maxDetails = 256 * 1024
const maxNew = 4000

/** A line for each thing that changes, with its diff; of very many, the first ones and how many more. */
export function changeSteps(
  differences: readonly Difference[],
  state: Step['state']
): readonly Step[] {
  const told = differences.filter(({ resource }) => !isSeed(resource))
  const seeds = differences.length - told.length
  let room = maxDetails
  const steps = told.slice(0, maxSteps).map((difference): Step => {
    const detail = room > 0 ? detailOf(difference) : undefined
    room -= detail?.length ?? 0
    const { action, service, scope, resource } = difference
    return { phase: 'switch', name: `${action} ${nameOf(resource)}`, state, service, scope, detail }
  })
  if (told.length > maxSteps) {
    steps.push({ phase: 'switch', name: `${told.length - maxSteps} more changes`, state })
  }
  if (seeds > 0)
    steps.push({ phase: 'switch', name: `create ${seeds} of the customers' own`, state })
  return steps
}

/** What a dry run would make the daemons do. */
export function plannedSteps({ starts, stops, activations }: Plan): readonly Step[] {
  const units = { start: starts, stop: stops }
  return [
    ...activations.map((command): Step => {
      const { service, scope } = command
      return { phase: 'activate', name: commandName(command), state: 'planned', service, scope }
    }),
    ...Object.entries(units).flatMap(([verb, names]) =>
      names.map((name): Step => ({ phase: 'activate', name: `${verb} ${name}`, state: 'planned' }))
    ),
  ]
}

export function nameOf(resource: Resource): string {
  switch (resource.kind) {
    case 'table':
      return `rows of ${resource.table} in ${resource.database}`
    case 'unit':
    case 'volume':
    case 'database':
      return `${resource.kind} ${resource.name}`
    case 'database_user':
      return `database user ${resource.name}`
    default:
      return `${resource.kind} ${resource.path}`
  }
}

export function commandName(command: Pick<ServiceCommand, 'argv'>): string {
  return command.argv.join(' ')
}

export function probeName(probe: Probe | ServiceProbe): string {
  switch (probe.kind) {
    case 'http': {
      const scheme = probe.tls ? 'https' : 'http'
      return `${scheme}://${probe.host}${probe.path} at ${probe.address}:${probe.port}`
    }
    case 'greeting':
      return `greeting of ${probe.address}:${probe.port}`
    case 'command':
      return probe.argv.join(' ')
  }
}

export function detailOf(difference: Difference): string {
  return [`cause: ${difference.cause}`, ...changesOf(difference)].join('\n')
}

function changesOf({ action, resource, observed }: Difference): string[] {
  if (action === 'remove') return []
  switch (resource.kind) {
    case 'file':
      return [...attributes(resource, observed), ...contentOf(resource, observed)]
    case 'directory':
      return attributes(resource, observed)
    case 'symlink':
      return [`target: ${observed?.target ?? 'none'} → ${resource.target}`]
    case 'exchange':
      return resource.pairs.map((pair) => pair.join(' ↔ '))
    case 'table':
      return [
        `rows: ${resource.rows.length}`,
        `digest: ${short(observed?.digest)} → ${short(rowsDigest(resource.rows))}`,
        // Of very many rows the server tells no names.
        ...(observed && observed.text === undefined
          ? []
          : rowChanges(resource.rows, observed?.text ?? '')),
      ]
    case 'database':
      return [`character set: ${observed?.text ?? 'none'} → ${resource.charset}`]
    case 'database_user':
      return [
        ...(observed?.text ? [observed.text] : []),
        `locked: ${resource.locked}`,
        ...resource.rights.map(([database, rights]) => `${database}: ${rights.join(', ')}`),
      ]
    default:
      return []
  }
}

function attributes(
  resource: { owner: string | number; group: string | number; mode: number },
  observed: Difference['observed']
): string[] {
  const wanted = `${resource.owner}:${resource.group} ${octal(resource.mode)}`
  if (!observed) return [`owner and mode: ${wanted}`]
  const is = `${observed.uid}:${observed.gid} ${octal(observed.mode ?? 0)}`
  return [`owner and mode: ${observed.type} ${is} → ${wanted}`]
}

function contentOf(
  resource: Extract<Resource, { kind: 'file' }>,
  observed: Difference['observed']
): string[] {
  const digest = contentDigest(resource.content)
  if (observed?.digest === digest) return []
  if (isSecret(resource)) return [`digest: ${short(observed?.digest)} → ${short(digest)}`]
  if (observed?.text !== undefined) return [unifiedDiff(observed.text, resource.content)]
  const lines = resource.content.slice(0, maxNew).replace(/\n$/, '').split('\n')
  return [lines.map((line) => `+${line}`).join('\n')]
}

function octal(mode: number) {
  return mode.toString(8).padStart(4, '0')
}

function short(digest: string | undefined) {
  return digest ? digest.slice(0, 12) : 'none'
}
