import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Paths from the project's root, sorted. */
export function filesBelow(folder: string, ending: string): string[] {
  return globSync(`${folder}/**/*${ending}`, { cwd: root }).sort()
}
