/** WEB-07: what a look found, as it is kept and shown. */
export interface TamperReport {
  /** Not more than can be shown: programs, then pages, then the rest; of each what changed first, what is new last. */
  readonly findings: readonly Finding[]
  /** Found, but not among them. */
  readonly unlisted: number
  /** Directories that changed places since: what lay in the first lies in the second now. */
  readonly moved: readonly (readonly [from: WatchedDirectory, to: WatchedDirectory])[]
}

export type WatchedDirectory = 'html' | 'html.stage' | 'cgi-bin' | 'cgi-bin.stage' | 'cgi-data'

/** `unread`: nobody could look. */
export type FindingState = 'added' | 'removed' | 'changed' | 'unread'

/** `other`: pipes, sockets and the like. `unknown`: what could not even be looked at. */
export type FindingKind = 'file' | 'directory' | 'link' | 'other' | 'unknown'

/** In what something differs; why it could not be read. */
export type FindingAspect = Difference | Obstacle
export type Difference = 'kind' | 'content' | 'mode' | 'target'
export type Obstacle = 'forbidden' | 'too_deep' | 'too_many' | 'no_time' | 'busy'

/** `not_kept`: of what was there before no text was kept; `enough`: others took the room. */
export type NoDiffReason = 'binary' | 'large' | 'not_kept' | 'too_different' | 'enough'

export interface Finding {
  readonly directory: WatchedDirectory
  /** Below the directory; no text that would act on a reader. */
  readonly name: string
  readonly state: FindingState
  readonly kind: FindingKind
  readonly aspects: readonly FindingAspect[]
  readonly before: Facts | null
  readonly after: Facts | null
  readonly diff: readonly DiffLine[] | null
  readonly noDiff: NoDiffReason | null
}

export interface Facts {
  readonly bytes: number
  /** Permission bits. */
  readonly mode: number
  /** Seconds since 1970. */
  readonly at: number
  /** SHA-256 in hexadecimal, `z` in front where empty parts of huge files were left out. */
  readonly digest: string | null
  readonly target: string | null
}

/** `@`: where lines are left out. */
export type DiffLine = readonly [sign: '+' | '-' | ' ' | '@', text: string]
