import Backup, { type BackupState } from '#models/backup'
import BackupHost from '#models/backup_host'
import BackupRestore from '#models/backup_restore'
import BackupTarget from '#models/backup_target'
import type Domain from '#models/domain'

export function makeBackupHost() {
  return BackupHost.register({
    ...{
      name: 'backup',
      address: '192.0.2.9',
      hostKey: 'ssh-ed25519 AAAA',
      directory: '/srv/backups',
    },
  })
}

export async function makeBackup(domain: Domain, state: BackupState = 'done') {
  const host = await makeBackupHost()
  const parts = [
    { name: 'html', result: 'done' },
    { name: 'tmp', result: state === 'partial' ? 'missing' : 'done' },
  ]
  return Backup.create({
    ...{ backupHostId: host.id, kind: 'domain', domainId: domain.id, serverId: domain.serverId },
    ...{ contractId: domain.contractId, name: domain.unicodeName, state },
    ...{ parts: JSON.stringify(parts), owners: JSON.stringify({ domain: domain.uid }) },
    ...{ files: 3, bytes: 1000, sentBytes: 500 },
  })
}

export async function makeRestore(domain: Domain) {
  const backup = await makeBackup(domain)
  return BackupRestore.create({
    ...{ backupId: backup.id, kind: 'mailbox', contractId: domain.contractId, part: 'sato' },
    ...{ serverId: domain.serverId, domainId: domain.id, name: domain.unicodeName, state: 'done' },
    ...{ parts: '[{"name":"home/sato","result":"done"}]', requestedBy: 'tester' },
  })
}

/** Nothing is ever sent there. */
export async function makeBackupTarget() {
  await makeBackupHost()
  const known = await BackupTarget.registered()
  if (known) return known
  return BackupTarget.register({
    ...{ address: 'offsite.example.com', port: 22, hostKey: 'ssh-ed25519 AAAA' },
    ...{ account: 'offsite', path: '/copies', generations: 14 },
  })
}
