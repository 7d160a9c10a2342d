import type { Change, Command, Service } from '#convergence/service'
import { rootFile } from '#convergence/root_owned'
import { enabled, restartOf, unitPath } from '#convergence/services/scanner/units'
import { siteCf, spamdUnit } from '#convergence/services/spamd/conf'

const unit = 'tsukasa-spamd.service'
const configuration = '/etc/spamassassin/90_tsukasa.cf'

/**
 * Scores of mail (MAIL-04), asked for by `scanner`. Nothing waits for it: until it answers mail passes and is marked
 * as not looked at.
 */
export const spamd: Service = {
  name: 'spamd',
  after: [],

  serverResources: (server) => [
    rootFile(configuration, siteCf(server)),
    rootFile(unitPath(unit), spamdUnit),
    enabled(unit),
    { kind: 'unit', name: unit },
  ],

  domainResources: () => [],
  checks: (changes) => (changes.some(isReplaced) ? [lint] : []),
  activations: (changes) => restartOf(unit, changes),
  probes: () => [],
}

/** Reads all rules: two seconds, so not for a new server, which gets what the tests of this project have proved. */
const lint: Command = { argv: ['spamassassin', '--lint'], timeout: 60 }

const isReplaced = ({ action, key }: Change) =>
  action === 'update' && key === `file:${configuration}`
