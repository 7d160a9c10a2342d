import limiter from '@adonisjs/limiter/services/main'
import type Account from '#models/account'

/**
 * Throw E_TOO_MANY_REQUESTS. Typing asks often; going through all names takes more. A check makes the
 * panel ask DNS and a foreign site, so it must not become a tool for asking them.
 */
export function limitNameQuestions({ contractId }: Account) {
  return limiter.use({ requests: 120, duration: '1 min' }).consume(`ready_names:${contractId}`)
}

export function limitNameClaims({ contractId }: Account) {
  return limiter.use({ requests: 40, duration: '1 day' }).consume(`name_claims:${contractId}`)
}

export function limitNameChecks({ contractId }: Account) {
  return limiter.use({ requests: 20, duration: '10 mins' }).consume(`name_checks:${contractId}`)
}

/** OPT-10: while records are typed; policies for mail in them make the panel ask DNS. */
export function limitRecordChecks({ contractId }: Account) {
  return limiter.use({ requests: 120, duration: '1 min' }).consume(`record_checks:${contractId}`)
}
