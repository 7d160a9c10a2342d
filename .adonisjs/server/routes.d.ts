import '@adonisjs/core/types/http'

type ParamValue = string | number | bigint | boolean

export type ScannedRoutes = {
  ALL: {
    'session.create': { paramsTuple?: []; params?: {} }
    'session.store': { paramsTuple?: []; params?: {} }
    'home.show': { paramsTuple?: []; params?: {} }
    'session.destroy': { paramsTuple?: []; params?: {} }
    'passwords.edit': { paramsTuple?: []; params?: {} }
    'passwords.update': { paramsTuple?: []; params?: {} }
    'operation_logs.index': { paramsTuple?: []; params?: {} }
    'servers.index': { paramsTuple?: []; params?: {} }
    'servers.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'server_meters.show': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'domains.index': { paramsTuple?: []; params?: {} }
    'domains.create': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'domains.store': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'domains.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'suspensions.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'suspensions.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'suspensions.destroy': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'applies.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'apply_events.show': { paramsTuple: [ParamValue]; params: {'apply_id': ParamValue} }
    'contracts.show': { paramsTuple?: []; params?: {} }
    'contract_profiles.edit': { paramsTuple?: []; params?: {} }
    'contract_profiles.update': { paramsTuple?: []; params?: {} }
    'payment_changes.create': { paramsTuple?: []; params?: {} }
    'payment_changes.store': { paramsTuple?: []; params?: {} }
    'payment_changes.destroy': { paramsTuple?: []; params?: {} }
    'panel_restrictions.edit': { paramsTuple?: []; params?: {} }
    'panel_restrictions.update': { paramsTuple?: []; params?: {} }
    'server_descriptions.edit': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'server_descriptions.update': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'supports.show': { paramsTuple?: []; params?: {} }
    'inquiries.index': { paramsTuple?: []; params?: {} }
    'inquiries.create': { paramsTuple?: []; params?: {} }
    'inquiries.store': { paramsTuple?: []; params?: {} }
    'inquiries.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.contracts.create': { paramsTuple?: []; params?: {} }
    'staff.contracts.store': { paramsTuple?: []; params?: {} }
    'staff.contracts.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.contracts.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.contracts.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.contract_suspensions.create': { paramsTuple: [ParamValue]; params: {'contract_id': ParamValue} }
    'staff.contract_suspensions.store': { paramsTuple: [ParamValue]; params: {'contract_id': ParamValue} }
    'staff.contract_suspensions.destroy': { paramsTuple: [ParamValue]; params: {'contract_id': ParamValue} }
    'staff.password_invitations.create': { paramsTuple: [ParamValue]; params: {'contract_id': ParamValue} }
    'staff.password_invitations.store': { paramsTuple: [ParamValue]; params: {'contract_id': ParamValue} }
    'staff.customer_views.create': { paramsTuple: [ParamValue]; params: {'contract_id': ParamValue} }
    'staff.customer_views.store': { paramsTuple: [ParamValue]; params: {'contract_id': ParamValue} }
    'staff.customer_views.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.password_invitations.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.panel_restrictions.destroy': { paramsTuple: [ParamValue]; params: {'contract_id': ParamValue} }
    'staff.payment_confirmations.store': { paramsTuple: [ParamValue]; params: {'payment_change_id': ParamValue} }
    'staff.inquiries.index': { paramsTuple?: []; params?: {} }
    'staff.inquiries.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.inquiry_answers.store': { paramsTuple: [ParamValue]; params: {'inquiry_id': ParamValue} }
    'password_invitations.index': { paramsTuple?: []; params?: {} }
    'password_invitations.edit': { paramsTuple: [ParamValue]; params: {'token': ParamValue} }
    'password_invitations.update': { paramsTuple: [ParamValue]; params: {'token': ParamValue} }
    'server_powers.create': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'server_powers.store': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'staff.server_powers.create': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'staff.server_powers.store': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'staff.server_returns.create': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'staff.server_returns.store': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'staff.server_graces.edit': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'staff.server_graces.update': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'staff.server_builds.store': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'staff.server_builds.destroy': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'server_networks.show': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'firewall_rules.edit': { paramsTuple: [ParamValue,ParamValue]; params: {'server_id': ParamValue,'port': ParamValue} }
    'firewall_rules.update': { paramsTuple: [ParamValue,ParamValue]; params: {'server_id': ParamValue,'port': ParamValue} }
    'global_connections.edit': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'global_connections.update': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'private_connections.edit': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'private_connections.update': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'ready_domains.create': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'ready_domains.store': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'ready_names.show': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'name_claims.index': { paramsTuple?: []; params?: {} }
    'name_claims.create': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'name_claims.store': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'name_claims.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'name_claims.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'name_claim_checks.store': { paramsTuple: [ParamValue]; params: {'name_claim_id': ParamValue} }
    'disk_quotas.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'disk_quotas.update': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'domain_deletions.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'domain_deletions.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'domain_deletions.index': { paramsTuple?: []; params?: {} }
    'domain_deletions.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'domain_deletions.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'domain_removals.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'domain_removals.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'basic_dns.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'basic_dns_events.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'basic_dns.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'basic_dns.update': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'domain_zones.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'domain_zones.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'domain_zones.destroy': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'delegations.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'domain_webs.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'php_versions.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'php_versions.update': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'php_settings.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'php_settings.update': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'own_php_inis.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'php_reloads.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'error_pages.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'error_pages.update': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'htaccess_directives.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'php_switches.create': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'php_switches.store': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'web_logs.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'log_retentions.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'log_retentions.update': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'log_tails.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'log_searches.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'web_logs.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'file': ParamValue} }
    'access_reports.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'access_reports.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'access_report_pages.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'page': ParamValue} }
    'wafs.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'wafs.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'wafs.update': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'waf_exceptions.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'waf_exceptions.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'waf_exceptions.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'waf_exceptions.destroy': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'id': ParamValue} }
    'databases.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'databases.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'databases.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'database_sizes.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'databases.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'id': ParamValue} }
    'databases.edit': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'id': ParamValue} }
    'databases.update': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'id': ParamValue} }
    'database_deletions.create': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_id': ParamValue} }
    'database_deletions.store': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_id': ParamValue} }
    'database_dumps.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_id': ParamValue} }
    'database_imports.create': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_id': ParamValue} }
    'database_imports.store': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_id': ParamValue} }
    'database_copies.create': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_id': ParamValue} }
    'database_copies.store': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_id': ParamValue} }
    'database_users.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'database_users.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'database_users.edit': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'id': ParamValue} }
    'database_users.update': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'id': ParamValue} }
    'database_passwords.create': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_user_id': ParamValue} }
    'database_passwords.store': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_user_id': ParamValue} }
    'database_passwords.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_user_id': ParamValue} }
    'database_user_deletions.create': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_user_id': ParamValue} }
    'database_user_deletions.store': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_user_id': ParamValue} }
    'backup_restores.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'backup_restores.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'backup_restores.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'id': ParamValue} }
    'staff.backups.index': { paramsTuple?: []; params?: {} }
    'staff.backups.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.backups.store': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'staff.backup_restores.store': { paramsTuple: [ParamValue]; params: {'backup_id': ParamValue} }
    'staff.backup_restores.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.server_rebuilds.create': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'staff.server_rebuilds.store': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'staff.server_rebuilds.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.backup_hosts.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.backup_hosts.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.backup_targets.create': { paramsTuple?: []; params?: {} }
    'staff.backup_targets.store': { paramsTuple?: []; params?: {} }
    'staff.backup_targets.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.backup_targets.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.backup_targets.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.backup_targets.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.backup_target_passwords.store': { paramsTuple: [ParamValue]; params: {'backup_target_id': ParamValue} }
    'staff.backup_target_runs.store': { paramsTuple: [ParamValue]; params: {'backup_target_id': ParamValue} }
    'certificates.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'certificates.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'certificates.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'certificates.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'certificate_id': ParamValue} }
    'certificates.update': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'certificate_id': ParamValue} }
    'certificate_deletions.create': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'certificate_id': ParamValue} }
    'certificate_deletions.store': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'certificate_id': ParamValue} }
    'certificate_uses.store': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'certificate_id': ParamValue} }
    'certificate_stops.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'certificate_stops.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'certificate_requests.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'certificate_requests.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'automatic_certificates.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'automatic_certificates.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'https_settings.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'https_settings.update': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mailboxes.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mailboxes.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mailboxes.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mailboxes.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'mailboxes.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'mailboxes.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'mailbox_deletions.create': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'mailbox_deletions.store': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'descriptions.edit': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'descriptions.update': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'restrictions.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'restrictions.edit': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'feature': ParamValue} }
    'restrictions.update': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'feature': ParamValue} }
    'bulk_mailbox_deletions.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'bulk_mailbox_deletions.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'virus_warnings.edit': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'virus_warnings.update': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'spam_checks.edit': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'spam_checks.update': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'allowed_senders.edit': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'allowed_senders.update': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'rejected_senders.edit': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'rejected_senders.update': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'forwards.edit': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'forwards.update': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'user_scripts.edit': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'user_scripts.update': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'vacations.edit': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'vacations.update': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'ftp_rights.edit': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'ftp_rights.update': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'sending_unlocks.store': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'mailbox_usages.show': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'mailbox_usages.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'domain_usages.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mailbox_mail_searches.index': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'mail_searches.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'junk_mails.index': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'junk_mail_releases.store': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'junk_mail_deletions.store': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'client_setups.show': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'client_profiles.show': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'domain_mails.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mail_records.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'out_mx.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'out_mx.update': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'domain_allowed_senders.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'domain_allowed_senders.update': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'sending_limits.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'sending_limits.update': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'program_sendings.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'program_sending_unlocks.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'dkim_keys.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'dkim_keys.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'dkim_keys.destroy': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'dkim_key_deletions.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mta_sts_policies.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mta_sts_policies.update': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'imports.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'imports.create': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'sheet': ParamValue} }
    'imports.store': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'sheet': ParamValue} }
    'sheets.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'sheet': ParamValue} }
    'sheet_templates.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'sheet': ParamValue} }
    'imports.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'import_confirmations.store': { paramsTuple: [ParamValue]; params: {'import_id': ParamValue} }
    'import_events.show': { paramsTuple: [ParamValue]; params: {'import_id': ParamValue} }
    'import_mistakes.index': { paramsTuple: [ParamValue]; params: {'import_id': ParamValue} }
    'import_changes.index': { paramsTuple: [ParamValue]; params: {'import_id': ParamValue} }
    'mailing_lists.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mailing_lists.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mailing_lists.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mailing_lists.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'mailing_lists.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'mailing_lists.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'mailing_list_deletions.create': { paramsTuple: [ParamValue]; params: {'mailing_list_id': ParamValue} }
    'mailing_list_deletions.store': { paramsTuple: [ParamValue]; params: {'mailing_list_id': ParamValue} }
    'mailing_list_members.index': { paramsTuple: [ParamValue]; params: {'mailing_list_id': ParamValue} }
    'mailing_list_members.create': { paramsTuple: [ParamValue]; params: {'mailing_list_id': ParamValue} }
    'mailing_list_members.store': { paramsTuple: [ParamValue]; params: {'mailing_list_id': ParamValue} }
    'mailing_list_member_removals.create': { paramsTuple: [ParamValue]; params: {'mailing_list_id': ParamValue} }
    'mailing_list_member_removals.store': { paramsTuple: [ParamValue]; params: {'mailing_list_id': ParamValue} }
    'mailing_list_mail_changes.show': { paramsTuple: [ParamValue]; params: {'mailing_list_id': ParamValue} }
    'waiting_post_counts.show': { paramsTuple: [ParamValue]; params: {'mailing_list_id': ParamValue} }
    'waiting_posts.index': { paramsTuple: [ParamValue]; params: {'mailing_list_id': ParamValue} }
    'waiting_posts.show': { paramsTuple: [ParamValue,ParamValue]; params: {'mailing_list_id': ParamValue,'post': ParamValue} }
    'waiting_post_releases.store': { paramsTuple: [ParamValue,ParamValue]; params: {'mailing_list_id': ParamValue,'post': ParamValue} }
    'waiting_post_rejections.create': { paramsTuple: [ParamValue,ParamValue]; params: {'mailing_list_id': ParamValue,'post': ParamValue} }
    'waiting_post_rejections.store': { paramsTuple: [ParamValue,ParamValue]; params: {'mailing_list_id': ParamValue,'post': ParamValue} }
    'archived_posts.index': { paramsTuple: [ParamValue]; params: {'mailing_list_id': ParamValue} }
    'archived_posts.show': { paramsTuple: [ParamValue,ParamValue]; params: {'mailing_list_id': ParamValue,'post': ParamValue} }
    'stagings.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staging_sides.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staging_swaps.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staging_swaps.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staging_changes.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staging_changes.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'change_id': ParamValue} }
    'staging_change_events.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'change_id': ParamValue} }
    'staging_publications.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staging_publications.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staging_withdrawals.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staging_withdrawals.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staging_refreshes.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staging_refreshes.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staging_restores.create': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'generation_id': ParamValue} }
    'staging_restores.store': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'generation_id': ParamValue} }
    'staging_generation_deletions.create': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'generation_id': ParamValue} }
    'staging_generation_deletions.store': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'generation_id': ParamValue} }
    'staging_settings.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staging_settings.update': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'content_backups.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'content_backup_entries.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'content_restores.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'content_restores.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'restore_id': ParamValue} }
    'content_restore_events.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'restore_id': ParamValue} }
    'content_restore_confirmations.store': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'restore_id': ParamValue} }
    'tamper_watches.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'tamper_watches.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'tamper_watches.update': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'tamper_looks.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'tamper_looks.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'tamper_looks.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'look_id': ParamValue} }
    'tamper_look_events.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'look_id': ParamValue} }
    'tamper_baselines.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'content_syncs.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'content_syncs.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'content_syncs.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'content_sync_schedules.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'content_sync_schedules.update': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'content_sync_schedules.destroy': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'content_syncs.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'content_sync_id': ParamValue} }
    'content_sync_events.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'content_sync_id': ParamValue} }
    'zones.index': { paramsTuple?: []; params?: {} }
    'zones.create': { paramsTuple?: []; params?: {} }
    'zones.store': { paramsTuple?: []; params?: {} }
    'zone_claims.create': { paramsTuple?: []; params?: {} }
    'zone_claims.store': { paramsTuple?: []; params?: {} }
    'zones.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'zones.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'zones.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'zone_events.show': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'zone_records.index': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'zone_records.store': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'zone_record_checks.store': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'zone_files.show': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'zone_imports.create': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'zone_import_plans.store': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'zone_imports.store': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'zone_changes.index': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'zone_changes.show': { paramsTuple: [ParamValue,ParamValue]; params: {'zone_id': ParamValue,'id': ParamValue} }
    'zone_undos.store': { paramsTuple: [ParamValue,ParamValue]; params: {'zone_id': ParamValue,'zone_change_id': ParamValue} }
    'zone_signings.edit': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'zone_signings.update': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'zone_deletions.create': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'zone_deletions.store': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'announcements.index': { paramsTuple?: []; params?: {} }
    'announcements.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.announcements.index': { paramsTuple?: []; params?: {} }
    'staff.announcements.create': { paramsTuple?: []; params?: {} }
    'staff.announcements.store': { paramsTuple?: []; params?: {} }
    'staff.announcements.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.announcements.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.announcements.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.announcements.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.announcement_publications.store': { paramsTuple: [ParamValue]; params: {'announcement_id': ParamValue} }
    'staff.announcement_publications.destroy': { paramsTuple: [ParamValue]; params: {'announcement_id': ParamValue} }
    'orders.index': { paramsTuple?: []; params?: {} }
    'order_kinds.index': { paramsTuple?: []; params?: {} }
    'orders.create': { paramsTuple?: []; params?: {} }
    'order_confirmations.show': { paramsTuple?: []; params?: {} }
    'order_confirmations.store': { paramsTuple?: []; params?: {} }
    'orders.store': { paramsTuple?: []; params?: {} }
    'order_papers.show': { paramsTuple?: []; params?: {} }
    'orders.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'order_events.show': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'order_withdrawals.create': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'order_withdrawals.store': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'order_answers.store': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'order_notes.store': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'options.index': { paramsTuple?: []; params?: {} }
    'statements.index': { paramsTuple?: []; params?: {} }
    'statements.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'invoices.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.prices.index': { paramsTuple?: []; params?: {} }
    'staff.prices.create': { paramsTuple?: []; params?: {} }
    'staff.prices.store': { paramsTuple?: []; params?: {} }
    'staff.prices.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.quotes.index': { paramsTuple?: []; params?: {} }
    'staff.fee_quotes.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.one_time_fee_quotes.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.month_closings.index': { paramsTuple?: []; params?: {} }
    'staff.month_reopenings.store': { paramsTuple: [ParamValue]; params: {'month_closing_id': ParamValue} }
    'staff.statements.index': { paramsTuple?: []; params?: {} }
    'staff.statements.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.invoices.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.statement_files.show': { paramsTuple?: []; params?: {} }
    'staff.session.create': { paramsTuple?: []; params?: {} }
    'staff.session.store': { paramsTuple?: []; params?: {} }
    'staff.home.show': { paramsTuple?: []; params?: {} }
    'staff.session.destroy': { paramsTuple?: []; params?: {} }
    'staff.contracts.index': { paramsTuple?: []; params?: {} }
    'staff.servers.index': { paramsTuple?: []; params?: {} }
    'staff.servers.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.server_meters.show': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'staff.converges.store': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'staff.domain_deletions.index': { paramsTuple?: []; params?: {} }
    'staff.domain_deletions.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.domain_deletions.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.name_claims.index': { paramsTuple?: []; params?: {} }
    'staff.name_claims.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.name_claim_approvals.store': { paramsTuple: [ParamValue]; params: {'name_claim_id': ParamValue} }
    'staff.name_claim_refusals.store': { paramsTuple: [ParamValue]; params: {'name_claim_id': ParamValue} }
    'staff.name_servers.index': { paramsTuple?: []; params?: {} }
    'staff.name_server_comparisons.store': { paramsTuple?: []; params?: {} }
    'staff.runs.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.applies.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.apply_events.show': { paramsTuple: [ParamValue]; params: {'apply_id': ParamValue} }
    'staff.closing_days.index': { paramsTuple?: []; params?: {} }
    'staff.closing_days.store': { paramsTuple?: []; params?: {} }
    'staff.closing_days.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.orders.index': { paramsTuple?: []; params?: {} }
    'staff.order_entries.create': { paramsTuple?: []; params?: {} }
    'staff.order_entries.store': { paramsTuple?: []; params?: {} }
    'staff.orders.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.order_files.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.work_calendars.show': { paramsTuple?: []; params?: {} }
    'staff.order_shortcomings.store': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'staff.order_receipts.store': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'staff.order_confirmations.store': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'staff.order_starts.store': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'staff.order_completions.store': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'staff.order_rejections.store': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'staff.order_proposals.store': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'staff.order_notes.store': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'staff.order_files.store': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'order_files.show': { paramsTuple: [ParamValue,ParamValue]; params: {'order_id': ParamValue,'id': ParamValue} }
    'staff.compute_nodes.index': { paramsTuple?: []; params?: {} }
    'staff.compute_nodes.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.compute_nodes.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.compute_nodes.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.compute_node_readings.store': { paramsTuple: [ParamValue]; params: {'compute_node_id': ParamValue} }
    'staff.physical_machines.index': { paramsTuple?: []; params?: {} }
    'staff.physical_machines.create': { paramsTuple?: []; params?: {} }
    'staff.physical_machines.store': { paramsTuple?: []; params?: {} }
    'staff.physical_machines.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.physical_machines.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.physical_machine_looks.store': { paramsTuple: [ParamValue]; params: {'physical_machine_id': ParamValue} }
    'staff.physical_machine_confirmations.store': { paramsTuple: [ParamValue]; params: {'physical_machine_id': ParamValue} }
    'staff.order_machines.create': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'staff.order_machines.store': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'staff.failing_certificates.index': { paramsTuple?: []; params?: {} }
    'staff.searches.show': { paramsTuple?: []; params?: {} }
    'staff.staff_logs.index': { paramsTuple?: []; params?: {} }
    'staff.tasks.index': { paramsTuple?: []; params?: {} }
    'staff.tasks.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.task_retries.store': { paramsTuple: [ParamValue]; params: {'task_id': ParamValue} }
    'staff.task_dismissals.store': { paramsTuple: [ParamValue]; params: {'task_id': ParamValue} }
    'network_diagrams.show': { paramsTuple?: []; params?: {} }
    'staff.network_diagrams.show': { paramsTuple: [ParamValue]; params: {'contract_id': ParamValue} }
    'staff.address_pools.index': { paramsTuple?: []; params?: {} }
    'staff.address_pools.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.pool_addresses.store': { paramsTuple: [ParamValue]; params: {'address_pool_id': ParamValue} }
    'staff.pool_addresses.destroy': { paramsTuple: [ParamValue]; params: {'address_pool_id': ParamValue} }
    'staff.address_reservations.store': { paramsTuple: [ParamValue]; params: {'address_pool_id': ParamValue} }
    'staff.address_reservations.destroy': { paramsTuple: [ParamValue]; params: {'address_pool_id': ParamValue} }
  }
  GET: {
    'session.create': { paramsTuple?: []; params?: {} }
    'home.show': { paramsTuple?: []; params?: {} }
    'passwords.edit': { paramsTuple?: []; params?: {} }
    'operation_logs.index': { paramsTuple?: []; params?: {} }
    'servers.index': { paramsTuple?: []; params?: {} }
    'servers.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'server_meters.show': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'domains.index': { paramsTuple?: []; params?: {} }
    'domains.create': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'domains.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'suspensions.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'applies.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'apply_events.show': { paramsTuple: [ParamValue]; params: {'apply_id': ParamValue} }
    'contracts.show': { paramsTuple?: []; params?: {} }
    'contract_profiles.edit': { paramsTuple?: []; params?: {} }
    'payment_changes.create': { paramsTuple?: []; params?: {} }
    'panel_restrictions.edit': { paramsTuple?: []; params?: {} }
    'server_descriptions.edit': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'supports.show': { paramsTuple?: []; params?: {} }
    'inquiries.index': { paramsTuple?: []; params?: {} }
    'inquiries.create': { paramsTuple?: []; params?: {} }
    'inquiries.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.contracts.create': { paramsTuple?: []; params?: {} }
    'staff.contracts.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.contracts.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.contract_suspensions.create': { paramsTuple: [ParamValue]; params: {'contract_id': ParamValue} }
    'staff.password_invitations.create': { paramsTuple: [ParamValue]; params: {'contract_id': ParamValue} }
    'staff.customer_views.create': { paramsTuple: [ParamValue]; params: {'contract_id': ParamValue} }
    'staff.password_invitations.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.inquiries.index': { paramsTuple?: []; params?: {} }
    'staff.inquiries.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'password_invitations.index': { paramsTuple?: []; params?: {} }
    'password_invitations.edit': { paramsTuple: [ParamValue]; params: {'token': ParamValue} }
    'server_powers.create': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'staff.server_powers.create': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'staff.server_returns.create': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'staff.server_graces.edit': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'server_networks.show': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'firewall_rules.edit': { paramsTuple: [ParamValue,ParamValue]; params: {'server_id': ParamValue,'port': ParamValue} }
    'global_connections.edit': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'private_connections.edit': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'ready_domains.create': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'ready_names.show': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'name_claims.index': { paramsTuple?: []; params?: {} }
    'name_claims.create': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'name_claims.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'disk_quotas.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'domain_deletions.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'domain_deletions.index': { paramsTuple?: []; params?: {} }
    'domain_deletions.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'domain_removals.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'basic_dns.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'basic_dns_events.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'basic_dns.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'domain_zones.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'delegations.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'domain_webs.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'php_versions.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'php_settings.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'own_php_inis.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'error_pages.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'htaccess_directives.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'php_switches.create': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'web_logs.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'log_retentions.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'log_tails.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'log_searches.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'web_logs.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'file': ParamValue} }
    'access_reports.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'access_report_pages.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'page': ParamValue} }
    'wafs.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'wafs.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'waf_exceptions.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'waf_exceptions.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'databases.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'databases.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'database_sizes.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'databases.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'id': ParamValue} }
    'databases.edit': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'id': ParamValue} }
    'database_deletions.create': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_id': ParamValue} }
    'database_dumps.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_id': ParamValue} }
    'database_imports.create': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_id': ParamValue} }
    'database_copies.create': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_id': ParamValue} }
    'database_users.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'database_users.edit': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'id': ParamValue} }
    'database_passwords.create': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_user_id': ParamValue} }
    'database_passwords.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_user_id': ParamValue} }
    'database_user_deletions.create': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_user_id': ParamValue} }
    'backup_restores.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'backup_restores.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'id': ParamValue} }
    'staff.backups.index': { paramsTuple?: []; params?: {} }
    'staff.backups.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.backup_restores.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.server_rebuilds.create': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'staff.server_rebuilds.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.backup_hosts.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.backup_targets.create': { paramsTuple?: []; params?: {} }
    'staff.backup_targets.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.backup_targets.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'certificates.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'certificates.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'certificates.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'certificate_id': ParamValue} }
    'certificate_deletions.create': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'certificate_id': ParamValue} }
    'certificate_stops.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'certificate_requests.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'automatic_certificates.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'https_settings.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mailboxes.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mailboxes.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mailboxes.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'mailboxes.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'mailbox_deletions.create': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'descriptions.edit': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'restrictions.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'restrictions.edit': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'feature': ParamValue} }
    'bulk_mailbox_deletions.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'virus_warnings.edit': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'spam_checks.edit': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'allowed_senders.edit': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'rejected_senders.edit': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'forwards.edit': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'user_scripts.edit': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'vacations.edit': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'ftp_rights.edit': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'mailbox_usages.show': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'mailbox_usages.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'domain_usages.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mailbox_mail_searches.index': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'mail_searches.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'junk_mails.index': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'client_setups.show': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'client_profiles.show': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'domain_mails.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mail_records.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'out_mx.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'domain_allowed_senders.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'sending_limits.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'program_sendings.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'dkim_keys.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'dkim_key_deletions.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mta_sts_policies.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'imports.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'imports.create': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'sheet': ParamValue} }
    'sheets.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'sheet': ParamValue} }
    'sheet_templates.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'sheet': ParamValue} }
    'imports.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'import_events.show': { paramsTuple: [ParamValue]; params: {'import_id': ParamValue} }
    'import_mistakes.index': { paramsTuple: [ParamValue]; params: {'import_id': ParamValue} }
    'import_changes.index': { paramsTuple: [ParamValue]; params: {'import_id': ParamValue} }
    'mailing_lists.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mailing_lists.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mailing_lists.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'mailing_lists.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'mailing_list_deletions.create': { paramsTuple: [ParamValue]; params: {'mailing_list_id': ParamValue} }
    'mailing_list_members.index': { paramsTuple: [ParamValue]; params: {'mailing_list_id': ParamValue} }
    'mailing_list_members.create': { paramsTuple: [ParamValue]; params: {'mailing_list_id': ParamValue} }
    'mailing_list_member_removals.create': { paramsTuple: [ParamValue]; params: {'mailing_list_id': ParamValue} }
    'mailing_list_mail_changes.show': { paramsTuple: [ParamValue]; params: {'mailing_list_id': ParamValue} }
    'waiting_post_counts.show': { paramsTuple: [ParamValue]; params: {'mailing_list_id': ParamValue} }
    'waiting_posts.index': { paramsTuple: [ParamValue]; params: {'mailing_list_id': ParamValue} }
    'waiting_posts.show': { paramsTuple: [ParamValue,ParamValue]; params: {'mailing_list_id': ParamValue,'post': ParamValue} }
    'waiting_post_rejections.create': { paramsTuple: [ParamValue,ParamValue]; params: {'mailing_list_id': ParamValue,'post': ParamValue} }
    'archived_posts.index': { paramsTuple: [ParamValue]; params: {'mailing_list_id': ParamValue} }
    'archived_posts.show': { paramsTuple: [ParamValue,ParamValue]; params: {'mailing_list_id': ParamValue,'post': ParamValue} }
    'stagings.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staging_sides.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staging_swaps.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staging_changes.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staging_changes.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'change_id': ParamValue} }
    'staging_change_events.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'change_id': ParamValue} }
    'staging_publications.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staging_withdrawals.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staging_refreshes.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staging_restores.create': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'generation_id': ParamValue} }
    'staging_generation_deletions.create': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'generation_id': ParamValue} }
    'staging_settings.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'content_backups.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'content_backup_entries.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'content_restores.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'restore_id': ParamValue} }
    'content_restore_events.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'restore_id': ParamValue} }
    'tamper_watches.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'tamper_watches.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'tamper_looks.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'tamper_looks.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'look_id': ParamValue} }
    'tamper_look_events.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'look_id': ParamValue} }
    'content_syncs.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'content_syncs.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'content_sync_schedules.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'content_syncs.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'content_sync_id': ParamValue} }
    'content_sync_events.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'content_sync_id': ParamValue} }
    'zones.index': { paramsTuple?: []; params?: {} }
    'zones.create': { paramsTuple?: []; params?: {} }
    'zone_claims.create': { paramsTuple?: []; params?: {} }
    'zones.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'zones.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'zone_events.show': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'zone_records.index': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'zone_files.show': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'zone_imports.create': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'zone_changes.index': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'zone_changes.show': { paramsTuple: [ParamValue,ParamValue]; params: {'zone_id': ParamValue,'id': ParamValue} }
    'zone_signings.edit': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'zone_deletions.create': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'announcements.index': { paramsTuple?: []; params?: {} }
    'announcements.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.announcements.index': { paramsTuple?: []; params?: {} }
    'staff.announcements.create': { paramsTuple?: []; params?: {} }
    'staff.announcements.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.announcements.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'orders.index': { paramsTuple?: []; params?: {} }
    'order_kinds.index': { paramsTuple?: []; params?: {} }
    'orders.create': { paramsTuple?: []; params?: {} }
    'order_confirmations.show': { paramsTuple?: []; params?: {} }
    'order_papers.show': { paramsTuple?: []; params?: {} }
    'orders.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'order_events.show': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'order_withdrawals.create': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'options.index': { paramsTuple?: []; params?: {} }
    'statements.index': { paramsTuple?: []; params?: {} }
    'statements.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'invoices.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.prices.index': { paramsTuple?: []; params?: {} }
    'staff.prices.create': { paramsTuple?: []; params?: {} }
    'staff.quotes.index': { paramsTuple?: []; params?: {} }
    'staff.month_closings.index': { paramsTuple?: []; params?: {} }
    'staff.statements.index': { paramsTuple?: []; params?: {} }
    'staff.statements.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.invoices.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.statement_files.show': { paramsTuple?: []; params?: {} }
    'staff.session.create': { paramsTuple?: []; params?: {} }
    'staff.home.show': { paramsTuple?: []; params?: {} }
    'staff.contracts.index': { paramsTuple?: []; params?: {} }
    'staff.servers.index': { paramsTuple?: []; params?: {} }
    'staff.servers.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.server_meters.show': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'staff.domain_deletions.index': { paramsTuple?: []; params?: {} }
    'staff.domain_deletions.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.name_claims.index': { paramsTuple?: []; params?: {} }
    'staff.name_claims.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.name_servers.index': { paramsTuple?: []; params?: {} }
    'staff.runs.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.applies.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.apply_events.show': { paramsTuple: [ParamValue]; params: {'apply_id': ParamValue} }
    'staff.closing_days.index': { paramsTuple?: []; params?: {} }
    'staff.orders.index': { paramsTuple?: []; params?: {} }
    'staff.order_entries.create': { paramsTuple?: []; params?: {} }
    'staff.orders.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.order_files.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.work_calendars.show': { paramsTuple?: []; params?: {} }
    'order_files.show': { paramsTuple: [ParamValue,ParamValue]; params: {'order_id': ParamValue,'id': ParamValue} }
    'staff.compute_nodes.index': { paramsTuple?: []; params?: {} }
    'staff.compute_nodes.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.compute_nodes.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.physical_machines.index': { paramsTuple?: []; params?: {} }
    'staff.physical_machines.create': { paramsTuple?: []; params?: {} }
    'staff.physical_machines.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.order_machines.create': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'staff.failing_certificates.index': { paramsTuple?: []; params?: {} }
    'staff.searches.show': { paramsTuple?: []; params?: {} }
    'staff.staff_logs.index': { paramsTuple?: []; params?: {} }
    'staff.tasks.index': { paramsTuple?: []; params?: {} }
    'staff.tasks.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'network_diagrams.show': { paramsTuple?: []; params?: {} }
    'staff.network_diagrams.show': { paramsTuple: [ParamValue]; params: {'contract_id': ParamValue} }
    'staff.address_pools.index': { paramsTuple?: []; params?: {} }
    'staff.address_pools.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
  }
  HEAD: {
    'session.create': { paramsTuple?: []; params?: {} }
    'home.show': { paramsTuple?: []; params?: {} }
    'passwords.edit': { paramsTuple?: []; params?: {} }
    'operation_logs.index': { paramsTuple?: []; params?: {} }
    'servers.index': { paramsTuple?: []; params?: {} }
    'servers.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'server_meters.show': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'domains.index': { paramsTuple?: []; params?: {} }
    'domains.create': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'domains.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'suspensions.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'applies.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'apply_events.show': { paramsTuple: [ParamValue]; params: {'apply_id': ParamValue} }
    'contracts.show': { paramsTuple?: []; params?: {} }
    'contract_profiles.edit': { paramsTuple?: []; params?: {} }
    'payment_changes.create': { paramsTuple?: []; params?: {} }
    'panel_restrictions.edit': { paramsTuple?: []; params?: {} }
    'server_descriptions.edit': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'supports.show': { paramsTuple?: []; params?: {} }
    'inquiries.index': { paramsTuple?: []; params?: {} }
    'inquiries.create': { paramsTuple?: []; params?: {} }
    'inquiries.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.contracts.create': { paramsTuple?: []; params?: {} }
    'staff.contracts.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.contracts.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.contract_suspensions.create': { paramsTuple: [ParamValue]; params: {'contract_id': ParamValue} }
    'staff.password_invitations.create': { paramsTuple: [ParamValue]; params: {'contract_id': ParamValue} }
    'staff.customer_views.create': { paramsTuple: [ParamValue]; params: {'contract_id': ParamValue} }
    'staff.password_invitations.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.inquiries.index': { paramsTuple?: []; params?: {} }
    'staff.inquiries.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'password_invitations.index': { paramsTuple?: []; params?: {} }
    'password_invitations.edit': { paramsTuple: [ParamValue]; params: {'token': ParamValue} }
    'server_powers.create': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'staff.server_powers.create': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'staff.server_returns.create': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'staff.server_graces.edit': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'server_networks.show': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'firewall_rules.edit': { paramsTuple: [ParamValue,ParamValue]; params: {'server_id': ParamValue,'port': ParamValue} }
    'global_connections.edit': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'private_connections.edit': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'ready_domains.create': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'ready_names.show': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'name_claims.index': { paramsTuple?: []; params?: {} }
    'name_claims.create': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'name_claims.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'disk_quotas.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'domain_deletions.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'domain_deletions.index': { paramsTuple?: []; params?: {} }
    'domain_deletions.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'domain_removals.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'basic_dns.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'basic_dns_events.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'basic_dns.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'domain_zones.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'delegations.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'domain_webs.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'php_versions.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'php_settings.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'own_php_inis.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'error_pages.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'htaccess_directives.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'php_switches.create': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'web_logs.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'log_retentions.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'log_tails.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'log_searches.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'web_logs.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'file': ParamValue} }
    'access_reports.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'access_report_pages.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'page': ParamValue} }
    'wafs.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'wafs.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'waf_exceptions.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'waf_exceptions.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'databases.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'databases.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'database_sizes.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'databases.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'id': ParamValue} }
    'databases.edit': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'id': ParamValue} }
    'database_deletions.create': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_id': ParamValue} }
    'database_dumps.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_id': ParamValue} }
    'database_imports.create': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_id': ParamValue} }
    'database_copies.create': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_id': ParamValue} }
    'database_users.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'database_users.edit': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'id': ParamValue} }
    'database_passwords.create': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_user_id': ParamValue} }
    'database_passwords.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_user_id': ParamValue} }
    'database_user_deletions.create': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_user_id': ParamValue} }
    'backup_restores.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'backup_restores.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'id': ParamValue} }
    'staff.backups.index': { paramsTuple?: []; params?: {} }
    'staff.backups.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.backup_restores.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.server_rebuilds.create': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'staff.server_rebuilds.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.backup_hosts.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.backup_targets.create': { paramsTuple?: []; params?: {} }
    'staff.backup_targets.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.backup_targets.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'certificates.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'certificates.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'certificates.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'certificate_id': ParamValue} }
    'certificate_deletions.create': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'certificate_id': ParamValue} }
    'certificate_stops.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'certificate_requests.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'automatic_certificates.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'https_settings.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mailboxes.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mailboxes.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mailboxes.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'mailboxes.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'mailbox_deletions.create': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'descriptions.edit': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'restrictions.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'restrictions.edit': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'feature': ParamValue} }
    'bulk_mailbox_deletions.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'virus_warnings.edit': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'spam_checks.edit': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'allowed_senders.edit': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'rejected_senders.edit': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'forwards.edit': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'user_scripts.edit': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'vacations.edit': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'ftp_rights.edit': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'mailbox_usages.show': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'mailbox_usages.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'domain_usages.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mailbox_mail_searches.index': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'mail_searches.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'junk_mails.index': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'client_setups.show': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'client_profiles.show': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'domain_mails.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mail_records.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'out_mx.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'domain_allowed_senders.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'sending_limits.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'program_sendings.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'dkim_keys.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'dkim_key_deletions.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mta_sts_policies.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'imports.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'imports.create': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'sheet': ParamValue} }
    'sheets.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'sheet': ParamValue} }
    'sheet_templates.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'sheet': ParamValue} }
    'imports.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'import_events.show': { paramsTuple: [ParamValue]; params: {'import_id': ParamValue} }
    'import_mistakes.index': { paramsTuple: [ParamValue]; params: {'import_id': ParamValue} }
    'import_changes.index': { paramsTuple: [ParamValue]; params: {'import_id': ParamValue} }
    'mailing_lists.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mailing_lists.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mailing_lists.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'mailing_lists.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'mailing_list_deletions.create': { paramsTuple: [ParamValue]; params: {'mailing_list_id': ParamValue} }
    'mailing_list_members.index': { paramsTuple: [ParamValue]; params: {'mailing_list_id': ParamValue} }
    'mailing_list_members.create': { paramsTuple: [ParamValue]; params: {'mailing_list_id': ParamValue} }
    'mailing_list_member_removals.create': { paramsTuple: [ParamValue]; params: {'mailing_list_id': ParamValue} }
    'mailing_list_mail_changes.show': { paramsTuple: [ParamValue]; params: {'mailing_list_id': ParamValue} }
    'waiting_post_counts.show': { paramsTuple: [ParamValue]; params: {'mailing_list_id': ParamValue} }
    'waiting_posts.index': { paramsTuple: [ParamValue]; params: {'mailing_list_id': ParamValue} }
    'waiting_posts.show': { paramsTuple: [ParamValue,ParamValue]; params: {'mailing_list_id': ParamValue,'post': ParamValue} }
    'waiting_post_rejections.create': { paramsTuple: [ParamValue,ParamValue]; params: {'mailing_list_id': ParamValue,'post': ParamValue} }
    'archived_posts.index': { paramsTuple: [ParamValue]; params: {'mailing_list_id': ParamValue} }
    'archived_posts.show': { paramsTuple: [ParamValue,ParamValue]; params: {'mailing_list_id': ParamValue,'post': ParamValue} }
    'stagings.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staging_sides.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staging_swaps.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staging_changes.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staging_changes.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'change_id': ParamValue} }
    'staging_change_events.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'change_id': ParamValue} }
    'staging_publications.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staging_withdrawals.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staging_refreshes.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staging_restores.create': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'generation_id': ParamValue} }
    'staging_generation_deletions.create': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'generation_id': ParamValue} }
    'staging_settings.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'content_backups.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'content_backup_entries.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'content_restores.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'restore_id': ParamValue} }
    'content_restore_events.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'restore_id': ParamValue} }
    'tamper_watches.show': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'tamper_watches.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'tamper_looks.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'tamper_looks.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'look_id': ParamValue} }
    'tamper_look_events.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'look_id': ParamValue} }
    'content_syncs.index': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'content_syncs.create': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'content_sync_schedules.edit': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'content_syncs.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'content_sync_id': ParamValue} }
    'content_sync_events.show': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'content_sync_id': ParamValue} }
    'zones.index': { paramsTuple?: []; params?: {} }
    'zones.create': { paramsTuple?: []; params?: {} }
    'zone_claims.create': { paramsTuple?: []; params?: {} }
    'zones.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'zones.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'zone_events.show': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'zone_records.index': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'zone_files.show': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'zone_imports.create': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'zone_changes.index': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'zone_changes.show': { paramsTuple: [ParamValue,ParamValue]; params: {'zone_id': ParamValue,'id': ParamValue} }
    'zone_signings.edit': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'zone_deletions.create': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'announcements.index': { paramsTuple?: []; params?: {} }
    'announcements.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.announcements.index': { paramsTuple?: []; params?: {} }
    'staff.announcements.create': { paramsTuple?: []; params?: {} }
    'staff.announcements.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.announcements.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'orders.index': { paramsTuple?: []; params?: {} }
    'order_kinds.index': { paramsTuple?: []; params?: {} }
    'orders.create': { paramsTuple?: []; params?: {} }
    'order_confirmations.show': { paramsTuple?: []; params?: {} }
    'order_papers.show': { paramsTuple?: []; params?: {} }
    'orders.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'order_events.show': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'order_withdrawals.create': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'options.index': { paramsTuple?: []; params?: {} }
    'statements.index': { paramsTuple?: []; params?: {} }
    'statements.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'invoices.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.prices.index': { paramsTuple?: []; params?: {} }
    'staff.prices.create': { paramsTuple?: []; params?: {} }
    'staff.quotes.index': { paramsTuple?: []; params?: {} }
    'staff.month_closings.index': { paramsTuple?: []; params?: {} }
    'staff.statements.index': { paramsTuple?: []; params?: {} }
    'staff.statements.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.invoices.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.statement_files.show': { paramsTuple?: []; params?: {} }
    'staff.session.create': { paramsTuple?: []; params?: {} }
    'staff.home.show': { paramsTuple?: []; params?: {} }
    'staff.contracts.index': { paramsTuple?: []; params?: {} }
    'staff.servers.index': { paramsTuple?: []; params?: {} }
    'staff.servers.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.server_meters.show': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'staff.domain_deletions.index': { paramsTuple?: []; params?: {} }
    'staff.domain_deletions.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.name_claims.index': { paramsTuple?: []; params?: {} }
    'staff.name_claims.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.name_servers.index': { paramsTuple?: []; params?: {} }
    'staff.runs.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.applies.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.apply_events.show': { paramsTuple: [ParamValue]; params: {'apply_id': ParamValue} }
    'staff.closing_days.index': { paramsTuple?: []; params?: {} }
    'staff.orders.index': { paramsTuple?: []; params?: {} }
    'staff.order_entries.create': { paramsTuple?: []; params?: {} }
    'staff.orders.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.order_files.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.work_calendars.show': { paramsTuple?: []; params?: {} }
    'order_files.show': { paramsTuple: [ParamValue,ParamValue]; params: {'order_id': ParamValue,'id': ParamValue} }
    'staff.compute_nodes.index': { paramsTuple?: []; params?: {} }
    'staff.compute_nodes.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.compute_nodes.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.physical_machines.index': { paramsTuple?: []; params?: {} }
    'staff.physical_machines.create': { paramsTuple?: []; params?: {} }
    'staff.physical_machines.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.order_machines.create': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'staff.failing_certificates.index': { paramsTuple?: []; params?: {} }
    'staff.searches.show': { paramsTuple?: []; params?: {} }
    'staff.staff_logs.index': { paramsTuple?: []; params?: {} }
    'staff.tasks.index': { paramsTuple?: []; params?: {} }
    'staff.tasks.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'network_diagrams.show': { paramsTuple?: []; params?: {} }
    'staff.network_diagrams.show': { paramsTuple: [ParamValue]; params: {'contract_id': ParamValue} }
    'staff.address_pools.index': { paramsTuple?: []; params?: {} }
    'staff.address_pools.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
  }
  POST: {
    'session.store': { paramsTuple?: []; params?: {} }
    'session.destroy': { paramsTuple?: []; params?: {} }
    'domains.store': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'suspensions.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'payment_changes.store': { paramsTuple?: []; params?: {} }
    'inquiries.store': { paramsTuple?: []; params?: {} }
    'staff.contracts.store': { paramsTuple?: []; params?: {} }
    'staff.contract_suspensions.store': { paramsTuple: [ParamValue]; params: {'contract_id': ParamValue} }
    'staff.password_invitations.store': { paramsTuple: [ParamValue]; params: {'contract_id': ParamValue} }
    'staff.customer_views.store': { paramsTuple: [ParamValue]; params: {'contract_id': ParamValue} }
    'staff.payment_confirmations.store': { paramsTuple: [ParamValue]; params: {'payment_change_id': ParamValue} }
    'staff.inquiry_answers.store': { paramsTuple: [ParamValue]; params: {'inquiry_id': ParamValue} }
    'server_powers.store': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'staff.server_powers.store': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'staff.server_returns.store': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'staff.server_builds.store': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'ready_domains.store': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'name_claims.store': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'name_claim_checks.store': { paramsTuple: [ParamValue]; params: {'name_claim_id': ParamValue} }
    'domain_deletions.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'domain_removals.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'domain_zones.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'php_reloads.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'php_switches.store': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'access_reports.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'waf_exceptions.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'databases.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'database_deletions.store': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_id': ParamValue} }
    'database_imports.store': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_id': ParamValue} }
    'database_copies.store': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_id': ParamValue} }
    'database_users.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'database_passwords.store': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_user_id': ParamValue} }
    'database_user_deletions.store': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'database_user_id': ParamValue} }
    'backup_restores.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staff.backups.store': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'staff.backup_restores.store': { paramsTuple: [ParamValue]; params: {'backup_id': ParamValue} }
    'staff.server_rebuilds.store': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'staff.backup_targets.store': { paramsTuple?: []; params?: {} }
    'staff.backup_target_passwords.store': { paramsTuple: [ParamValue]; params: {'backup_target_id': ParamValue} }
    'staff.backup_target_runs.store': { paramsTuple: [ParamValue]; params: {'backup_target_id': ParamValue} }
    'certificates.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'certificate_deletions.store': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'certificate_id': ParamValue} }
    'certificate_uses.store': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'certificate_id': ParamValue} }
    'certificate_stops.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'certificate_requests.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'automatic_certificates.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mailboxes.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mailbox_deletions.store': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'bulk_mailbox_deletions.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'sending_unlocks.store': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'junk_mail_releases.store': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'junk_mail_deletions.store': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'program_sending_unlocks.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'dkim_keys.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'imports.store': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'sheet': ParamValue} }
    'import_confirmations.store': { paramsTuple: [ParamValue]; params: {'import_id': ParamValue} }
    'mailing_lists.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mailing_list_deletions.store': { paramsTuple: [ParamValue]; params: {'mailing_list_id': ParamValue} }
    'mailing_list_members.store': { paramsTuple: [ParamValue]; params: {'mailing_list_id': ParamValue} }
    'mailing_list_member_removals.store': { paramsTuple: [ParamValue]; params: {'mailing_list_id': ParamValue} }
    'waiting_post_releases.store': { paramsTuple: [ParamValue,ParamValue]; params: {'mailing_list_id': ParamValue,'post': ParamValue} }
    'waiting_post_rejections.store': { paramsTuple: [ParamValue,ParamValue]; params: {'mailing_list_id': ParamValue,'post': ParamValue} }
    'staging_swaps.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staging_publications.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staging_withdrawals.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staging_refreshes.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staging_restores.store': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'generation_id': ParamValue} }
    'staging_generation_deletions.store': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'generation_id': ParamValue} }
    'content_restores.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'content_restore_confirmations.store': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'restore_id': ParamValue} }
    'tamper_looks.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'tamper_baselines.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'content_syncs.store': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'zones.store': { paramsTuple?: []; params?: {} }
    'zone_claims.store': { paramsTuple?: []; params?: {} }
    'zone_records.store': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'zone_record_checks.store': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'zone_import_plans.store': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'zone_imports.store': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'zone_undos.store': { paramsTuple: [ParamValue,ParamValue]; params: {'zone_id': ParamValue,'zone_change_id': ParamValue} }
    'zone_deletions.store': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'staff.announcements.store': { paramsTuple?: []; params?: {} }
    'staff.announcement_publications.store': { paramsTuple: [ParamValue]; params: {'announcement_id': ParamValue} }
    'order_confirmations.store': { paramsTuple?: []; params?: {} }
    'orders.store': { paramsTuple?: []; params?: {} }
    'order_withdrawals.store': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'order_answers.store': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'order_notes.store': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'staff.prices.store': { paramsTuple?: []; params?: {} }
    'staff.month_reopenings.store': { paramsTuple: [ParamValue]; params: {'month_closing_id': ParamValue} }
    'staff.session.store': { paramsTuple?: []; params?: {} }
    'staff.session.destroy': { paramsTuple?: []; params?: {} }
    'staff.converges.store': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'staff.name_claim_approvals.store': { paramsTuple: [ParamValue]; params: {'name_claim_id': ParamValue} }
    'staff.name_claim_refusals.store': { paramsTuple: [ParamValue]; params: {'name_claim_id': ParamValue} }
    'staff.name_server_comparisons.store': { paramsTuple?: []; params?: {} }
    'staff.closing_days.store': { paramsTuple?: []; params?: {} }
    'staff.order_entries.store': { paramsTuple?: []; params?: {} }
    'staff.order_shortcomings.store': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'staff.order_receipts.store': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'staff.order_confirmations.store': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'staff.order_starts.store': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'staff.order_completions.store': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'staff.order_rejections.store': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'staff.order_proposals.store': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'staff.order_notes.store': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'staff.order_files.store': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'staff.compute_node_readings.store': { paramsTuple: [ParamValue]; params: {'compute_node_id': ParamValue} }
    'staff.physical_machines.store': { paramsTuple?: []; params?: {} }
    'staff.physical_machine_looks.store': { paramsTuple: [ParamValue]; params: {'physical_machine_id': ParamValue} }
    'staff.physical_machine_confirmations.store': { paramsTuple: [ParamValue]; params: {'physical_machine_id': ParamValue} }
    'staff.order_machines.store': { paramsTuple: [ParamValue]; params: {'order_id': ParamValue} }
    'staff.task_retries.store': { paramsTuple: [ParamValue]; params: {'task_id': ParamValue} }
    'staff.task_dismissals.store': { paramsTuple: [ParamValue]; params: {'task_id': ParamValue} }
    'staff.pool_addresses.store': { paramsTuple: [ParamValue]; params: {'address_pool_id': ParamValue} }
    'staff.address_reservations.store': { paramsTuple: [ParamValue]; params: {'address_pool_id': ParamValue} }
  }
  PUT: {
    'passwords.update': { paramsTuple?: []; params?: {} }
    'contract_profiles.update': { paramsTuple?: []; params?: {} }
    'panel_restrictions.update': { paramsTuple?: []; params?: {} }
    'server_descriptions.update': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'staff.contracts.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'password_invitations.update': { paramsTuple: [ParamValue]; params: {'token': ParamValue} }
    'staff.server_graces.update': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'firewall_rules.update': { paramsTuple: [ParamValue,ParamValue]; params: {'server_id': ParamValue,'port': ParamValue} }
    'global_connections.update': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'private_connections.update': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'disk_quotas.update': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'basic_dns.update': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'php_versions.update': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'php_settings.update': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'error_pages.update': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'log_retentions.update': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'wafs.update': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'databases.update': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'id': ParamValue} }
    'database_users.update': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'id': ParamValue} }
    'staff.backup_hosts.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.backup_targets.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'certificates.update': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'certificate_id': ParamValue} }
    'https_settings.update': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mailboxes.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'descriptions.update': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'restrictions.update': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'feature': ParamValue} }
    'virus_warnings.update': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'spam_checks.update': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'allowed_senders.update': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'rejected_senders.update': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'forwards.update': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'user_scripts.update': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'vacations.update': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'ftp_rights.update': { paramsTuple: [ParamValue]; params: {'mailbox_id': ParamValue} }
    'out_mx.update': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'domain_allowed_senders.update': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'sending_limits.update': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mta_sts_policies.update': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'mailing_lists.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staging_settings.update': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'tamper_watches.update': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'content_sync_schedules.update': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'zones.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'zone_signings.update': { paramsTuple: [ParamValue]; params: {'zone_id': ParamValue} }
    'staff.announcements.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.fee_quotes.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.one_time_fee_quotes.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.compute_nodes.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
  }
  DELETE: {
    'suspensions.destroy': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'payment_changes.destroy': { paramsTuple?: []; params?: {} }
    'staff.contract_suspensions.destroy': { paramsTuple: [ParamValue]; params: {'contract_id': ParamValue} }
    'staff.customer_views.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.panel_restrictions.destroy': { paramsTuple: [ParamValue]; params: {'contract_id': ParamValue} }
    'staff.server_builds.destroy': { paramsTuple: [ParamValue]; params: {'server_id': ParamValue} }
    'name_claims.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'domain_deletions.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'domain_zones.destroy': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'waf_exceptions.destroy': { paramsTuple: [ParamValue,ParamValue]; params: {'domain_id': ParamValue,'id': ParamValue} }
    'staff.backup_targets.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'dkim_keys.destroy': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'content_sync_schedules.destroy': { paramsTuple: [ParamValue]; params: {'domain_id': ParamValue} }
    'staff.announcements.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.announcement_publications.destroy': { paramsTuple: [ParamValue]; params: {'announcement_id': ParamValue} }
    'staff.prices.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.domain_deletions.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.closing_days.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.physical_machines.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'staff.pool_addresses.destroy': { paramsTuple: [ParamValue]; params: {'address_pool_id': ParamValue} }
    'staff.address_reservations.destroy': { paramsTuple: [ParamValue]; params: {'address_pool_id': ParamValue} }
  }
}
declare module '@adonisjs/core/types/http' {
  export interface RoutesList extends ScannedRoutes {}
}