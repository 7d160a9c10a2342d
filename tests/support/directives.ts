import type { Assert } from '@japa/assert'
import fc from 'fast-check'
import { NotWritable } from '#convergence/syntax/not_writable'

type Settings = (given: Record<string, readonly string[]>) => string[]

/** What sshd and ProFTPD read of one line: words between spaces, or between quotes. */
const wordsOf = (line: string) =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain)

/** REL-01: words of a directive are read back as themselves, whatever they are, or refused. */
export function assertReadBack(assert: Assert, settings: Settings, name: string) {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (words) => {
      const lines = written(() => settings({ [name]: words }))
      if (lines) assert.deepEqual(wordsOf(lines[0]), [name, ...words])
    })
  )
}

function written(write: () => string[]) {
  try {
    return write()
  } catch (error) {
    if (error instanceof NotWritable) return null
    throw error
  }
}
