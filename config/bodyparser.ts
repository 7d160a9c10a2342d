import { defineConfig } from '@adonisjs/core/bodyparser'

/** Routes whose files are never written to the disk, see app/middleware/uploads_middleware.ts. */
export const multipartByHand = [
  '/domains/:domain_id/imports/:sheet',
  '/domains/:domain_id/web/certificates',
  '/domains/:domain_id/web/certificates/:certificate_id',
]

/** Routes whose files are too large for memory, see app/middleware/dump_uploads_middleware.ts. */
export const multipartToDisk = ['/domains/:domain_id/web/databases/:database_id/imports']

export default defineConfig({
  allowedMethods: ['POST', 'PUT', 'PATCH', 'DELETE'],
  form: {
    convertEmptyStringsToNull: true,
    /** Off: spaces at the ends of a password are part of it. Validators trim what should be trimmed. */
    trimWhitespaces: false,
    types: ['application/x-www-form-urlencoded'],
    limit: '1mb',
  },
  json: {
    convertEmptyStringsToNull: true,
    trimWhitespaces: false,
    types: ['application/json', 'application/csp-report'],
    limit: '1mb',
  },
  multipart: {
    autoProcess: true,
    convertEmptyStringsToNull: true,
    trimWhitespaces: false,
    processManually: [...multipartByHand, ...multipartToDisk],
    limit: '20mb',
    types: ['multipart/form-data'],
  },
})
