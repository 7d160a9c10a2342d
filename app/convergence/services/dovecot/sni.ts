import type { DesiredDomain, DesiredServer } from '#convergence/desired_server'
import type { Resource } from '#convergence/resource'
import { names } from '#convergence/services/apache/index'
import { certificateFiles, certifiedNames, digestLine } from '#convergence/services/apache/tls'
import { block, document } from '#convergence/syntax/dovecot'
import { toAbsolutePath } from '#convergence/syntax/names'

/** OPT-05: which certificate mail programs are shown for a domain's own names. */
export const sniDirectory = '/etc/dovecot/sni'

export const sniFolder: Resource = {
  kind: 'directory',
  path: toAbsolutePath(sniDirectory),
  owner: 'root',
  group: 'root',
  mode: 0o755,
}

export function certificateHosts(domain: DesiredDomain, server: DesiredServer): Resource[] {
  const certified = certifiedNames(domain, names(domain), server)
  const { certificate } = domain
  if (certificate === null || certified.length === 0) return []
  const { chain, key } = certificateFiles(domain)
  const shown = { ssl_server_cert_file: chain, ssl_server_key_file: key }
  return [
    {
      kind: 'file',
      path: toAbsolutePath(`${sniDirectory}/${domain.unixName}.conf`),
      content:
        digestLine(certificate) +
        document(...certified.map((name) => block(`local_name ${name}`, shown))),
      owner: 'root',
      group: 'root',
      mode: 0o644,
    },
  ]
}
