import { connect } from 'node:tls'
import type Server from '#models/server'

/** `untrusted`: senders that obey MTA-STS would not deliver; `unknown`: it could not be seen. */
export type CertificateState = 'trusted' | 'untrusted' | 'unknown'

type Host = Pick<Server, 'hostname' | 'address'>
type Looker = (host: Host) => Promise<CertificateState>

/** Milliseconds that a form may wait. */
const patience = 2000
/** Postfix shows the same certificate on all of its ports; here TLS comes without STARTTLS. */
const smtps = 465

let looker: Looker = lookAt

/** What else is seen, until the function that is returned is called; tests only. */
export function certificateIs(state: CertificateState) {
  looker = async () => state
  return () => {
    looker = lookAt
  }
}

/**
 * MAIL-11: the certificate of a mail server as senders look at it that obey MTA-STS (RFC 8461, 4.2):
 * issued by an authority that everybody trusts, in force, and for the name in the MX record.
 */
export function certificateOf(host: Host): Promise<CertificateState> {
  return looker(host)
}

export function lookAt({ hostname, address }: Host, port = smtps): Promise<CertificateState> {
  if (address === null) return Promise.resolve('unknown')
  return new Promise((resolve) => {
    const seen = { host: address, port, servername: hostname, rejectUnauthorized: false }
    const socket = connect(seen, () => end(socket.authorized ? 'trusted' : 'untrusted'))
    const timer = setTimeout(() => end('unknown'), patience)
    const end = (state: CertificateState) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(state)
    }
    socket.on('error', () => end('unknown'))
  })
}
