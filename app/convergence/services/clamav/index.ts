import type { Service } from '#convergence/service'
import { rootFile } from '#convergence/root_owned'
import { clamdConf, clamdUnit } from '#convergence/services/clamav/conf'
import { enabled, restartOf, unitPath } from '#convergence/services/scanner/units'

const unit = 'tsukasa-clamd.service'
const configuration = '/etc/clamav/clamd.conf'

/**
 * The virus scanner that `scanner` asks (MAIL-03). Nothing waits for it: until its database is loaded
 * mail is answered 451 and comes again.
 */
export const clamav: Service = {
  name: 'clamav',
  after: [],

  serverResources: () => [
    rootFile(configuration, clamdConf),
    rootFile(unitPath(unit), clamdUnit),
    enabled(unit),
    { kind: 'unit', name: unit },
  ],

  domainResources: () => [],
  // Reads its configuration before it says its version.
  checks: (changes) =>
    changes.some(({ key }) => key === `file:${configuration}`)
      ? [{ argv: ['clamd', `--config-file=${configuration}`, '--version'] }]
      : [],
  activations: (changes) => restartOf(unit, changes),
  probes: () => [],
}
