import app from '@adonisjs/core/services/app'
import i18nManager from '@adonisjs/i18n/services/main'
import edge from 'edge.js'
import { assets } from '#start/assets'
import * as formats from '#start/view/formats'
import { trails } from '#start/view/trails'
import { wordsOf } from '#start/view/words'

/**
 * edge.js reads the folder of components anew for each request, also in production: it decides on
 * that when it is made, before the application turns its cache on.
 */
if (app.inProduction || app.inTest) {
  const list = edge.loader.listComponents.bind(edge.loader)
  let kept: ReturnType<typeof list> | undefined
  edge.loader.listComponents = () => (kept ??= list())
}

const globals = {
  ...formats,
  ...wordsOf((key, data) => i18nManager.locale(i18nManager.defaultLocale).t(key, data)),
  trails,
  asset: (path: string) => assets.url(path),
}

for (const [name, value] of Object.entries(globals)) edge.global(name, value)
