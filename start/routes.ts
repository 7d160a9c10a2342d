import router from '@adonisjs/core/services/router'

for (const name of ['id', 'server_id', 'domain_id', 'mailbox_id', 'apply_id', 'import_id']) {
  // Longer numbers are no ids; they would only lose precision
  router.where(name, /^[1-9][0-9]{0,14}$/)
}

await import('#start/routes/customers')
await import('#start/routes/mail')
await import('#start/routes/imports')
await import('#start/routes/staff')
await import('#start/routes/doors')
