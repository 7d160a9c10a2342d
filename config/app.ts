import env from '#start/env'
import { defineConfig } from '@adonisjs/core/http'
import proxyAddr from 'proxy-addr'

export const appUrl = env.get('APP_URL')

/** A panel on plain HTTP (a first look by address and port) must still be able to sign people in. */
export const cookiesNeedHttps = appUrl.startsWith('https://')

const proxies = env
  .get('TRUSTED_PROXIES', 'loopback')
  .split(',')
  .map((each) => each.trim())

export const http = defineConfig({
  generateRequestId: true,
  allowMethodSpoofing: true,
  useAsyncLocalStorage: false,
  trustProxy: proxyAddr.compile(proxies),
  cookie: { path: '/', httpOnly: true, secure: cookiesNeedHttps, sameSite: 'lax' },
})
