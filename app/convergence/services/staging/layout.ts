import { type AbsolutePath, toAbsolutePath } from '#convergence/syntax/names'

export const stagingDirectory = toAbsolutePath('/etc/tsukasa/staging')
export const refreshProgram = toAbsolutePath(`${stagingDirectory}/refresh.py`)

/** Root's own, below a directory of root's own: no customer gets there, and its content counts in his volume. */
export const workDirectory = (root: AbsolutePath) => toAbsolutePath(`${root}/conf/staging`)

/** What is served, and where its other side lies. */
export const sides = [
  ['html', 'html.stage'],
  ['cgi-bin', 'cgi-bin.stage'],
] as const
