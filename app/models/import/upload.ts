/** A file as it came. It is never written anywhere. */
export interface Upload {
  /** As the browser told it. */
  readonly name: string
  readonly bytes: Buffer
}

/** Room for a thousand whitelists of a hundred of the longest addresses. */
export const mostUploadBytes = 27 * 2 ** 20
