import type { DomainName } from '#convergence/syntax/names'

/**
 * Autoconfig (Mozilla's format, read by Thunderbird and others). The client fills its user's address in, so one
 * file serves all domains.
 */
export function configXml(hostname: DomainName): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1">
  <emailProvider id="${hostname}">
    <domain>%EMAILDOMAIN%</domain>
    <displayName>%EMAILADDRESS%</displayName>
    <displayShortName>%EMAILDOMAIN%</displayShortName>
${server('incomingServer', 'imap', hostname, 993, 'SSL')}
${server('incomingServer', 'imap', hostname, 143, 'STARTTLS')}
${server('incomingServer', 'pop3', hostname, 995, 'SSL')}
${server('outgoingServer', 'smtp', hostname, 465, 'SSL')}
${server('outgoingServer', 'smtp', hostname, 587, 'STARTTLS')}
  </emailProvider>
</clientConfig>
`
}

function server(element: string, type: string, hostname: DomainName, port: number, tls: string) {
  return `    <${element} type="${type}">
      <hostname>${hostname}</hostname>
      <port>${port}</port>
      <socketType>${tls}</socketType>
      <authentication>password-cleartext</authentication>
      <username>%EMAILADDRESS%</username>
    </${element}>`
}
