import { defineConfig, drivers } from '@adonisjs/core/hash'

/**
 * Passwords of people are not hashed by this: mail and SSH daemons verify them too
 * (see app/models/account/password.ts). This one is for the panel's own secrets.
 */
const hashConfig = defineConfig({
  default: 'scrypt',
  list: { scrypt: drivers.scrypt({}) },
})

export default hashConfig

declare module '@adonisjs/core/types' {
  export interface HashersList extends InferHashers<typeof hashConfig> {}
}
