import type { Service } from '#convergence/service'
import { accounts } from '#convergence/services/accounts/index'
import { addresses } from '#convergence/services/addresses/index'
import { apache } from '#convergence/services/apache/index'
import { autoconfig } from '#convergence/services/autoconfig/index'
import { backup } from '#convergence/services/backup/index'
import { clamav } from '#convergence/services/clamav/index'
import { directories } from '#convergence/services/directories/index'
import { dkim } from '#convergence/services/dkim/index'
import { dovecot } from '#convergence/services/dovecot/index'
import { firewall } from '#convergence/services/firewall/index'
import { firewallSources } from '#convergence/services/firewall/sources'
import { mailingLists } from '#convergence/services/mailing_lists/index'
import { mailPolicy } from '#convergence/services/mail_policy/index'
import { mailSpace } from '#convergence/services/mail_space/index'
import { mariadb } from '#convergence/services/mariadb/index'
import { php } from '#convergence/services/php/index'
import { privateNetwork } from '#convergence/services/private_network/index'
import { proftpd } from '#convergence/services/proftpd/index'
import { postfix } from '#convergence/services/postfix/index'
import { sieve } from '#convergence/services/sieve/index'
import { srs } from '#convergence/services/srs/index'
import { scanner } from '#convergence/services/scanner/index'
import { spamd } from '#convergence/services/spamd/index'
import { sshd } from '#convergence/services/sshd/index'
import { staging } from '#convergence/services/staging/index'
import { userScripts } from '#convergence/services/user_scripts/index'
import { waf } from '#convergence/services/waf/index'
import { webLogs } from '#convergence/services/web_logs/index'

/** Every service that the engine knows; their order is made from `after`. Adding a daemon is a folder and a line. */
export const services: readonly Service[] = [
  accounts,
  directories,
  addresses,
  firewall,
  firewallSources,
  privateNetwork,
  php,
  waf,
  apache,
  backup,
  mariadb,
  autoconfig,
  sieve,
  userScripts,
  mailSpace,
  dovecot,
  mailPolicy,
  srs,
  clamav,
  spamd,
  scanner,
  dkim,
  mailingLists,
  postfix,
  staging,
  sshd,
  proftpd,
  webLogs,
]
