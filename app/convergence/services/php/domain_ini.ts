import type { DesiredDomain } from '#convergence/desired_server'
import type { Resource } from '#convergence/resource'
import type { Change, Command } from '#convergence/service'
import { phpInstance, phpIniDirectory, phpDirectory } from '#convergence/services/php/layout'
import { phpIni } from '#convergence/syntax/php_ini'
import { toAbsolutePath } from '#convergence/syntax/names'

const name = 'panel.ini'

/**
 * WEB-03: what the domain's owner chose in the panel. It is root's, and read between the server's own settings and
 * the customer's `var/php.ini`, which is never written here and has the last word. Most domains have none.
 */
export function domainIni(domain: DesiredDomain): Resource[] {
  const { phpSettings, phpReloadedAt, uid } = domain
  if (Object.keys(phpSettings).length === 0 && phpReloadedAt === 0) return []
  const path = phpIniDirectory(domain.unixName)
  // A later moment is another file, and another file is what PHP reads everything anew for.
  const content = `; From the panel. ${phpReloadedAt}\n${phpIni(phpSettings)}`
  return [
    { kind: 'directory', path, owner: 'root', group: uid, mode: 0o750 },
    {
      kind: 'file',
      path: toAbsolutePath(`${path}/${name}`),
      content,
      owner: 'root',
      group: uid,
      mode: 0o640,
    },
  ]
}

/** Requests under way end with the values that they began with; what is asleep reads them when it starts. */
export function domainIniReloads(
  changes: readonly Change[],
  phpVersions: readonly string[]
): Command[] {
  const units = changes
    .map(accountOf)
    .filter((account) => account !== undefined)
    .flatMap((account) => phpVersions.map((version) => phpInstance(version, account, 'service')))
  if (units.length === 0) return []
  return [{ argv: ['systemctl', 'try-reload-or-restart', '--', ...units], timeout: 60 }]
}

function accountOf({ key }: Change): string | undefined {
  const ini = new RegExp(`^file:${phpDirectory}/(d\\d+)/${name.replace('.', '\\.')}$`)
  return ini.exec(key)?.[1]
}
