import { randomUUID } from 'node:crypto'
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import app from '@adonisjs/core/services/app'
import ssh2 from 'ssh2'

/** The panel's own SSH key: it is root on every managed machine. */
export interface PanelKey {
  /** OpenSSH private key. */
  readonly privateKey: string
  /** One line for an authorized_keys file, without line break. */
  readonly publicKey: string
}

let kept: Promise<PanelKey> | undefined

/** Reads the key from `storage/ssh`, making it at the first run. Several processes may do so at once. */
export function panelKey(): Promise<PanelKey> {
  kept ??= loadPanelKey(app.makePath('storage/ssh')).catch((error) => {
    kept = undefined
    throw error
  })
  return kept
}

export async function loadPanelKey(folder: string): Promise<PanelKey> {
  const path = join(folder, 'id_ed25519')
  const privateKey = (await readIfThere(path)) ?? (await makeKey(folder, path))
  const parsed = ssh2.utils.parseKey(privateKey)
  if (parsed instanceof Error) throw new Error(`${path} is no SSH key`, { cause: parsed })
  return { privateKey, publicKey: publicHalf(privateKey) }
}

async function readIfThere(path: string) {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
}

/** Written aside and linked into place: whoever comes second finds the file whole and uses that one. */
async function makeKey(folder: string, path: string) {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  const candidate = `${path}.${randomUUID()}`
  await writeFile(candidate, newKey(), { mode: 0o600, flush: true })
  await link(candidate, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await rm(candidate)
  return readFile(path, 'utf8')
}

/**
 * ssh2 drops the leading zero byte of about one key in 200, which nobody can read then: it is asked again. Kept, such a key
 * would stop a new panel for good.
 */
export function newKey(generate = () => ssh2.utils.generateKeyPairSync('ed25519').private): string {
  for (let tries = 0; tries < 10; tries++) {
    const key = generate()
    if (!(ssh2.utils.parseKey(key) instanceof Error)) return key
  }
  throw new Error('ssh2 makes no readable key')
}

/** The line of an authorized_keys file that lets a private key in. */
export function publicHalf(privateKey: string, name = 'tsukasa-panel') {
  const parsed = ssh2.utils.parseKey(privateKey)
  if (parsed instanceof Error) throw new Error(`${name}: no SSH key`, { cause: parsed })
  return `${parsed.type} ${parsed.getPublicSSH().toString('base64')} ${name}`
}
