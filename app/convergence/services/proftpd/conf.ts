import type { DesiredServer } from '#convergence/desired_server'
import {
  logDirectory,
  passivePorts,
  stateDirectory,
  transferPipe,
  usersFile,
} from '#convergence/services/proftpd/layout'
import { pamService } from '#convergence/services/proftpd/pam'
import { denied, document, section, settings } from '#convergence/syntax/proftpd'

/** proftpd.conf. Each connection reads it anew, and nothing in it depends on a domain or a user. */
export function renderConf(server: DesiredServer): string {
  return document(
    settings({ ServerType: 'inetd', ServerName: 'FTP', ServerIdent: ['on', 'Ready.'] }),
    settings({ ServerAdmin: `postmaster@${server.hostname}` }),
    modules.map((name) => settings({ LoadModule: name })[0]),
    settings(process),
    settings(accounts),
    settings(encryption),
    settings(connections),
    settings(files),
    settings(times),
    settings(logs),
    forbidden,
    ownDirectories
  )
}

/** Neither mod_sql nor mod_copy nor mod_site_misc: SITE knows CHMOD and no more. */
const modules = ['mod_ls.c', 'mod_xfer.c', 'mod_delay.c', 'mod_tls.c']

const process = {
  DefaultServer: true,
  UseIPv6: false,
  UseReverseDNS: false,
  User: 'proftpd',
  Group: 'nogroup',
  ScoreboardFile: 'none',
  ControlsEngine: false,
  WtmpLog: false,
  CommandBufferSize: 4096,
  // UTF-8 is announced; bytes of names are left as they come: older Windows programs send Shift_JIS.
  UseEncoding: ['UTF-8', 'UTF-8'],
} as const

const accounts = {
  // Whether the password is right is Dovecot's to say, who somebody is the file's.
  AuthOrder: ['mod_auth_pam.c*', 'mod_auth_file.c'],
  AuthPAMConfig: pamService,
  AuthUserFile: usersFile,
  RequireValidShell: false,
  UseFtpUsers: false,
  MaxLoginAttempts: 3,
  MaxPasswordSize: 256,
  DefaultRoot: '~',
  AllowChrootSymlinks: false,
  // After signing in there is no way back to root: the kernel keeps the user to what is his.
  RootRevoke: true,
  CapabilitiesEngine: false,
  DelayTable: `${stateDirectory}/delay`,
  // Who guesses passwords waits; a user who mistyped hardly notices.
  DelayOnEvent: ['FailedLogin', '2sec'],
} as const

/**
 * FTP over SSL is offered, and plain FTP too: scanners and cameras know nothing else (WEB-05). The data connections of
 * many clients don't take up the session of the first one; whose they are is told by the address.
 */
const encryption = {
  TLSEngine: true,
  TLSProtocol: ['TLSv1.2', 'TLSv1.3'],
  TLSECCertificateFile: '/etc/tsukasa/tls/server.crt',
  TLSECCertificateKeyFile: '/etc/tsukasa/tls/server.key',
  TLSRequired: false,
  TLSOptions: 'NoSessionReuseRequired',
  TLSTimeoutHandshake: 30,
} as const

const connections = {
  PassivePorts: [String(passivePorts.first), String(passivePorts.last)],
  AllowForeignAddress: false,
} as const

const files = {
  Umask: ['022', '022'],
  AllowOverwrite: true,
  AllowStoreRestart: true,
  // `.htaccess` is shown; a listing of a whole tree ends somewhere.
  ListOptions: ['-A', 'maxdepth', '8', 'maxdirs', '2000', 'maxfiles', '20000'],
  DirFakeUser: ['on', '~'],
  DirFakeGroup: ['on', '~'],
  PathDenyFilter: '[[:cntrl:]]',
} as const

/** Seconds. */
const times = {
  TimeoutLogin: 60,
  TimeoutIdle: 600,
  TimeoutNoTransfer: 1800,
  TimeoutStalled: 300,
} as const

const logs = {
  SystemLog: `${logDirectory}/server.log`,
  TransferLog: transferPipe,
  UseLastlog: false,
} as const

/** Connections are only ever opened by the client, so none can be sent to somebody else's address. */
const forbidden = [...denied('PORT', 'EPRT'), ...denied('SITE_CHGRP'), ...denied('CCC', 'SSCN')]

/**
 * `share` of a domain's tree is not for FTP (DIR-03). Mail is looked at here, and changed by mail programs: a message
 * that is written here would be neither checked nor counted.
 */
const ownDirectories = [
  ...section('Directory', ['~/share'], denied('ALL')),
  ...section('Directory', ['~/Maildir'], denied('WRITE', 'SITE_CHMOD', 'MFF', 'MFMT')),
]
