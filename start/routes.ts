import router from '@adonisjs/core/services/router'

const ids = [
  'address_pool_id',
  'contract_id',
  'announcement_id',
  'server_id',
  'contract_id',
  'domain_id',
  'mailbox_id',
  'mailing_list_id',
  'apply_id',
  'import_id',
  'name_claim_id',
  'database_id',
  'backup_id',
  'database_user_id',
  'certificate_id',
  'content_sync_id',
  'zone_id',
  'zone_change_id',
  'inquiry_id',
  'payment_change_id',
  'order_id',
  'proposal_id',
  'physical_machine_id',
  'task_id',
  'compute_node_id',
]
for (const name of ['id', ...ids]) {
  // Longer numbers are no ids; they would only lose precision
  router.where(name, /^[1-9][0-9]{0,14}$/)
}

// Names that mlmmj gives to posts
router.where('post', /^[0-9a-f]{1,16}$/)

await import('#start/routes/customers')
await import('#start/routes/contract')
await import('#start/routes/servers')
await import('#start/routes/networks')
await import('#start/routes/domains')
await import('#start/routes/dns')
await import('#start/routes/web')
await import('#start/routes/web_logs')
await import('#start/routes/waf')
await import('#start/routes/databases')
await import('#start/routes/provider_backups')
await import('#start/routes/certificates')
await import('#start/routes/mail')
await import('#start/routes/imports')
await import('#start/routes/mailing_lists')
await import('#start/routes/staging')
await import('#start/routes/backups')
await import('#start/routes/tamper')
await import('#start/routes/content_syncs')
await import('#start/routes/zones')
await import('#start/routes/announcements')
await import('#start/routes/orders')
await import('#start/routes/billing')
await import('#start/routes/staff')
await import('#start/routes/staff_orders')
await import('#start/routes/compute_nodes')
await import('#start/routes/staff_desk')
await import('#start/routes/address_pools')
await import('#start/routes/doors')
