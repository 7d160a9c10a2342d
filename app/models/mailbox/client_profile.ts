import { createHash } from 'node:crypto'
import type Mailbox from '#models/mailbox'

/**
 * A configuration profile (Apple, `com.apple.mail.managed`): an IMAP account without its password, for
 * which the device asks. The same mailbox has the same identifiers, so a newer profile replaces an older.
 * With its domain and server.
 */
export function clientProfile(mailbox: Mailbox): string {
  const { localPart, domain } = mailbox
  const address = `${localPart}@${domain.name}`
  const readable = `${localPart}@${domain.unicodeName}`
  const identifier = `biz.mngsv.mail.${domain.server.name}.${mailbox.id}`
  return plist({
    PayloadContent: [
      {
        ...account(address, domain.server.hostname),
        EmailAccountDescription: readable,
        PayloadDescription: `${readable} のメールを設定します。`,
        PayloadDisplayName: readable,
        PayloadIdentifier: `${identifier}.account`,
        PayloadType: 'com.apple.mail.managed',
        PayloadUUID: uuidOf(`${identifier}.account`),
        PayloadVersion: 1,
      },
    ],
    PayloadDescription: `${readable} のメールの設定です。パスワードは含まれていません。`,
    PayloadDisplayName: `メール（${readable}）`,
    PayloadIdentifier: identifier,
    PayloadOrganization: domain.unicodeName,
    PayloadRemovalDisallowed: false,
    PayloadType: 'Configuration',
    PayloadUUID: uuidOf(identifier),
    PayloadVersion: 1,
  })
}

function account(address: string, host: string) {
  return {
    EmailAccountType: 'EmailTypeIMAP',
    EmailAddress: address,
    IncomingMailServerAuthentication: 'EmailAuthPassword',
    IncomingMailServerHostName: host,
    IncomingMailServerPortNumber: 993,
    IncomingMailServerUseSSL: true,
    IncomingMailServerUsername: address,
    OutgoingMailServerAuthentication: 'EmailAuthPassword',
    OutgoingMailServerHostName: host,
    OutgoingMailServerPortNumber: 465,
    OutgoingMailServerUseSSL: true,
    OutgoingMailServerUsername: address,
    OutgoingPasswordSameAsIncomingPassword: true,
  }
}

type Plain = string | number | boolean | readonly Plain[] | { readonly [key: string]: Plain }

function plist(value: Plain): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
${element(value)}
</plist>
`
}

function element(value: Plain): string {
  if (typeof value === 'string') return `<string>${escaped(value)}</string>`
  if (typeof value === 'number') return `<integer>${value}</integer>`
  if (typeof value === 'boolean') return `<${value}/>`
  if (Array.isArray(value)) return `<array>\n${value.map(element).join('\n')}\n</array>`
  const entries = Object.entries(value).map(
    ([key, each]) => `<key>${escaped(key)}</key>\n${element(each)}`
  )
  return `<dict>\n${entries.join('\n')}\n</dict>`
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** RFC 9562, version 8: the name's digest. */
function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex')
  const variant = '89ab'[Number.parseInt(hex[16], 16) % 4]
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}
