/** Why something of a backup or a restore was not done; each has its words in `resources/lang/ja/messages.json`, `backups.problems`. */
export const backupProblems = [
  ...['failed', 'unreachable', 'no_space', 'no_room', 'gone', 'missing', 'interrupted', 'dump'],
  ...['refused', 'damaged', 'no_host', 'no_place', 'no_backup', 'different'],
] as const

/** Of what is done with the target; in the same file, `offsite.problems`. */
export const offsiteProblems = [
  ...['failed', 'unreachable', 'interrupted', 'no_such_name', 'host_key', 'refused', 'no_sftp'],
  ...['no_permission', 'no_space', 'no_repository', 'wrong_password', 'locked', 'damaged', 'gone'],
  'nothing_here',
] as const

const known = [...backupProblems, ...offsiteProblems]

export type ProblemCode = (typeof known)[number]

export class BackupProblem extends Error {
  readonly code: ProblemCode

  constructor(code: string, message: string) {
    super(message)
    this.code = known.find((each) => each === code) ?? 'failed'
  }
}
