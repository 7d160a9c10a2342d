import { DateTime } from 'luxon'
import { Refusal } from '#exceptions/refusals'
import type { Actor } from '#models/actor'
import type Domain from '#models/domain'
import { readErrorPages, writeErrorPages, type ErrorPages } from '#models/domain/error_page'
import { readPhpValues, writePhpValues, type PhpValues } from '#models/domain/php_setting'
import { versionOf } from '#models/mail_address/list'
import { phpColumns, webPorts, type PhpVersions } from '#models/domain/web_port'

/** Columns of a domain that its web pages write. */
export type WebColumns = Pick<
  Domain,
  | 'phpHttp'
  | 'phpHttps'
  | 'phpStagingHttp'
  | 'phpStagingHttps'
  | 'phpSettings'
  | 'phpReloadedAt'
  | 'errorPages'
>

/** How one domain's site runs. The verbs answer whether anything changed. */
export class WebSettings {
  constructor(private readonly domain: Domain) {}

  /** WEB-03. */
  get phpVersions(): PhpVersions {
    const versions = webPorts.map((port) => [port, this.domain[phpColumns[port]]])
    return Object.fromEntries(versions)
  }

  /** Newest first. */
  get usedPhpVersions(): string[] {
    const used = new Set(Object.values(this.phpVersions))
    return this.domain.server.availablePhpVersions.filter((version) => used.has(version))
  }

  setPhpVersions(versions: PhpVersions, actor: Actor) {
    const there = this.domain.server.availablePhpVersions
    const missing = webPorts.find((port) => !there.includes(versions[port]))
    if (missing) throw new Refusal('php_version_is_gone', missing)
    const values = webPorts.map((port) => [phpColumns[port], versions[port]])
    return this.domain.set('php_versions.update', () => Object.fromEntries(values), actor)
  }

  /** WEB-03: chosen in the panel; what is not there is the server's standard. */
  get phpValues(): PhpValues {
    return readPhpValues(this.domain.phpSettings)
  }

  /** `seen`: the version that the form showed; without it nothing is compared. */
  setPhpValues(values: PhpValues, actor: Actor, seen?: string | null) {
    const phpSettings = writePhpValues(values)
    return this.domain.set(
      'php_settings.update',
      (now) => {
        refuseOverwriting(now.phpSettings, phpSettings, seen)
        return { phpSettings }
      },
      actor
    )
  }

  /** WEB-03: PHP reads the customer's own `var/php.ini` only when it starts. */
  reloadPhp(actor: Actor) {
    const phpReloadedAt = DateTime.utc()
    return this.domain.set('php_reload.store', () => ({ phpReloadedAt }), actor)
  }

  /** WEB-01: URL paths by status. */
  get errorPages(): ErrorPages {
    return readErrorPages(this.domain.errorPages)
  }

  setErrorPages(pages: ErrorPages, actor: Actor, seen?: string | null) {
    const errorPages = writeErrorPages(pages)
    return this.domain.set(
      'error_pages.update',
      (now) => {
        refuseOverwriting(now.errorPages, errorPages, seen)
        return { errorPages }
      },
      actor
    )
  }
}

/** Of what is stored, for a form to say what it showed. */
export const versionOfStored = (stored: string | null) => versionOf([stored ?? ''])

/** Somebody else saved meanwhile what this form never showed: his values would be lost without a word. */
function refuseOverwriting(now: string | null, wished: string | null, seen?: string | null) {
  if (!seen || now === wished || seen === versionOfStored(now)) return
  throw new Refusal('settings_were_changed_meanwhile')
}
