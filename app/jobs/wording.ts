import i18nManager from '@adonisjs/i18n/services/main'

/** What tasks tell the person who waits: `resources/lang/ja/tasks.json`. */
export function say(key: string, values?: Record<string, string | number>): string {
  return i18nManager.locale('ja').t(`tasks.${key}`, values)
}
