export const policies = {
  AccountPolicy: () => import('#policies/account_policy'),
  ApplyPolicy: () => import('#policies/apply_policy'),
  BackupPolicy: () => import('#policies/backup_policy'),
  CertificatePolicy: () => import('#policies/certificate_policy'),
  ContentBackupPolicy: () => import('#policies/content_backup_policy'),
  ContentSyncPolicy: () => import('#policies/content_sync_policy'),
  DatabasePolicy: () => import('#policies/database_policy'),
  DomainPolicy: () => import('#policies/domain_policy'),
  ImportPolicy: () => import('#policies/import_policy'),
  MailboxPolicy: () => import('#policies/mailbox_policy'),
  MailingListPolicy: () => import('#policies/mailing_list_policy'),
  ServerPolicy: () => import('#policies/server_policy'),
  StaffPolicy: () => import('#policies/staff_policy'),
  StagingPolicy: () => import('#policies/staging_policy'),
  TamperPolicy: () => import('#policies/tamper_policy'),
  ZonePolicy: () => import('#policies/zone_policy'),
}

