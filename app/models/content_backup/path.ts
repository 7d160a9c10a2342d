/** One step of the way to a directory of a backup. */
interface Step {
  readonly name: string
  /** Bytes in base64url. */
  readonly path: string
}

/** Every directory on the way, the last one itself included; what is no text is shown as such. */
export function stepsOf(path: string): Step[] {
  const parts = Buffer.from(path, 'base64url').toString('latin1').split('/').filter(Boolean)
  return parts.map((part, index) => ({
    name: Buffer.from(part, 'latin1').toString('utf8'),
    path: Buffer.from(parts.slice(0, index + 1).join('/'), 'latin1').toString('base64url'),
  }))
}
