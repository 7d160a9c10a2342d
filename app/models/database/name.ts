/** Why a name cannot be a database's or a database user's (WEB-04). Each has a message that says what to do. */
export const databaseNameProblems = ['characters', 'edges', 'too_long'] as const

export type DatabaseNameProblem = (typeof databaseNameProblems)[number]

export type DatabaseNameCheck =
  { readonly name: string } | { readonly problem: DatabaseNameProblem }

/** Behind the domain's prefix; together well below MariaDB's 64 characters. */
export const longestDatabaseName = 32

/** Reads a name as somebody types it, without the prefix or with it. Whether it is taken is asked elsewhere. */
export function checkDatabaseName(input: string): DatabaseNameCheck {
  const name = input.trim().toLowerCase()
  if (!/^[a-z0-9_]+$/.test(name)) return { problem: 'characters' }
  if (/^_|_$/.test(name)) return { problem: 'edges' }
  if (name.length > longestDatabaseName) return { problem: 'too_long' }
  return { name }
}

/** What all names of a domain begin with, so that they are unique and legible on the server. */
export const prefixOf = (domain: { readonly id: number }) => `d${domain.id}_`
