import { signInGroup } from '#convergence/services/accounts/index'
import { document, match, settings } from '#convergence/syntax/sshd'

export const port = 11122

/**
 * SSH-01. The panel is let in as root by its key; customers by password, into their domain's root
 * and to SFTP only. Who may sign in is the group's members, which sshd reads live.
 */
export function renderConf(): string {
  return document(settings(everyone), match('Group', signInGroup.name, customers))
}

const everyone = {
  Port: port,
  AddressFamily: 'inet',
  HostKey: '/etc/ssh/ssh_host_ed25519_key',
  UsePAM: true,
  UseDNS: false,
  PermitRootLogin: 'prohibit-password',
  PasswordAuthentication: false,
  KbdInteractiveAuthentication: false,
  // Keys are kept where only root writes: a home is its customer's.
  AuthorizedKeysFile: '/etc/ssh/authorized_keys.d/%u',
  AllowGroups: ['root', signInGroup.name],
  X11Forwarding: false,
  AllowAgentForwarding: false,
  PrintMotd: false,
  LoginGraceTime: 30,
  MaxAuthTries: 4,
  // Strangers who only connect must not use up the places of the panel and of customers.
  MaxStartups: '50:30:200',
  PerSourceMaxStartups: 20,
  // A customer's typing errors would lock out all others behind his address, and the panel.
  PerSourcePenalties: false,
  Subsystem: ['sftp', 'internal-sftp'],
} as const

/** Everything is done as the domain's account, below its root (SSH-01: others' domains unreadable). */
const customers = {
  PasswordAuthentication: true,
  ChrootDirectory: '%h',
  ForceCommand: ['internal-sftp', '-u', '0022'],
  DisableForwarding: true,
  PermitTTY: false,
  PermitTunnel: false,
  PermitUserRC: false,
} as const
