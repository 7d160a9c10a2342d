import { type SchemaRules } from '@adonisjs/lucid/types/schema_generator'

/** Both databases answer 0 and 1 for booleans; the decorator makes them what their type says. */
const truth = {
  tsType: 'boolean',
  decorators: [{ name: '@booleanColumn' }],
  imports: [{ source: '#models/columns', namedImports: ['booleanColumn'] }],
}

export default {
  tables: {
    announcements: { columns: { is_mailed: truth } },
    certificates: { columns: { trusted: truth } },
    compute_nodes: { columns: { accepts_servers: truth } },
    content_restores: { columns: { deletes: truth } },
    domains: { columns: { out_mx: truth, https_redirect: truth, http_two: truth } },
    import_rows: { columns: { sets_password: truth } },
    mailboxes: {
      columns: {
        virus_warning: truth,
        spam_check: truth,
        forward_keeps: truth,
        user_script: truth,
        vacation: truth,
        ftp_right: truth,
      },
    },
    mailing_lists: { columns: { auto_subscription: truth, archive: truth } },
    order_events: { columns: { is_internal: truth } },
    orders: { columns: { due_chosen: truth } },
    order_files: { columns: { is_internal: truth } },
    operation_logs: { columns: { succeeded: truth } },
    runs: { columns: { dry_run: truth } },
    schedules: { columns: { enabled: truth } },
    servers: { columns: { global_connected: truth } },
    staging_changes: { columns: { keeps_previous: truth } },
    statement_lines: { columns: { is_correction: truth } },
    zones: { columns: { dnssec: truth } },
    tamper_looks: { columns: { saved: truth } },
    tamper_watches: { columns: { enabled: truth, keeps_baseline: truth } },
  },
} as unknown as SchemaRules
