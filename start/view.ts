import app from '@adonisjs/core/services/app'
import i18nManager from '@adonisjs/i18n/services/main'
import edge, { Template } from 'edge.js'
import { momentField } from '#models/announcement/moment'
import { assets } from '#start/assets'
import * as calendar from '#start/view/calendar'
import { billingWordsOf, monthText, yen } from '#start/view/billing'
import { networkDiagramWordsOf } from '#start/view/network_diagram'
import * as formats from '#start/view/formats'
import * as orders from '#start/view/orders'
import { trails } from '#start/view/trails'
import { wafWordsOf } from '#start/view/waf'
import { wordsOf } from '#start/view/words'

/**
 * edge.js reads the folder of components anew for each request, also in production: it decides on
 * that when it is made, before the application turns its cache on.
 */
if (app.inProduction || app.inTest) {
  keepPartials()
  const list = edge.loader.listComponents.bind(edge.loader)
  let kept: ReturnType<typeof list> | undefined
  edge.loader.listComponents = () => (kept ??= list())
}

/** What `@include` brings in is never taken from edge's cache: it was read and compiled anew each time. */
function keepPartials() {
  const compile = Template.prototype.compilePartial
  const kept = new Map<string, ReturnType<typeof compile>>()
  Template.prototype.compilePartial = function (path, ...locals) {
    const key = [path, ...locals].join('|')
    const compiled = kept.get(key) ?? compile.call(this, path, ...locals)
    kept.set(key, compiled)
    return compiled
  }
}

const translate = (key: string, data?: Record<string, unknown>) =>
  i18nManager.locale(i18nManager.defaultLocale).t(key, data)

const globals = {
  ...formats,
  ...calendar,
  ...orders,
  ...wordsOf(translate),
  ...wafWordsOf(translate),
  ...billingWordsOf(translate),
  momentField,
  ...networkDiagramWordsOf(translate),
  monthText,
  yen,
  trails,
  asset: (path: string) => assets.url(path),
}

for (const [name, value] of Object.entries(globals)) edge.global(name, value)
