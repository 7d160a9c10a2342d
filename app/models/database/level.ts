/** What a user may in one database: everything, what is in the tables, or look (WEB-04). */
export const databaseLevels = ['all', 'write', 'read'] as const
export type DatabaseLevel = (typeof databaseLevels)[number]

/** What text of tables that say nothing else is stored as. */
export const databaseCharsets = ['utf8mb4', 'cp932', 'eucjpms'] as const
export type DatabaseCharset = (typeof databaseCharsets)[number]

export const databasesPerDomain = 10
export const databaseUsersPerDomain = 20
