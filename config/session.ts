import env from '#start/env'
import { defineConfig, stores } from '@adonisjs/session'
import { cookiesNeedHttps } from '#config/app'

export default defineConfig({
  enabled: true,
  cookieName: 'tsukasa_session',
  clearWithBrowser: false,
  age: '2h',
  cookie: { path: '/', httpOnly: true, secure: cookiesNeedHttps, sameSite: 'lax' },
  store: env.get('SESSION_DRIVER'),
  stores: { database: stores.database({ tableName: 'sessions' }) },
})
