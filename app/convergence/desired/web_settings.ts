import type { DesiredDomain } from '#convergence/desired_server'
import { secondsOf } from '#convergence/desired/mail_settings'
import { toUrlPath } from '#convergence/syntax/names'

type WebSettings = Pick<DesiredDomain, 'php' | 'phpSettings' | 'phpReloadedAt' | 'errorPages'>

/** WEB-01, WEB-03: from the row of a domain. */
export function webSettingsOf(row: any): WebSettings {
  const pages: Record<string, string> = JSON.parse(row.error_pages ?? '{}')
  return {
    php: {
      http: row.php_http,
      https: row.php_https,
      stagingHttp: row.php_staging_http,
      stagingHttps: row.php_staging_https,
    },
    phpSettings: JSON.parse(row.php_settings ?? '{}'),
    phpReloadedAt: secondsOf(row.php_reloaded_at),
    errorPages: Object.entries(pages).map(([status, path]) => ({
      status: Number(status),
      path: toUrlPath(path),
    })),
  }
}
