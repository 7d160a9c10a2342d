import { UntrustedReply } from '#convergence/agent/frames'
import {
  bytesOf,
  integerOf,
  listOf,
  oneOf,
  recordOf,
  secondsOf,
  textOf,
  wordsOf,
} from '#convergence/agent/shapes'
import type Domain from '#models/domain'
import { confirmDone } from '#models/staging_change/outcomes'
import { inquire, type Answer } from '#monitoring/questions'

/** What lies in one of the directories that staging is about. */
export interface Side {
  readonly files: number
  readonly directories: number
  readonly bytes: number
  readonly newest: readonly { readonly name: string; readonly at: Date }[]
  /** False where there was more than could be looked at while somebody waits. */
  readonly isComplete: boolean
}

export const sideNames = ['html', 'html.stage', 'cgi-bin', 'cgi-bin.stage'] as const
export type SideName = (typeof sideNames)[number]
export type Sides = Readonly<Record<SideName, Side>>

/** WEB-02: asked of the server, so that who confirms a swap sees what he swaps. */
export function sidesOf(domain: Domain): Promise<Answer<Sides>> {
  return askSides(domain, sideNames)
}

/** WEB-08: all the time there is goes into counting what is public. */
export async function publicSideOf(domain: Domain): Promise<Answer<Side>> {
  const { value, problem } = await askSides(domain, ['html'])
  return value ? { value: value.html } : { problem: problem! }
}

async function askSides<Name extends SideName>(
  domain: Domain,
  only: readonly Name[]
): Promise<Answer<Readonly<Record<Name, Side>>>> {
  const given = { domain: domain.name, only }
  const asked = await inquire(domain.server, 'staging_sides', given, (answer) => {
    const { sides, last } = recordOf(answer)
    const found = recordOf(sides)
    return {
      last: integerOf(last),
      sides: Object.fromEntries(only.map((name) => [name, sideOf(found[name])])) as Record<
        Name,
        Side
      >,
    }
  })
  if (!asked.value) return asked
  // A server that was lost just after it had done so did not get to tell.
  await confirmDone(domain.id, asked.value.last)
  return { value: asked.value.sides }
}

export type DifferenceState = 'new' | 'changed' | 'gone'

/** Something that is not the same on both sides. */
export interface Difference {
  /** Bytes in base64url: file names need not be text. */
  readonly path: string
  /** For people. */
  readonly name: string
  /** `gone`: only public. */
  readonly state: DifferenceState
  readonly isDirectory: boolean
  readonly bytes: number
  readonly at: Date
}

export interface Differences {
  readonly found: readonly Difference[]
  readonly isComplete: boolean
}

export const mostDifferences = 500

/** WEB-02: between `html.stage` and `html`, or between a directory of staging, named as above, and its public twin. */
export function differencesOf(domain: Domain, below?: string): Promise<Answer<Differences>> {
  const given = { domain: domain.name, ...(below ? { below } : {}) }
  return inquire(domain.server, 'staging_differences', given, (answer) => {
    const { differences, complete } = recordOf(answer)
    if (typeof complete !== 'boolean') throw new UntrustedReply('truth expected')
    return {
      found: listOf(differences, mostDifferences, differenceOf),
      isComplete: complete,
    }
  })
}

function differenceOf(value: unknown): Difference {
  const { path, name, state, directory, bytes, at } = recordOf(value)
  return {
    path: textOf(path, 8192),
    name: wordsOf(name, 300),
    state: oneOf(state, ['new', 'changed', 'gone']),
    isDirectory: directory === true,
    bytes: bytesOf(bytes),
    at: new Date(secondsOf(at) * 1000),
  }
}

function sideOf(value: unknown): Side {
  const { files, directories, bytes, newest, complete } = recordOf(value)
  if (typeof complete !== 'boolean') throw new UntrustedReply('truth expected')
  return {
    files: integerOf(files),
    directories: integerOf(directories),
    bytes: bytesOf(bytes),
    newest: listOf(newest, 5, newestOf),
    isComplete: complete,
  }
}

function newestOf(value: unknown) {
  const [name, at] = value as [unknown, unknown]
  return { name: wordsOf(name, 300), at: new Date(secondsOf(at) * 1000) }
}
