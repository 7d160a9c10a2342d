import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const keptLog = 4000

type Undo = () => Promise<unknown> | unknown

/** A temporary directory, and everything that has to be undone before it goes. */
export class Workspace {
  readonly #undos: Undo[] = []
  #ending?: Promise<void>

  private constructor(readonly folder: string) {}

  static async open() {
    return new Workspace(await mkdtemp(join(tmpdir(), 'tsukasa-bench-')))
  }

  path(name: string) {
    return join(this.folder, name)
  }

  /** The ends of the logs that were written in it: the reason of a failure is there. */
  async logs(): Promise<string> {
    const names = await readdir(this.folder)
    const logs = names.filter((name) => name.endsWith('.log'))
    const ends = logs.map(async (name) => {
      const text = await readFile(this.path(name), 'utf8')
      return text && `--- ${name}\n${text.slice(-keptLog)}\n`
    })
    const texts = await Promise.all(ends)
    return texts.join('')
  }

  /** Undone in reverse order; a failure does not keep the others from being undone. */
  onEnd(undo: Undo) {
    this.#undos.push(undo)
  }

  /** What fails from now on fails because everything is being removed. */
  get isEnding() {
    return this.#ending !== undefined
  }

  /** May be called again and from a signal: everything is undone once. */
  end(): Promise<void> {
    this.#ending ??= this.#undoAll()
    return this.#ending
  }

  async #undoAll() {
    for (const undo of this.#undos.reverse()) {
      try {
        await undo()
      } catch (error) {
        process.stderr.write(`left behind: ${String(error)}\n`)
      }
    }
    await rm(this.folder, { recursive: true, force: true })
  }
}
