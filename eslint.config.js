import { configApp } from '@adonisjs/eslint-config'

export default configApp({
  ignores: ['build/**', 'storage/**', 'resources/public/**', '.adonisjs/**', 'database/schema.ts'],
})
