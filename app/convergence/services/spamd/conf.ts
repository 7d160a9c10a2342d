import type { DesiredServer } from '#convergence/desired_server'
import { scannerUser, socketPath } from '#convergence/services/spamd/layout'

/**
 * What SpamAssassin has besides its defaults. The score alone counts: what is done from how many points is each user's own (MAIL-04).
 *
 * No client is trusted but this machine: without a line SpamAssassin believes private addresses, and points in favour of them
 * would go to whoever is behind a router of the same network.
 *
 * No Bayes (histories of senders are off by default): what one customer gets would judge the mail of the others.
 */
export const siteCf = ({ address }: DesiredServer) => `required_score 5
report_safe 0
allow_user_rules 0
use_bayes 0
trusted_networks ${address}
dns_available yes
rbl_timeout 8 3
time_limit 20
`

const options = [
  '--nouser-config',
  '--username=debian-spamd',
  '--helper-home-dir=/var/lib/spamassassin',
  `--socketpath=${socketPath}`,
  `--socketowner=${scannerUser}`,
  `--socketgroup=${scannerUser}`,
  '--socketmode=0600',
  '--max-children=4',
  '--min-children=1',
  '--min-spare=1',
  '--max-spare=2',
  '--timeout-child=60',
].join(' ')

/**
 * Only the scanner may connect. There is a process for each message that is looked at at the same time; more
 * messages wait in line. A server without a name server leaves out the tests that ask DNS, which would all
 * be waited for.
 */
export const spamdUnit = `[Unit]
Description=Scores of mail
After=network.target

[Service]
ExecStart=/bin/sh -c 'grep -q ^nameserver /etc/resolv.conf || local=--local; exec spamd $$local ${options}'
ExecReload=/bin/kill -HUP $MAINPID
Restart=always
RestartSec=1
# It writes to syslog besides.
StandardOutput=null
StandardError=null
PrivateTmp=yes
PrivateDevices=yes
ProtectSystem=full
ProtectHome=yes
NoNewPrivileges=yes
# When memory ends this goes before databases and mail itself: mail passes without a score.
OOMScoreAdjust=300

[Install]
WantedBy=multi-user.target
`
