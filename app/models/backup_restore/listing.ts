import BackupRestore from '#models/backup_restore'

/** The newest of all, newest first. */
export function latestRestores(count: number): Promise<BackupRestore[]> {
  return BackupRestore.query().whereNot('kind', 'test').orderBy('id', 'desc').limit(count)
}

export function latestTests(count: number): Promise<BackupRestore[]> {
  return BackupRestore.query().where('kind', 'test').orderBy('id', 'desc').limit(count)
}

/** What the customer sees: mailboxes and databases, and that staff restored everything. */
export function restoresOfDomain(domainId: number, count = 10): Promise<BackupRestore[]> {
  return BackupRestore.query()
    .where('domainId', domainId)
    .whereNot('kind', 'test')
    .orderBy('id', 'desc')
    .limit(count)
}
