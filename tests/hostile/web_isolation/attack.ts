/** What an attacker owns and what he is after. */
export interface Target {
  /** Root directory, e.g. `/data/domain/b.example.jp`. */
  readonly root: string
  /** Its document root on the attacked port. */
  readonly html: string
  readonly host: string
  /** Socket of its PHP on the attacked port. */
  readonly socket: string
  /** `127.1.x.y:port` of its own web server on the attacked port. */
  readonly back: string
}

export type Content = string | { readonly link: string } | 'fifo'

/**
 * One try of domain A to reach domain B with nothing but its own files and requests. `victim` is B; as a
 * control some are run with A as its own victim, where they must work, so that a failure against B says something.
 */
export interface Attack {
  readonly name: string
  /** Files below A's document root; `.htaccess` among them. */
  files(victim: Target, own: Target): Readonly<Record<string, Content>>
  /** What is asked from A's site; may contain a query. */
  path(victim: Target): string
  readonly headers?: Readonly<Record<string, string>>
  /** Text that the same attack brings out when A is its own victim. */
  readonly control?: 'RAN' | 'STATIC' | 'CODE'
}

/** A file in the document root, readable as widely as its directory allows. */
export const staticSecret = (name: string) => `CANARY-STATIC-${name}`
/** A PHP file; the marker is in its source, and what it prints says who ran it. */
export const codeSecret = (name: string) =>
  `<?php /* CANARY-CODE-${name} */ echo 'CANARY-', 'RAN-${name}-', posix_geteuid(), "\\n", @$GLOBALS['planted'];`
/** In a directory that is never served, mode 0600. */
export const privateSecret = (name: string) => `CANARY-PRIVATE-${name}`

/** Leaves a trace in the victim's directory if it is ever run as the victim. */
export const plant = (victim: Target) =>
  `<?php $planted = 'CANARY-PLANTED'; @file_put_contents('${victim.root}/tmp/planted', posix_geteuid());
echo @file_get_contents('${victim.root}/cgi-data/private.txt');`
