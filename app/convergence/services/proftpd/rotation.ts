import { logDirectory } from '#convergence/services/proftpd/layout'

/** As long as the logs of mail. Each connection opens its files anew, so there is nobody to tell. */
export const rotation = `${logDirectory}/*.log {
  daily
  rotate 35
  dateext
  missingok
  notifempty
  compress
  delaycompress
  create 0600 root root
}
`
