import { logDirectory } from '#convergence/services/postfix/layout'

export const rotationPath = '/etc/logrotate.d/tsukasa-mail'

/** One file a day, for five weeks, of everything that mail daemons write; read where customers look for their mail. */
export const rotation = `${logDirectory}/*.log {
  daily
  rotate 35
  dateext
  missingok
  notifempty
  compress
  delaycompress
  create 0600 root root
  sharedscripts
  postrotate
    postfix reload
    doveadm log reopen
  endscript
}
`
