import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

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

  /** Undone in reverse order; a failure does not keep the others from being undone. */
  onEnd(undo: Undo) {
    this.#undos.push(undo)
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
