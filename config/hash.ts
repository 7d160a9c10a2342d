import { defineConfig, drivers } from '@adonisjs/core/hash'

/**
 * Customers' passwords are not hashed by this: they are crypt(5) bcrypt hashes that mail and SSH
 * daemons verify too (see app/models/account/password.ts). This one is for the panel's own secrets.
 */
const hashConfig = defineConfig({
  default: 'scrypt',
  list: { scrypt: drivers.scrypt({}) },
})

export default hashConfig

declare module '@adonisjs/core/types' {
  export interface HashersList extends InferHashers<typeof hashConfig> {}
}
