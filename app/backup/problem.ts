/** Why something of a backup or a restore was not done; each has its words in `resources/lang/ja/backups.json`. */
export const backupProblems = [
  ...['failed', 'unreachable', 'no_space', 'no_room', 'gone', 'missing', 'interrupted', 'dump'],
  ...['refused', 'damaged', 'no_host', 'no_place', 'no_backup', 'different'],
] as const

export type ProblemCode = (typeof backupProblems)[number]

export class BackupProblem extends Error {
  readonly code: ProblemCode

  constructor(code: string, message: string) {
    super(message)
    this.code = backupProblems.find((each) => each === code) ?? 'failed'
  }
}
