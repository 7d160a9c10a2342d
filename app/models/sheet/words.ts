import i18nManager from '@adonisjs/i18n/services/main'

/** What sheets say: `resources/lang/ja/sheets.json`, or another file by its full key. */
export function say(key: string, data?: Record<string, string | number>): string {
  const isFull = key.startsWith('messages.')
  return i18nManager.locale('ja').t(isFull ? key : `sheets.${key}`, data)
}
