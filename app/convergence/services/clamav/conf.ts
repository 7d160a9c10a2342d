import { ownSocket, sharedDirectory } from '#convergence/services/clamav/layout'

/** A message of 100 MB (MAIL-02) with its headers. */
const largest = '120M'

/**
 * clamd.conf(5). What is larger, deeper or slower than these bounds is let through, as ClamAV does it everywhere: nobody
 * may stop the mail of a server with one archive. The bounds hold for one message with all that is packed in it.
 */
export const clamdConf = `LocalSocket ${ownSocket}
LocalSocketGroup clamav
LocalSocketMode 660
FixStaleSocket yes
Foreground yes
DatabaseDirectory /var/lib/clamav
SelfCheck 3600
LogTime no
ScanMail yes
ScanArchive yes
# Encrypted archives can't be looked into; refusing them would stop what many companies send each day.
AlertEncrypted no
StreamMaxLength ${largest}
MaxFileSize ${largest}
MaxScanSize 400M
MaxFiles 10000
MaxRecursion 50
MaxScanTime 60000
MaxThreads 6
MaxQueue 100
MaxConnectionQueueLength 200
ReadTimeout 60
CommandReadTimeout 30
IdleTimeout 10
# A new database is loaded before the old one goes; on a small server there is room for one only.
ConcurrentDatabaseReload no
PhishingSignatures yes
Bytecode yes
ExitOnOOM yes
`

/**
 * A unit of our own: the package's waits for the large database by conditions and for a socket unit. Where the node's
 * scanner is shared it holds its place and costs no memory.
 */
export const clamdUnit = `[Unit]
Description=Virus scanner
After=network.target

[Service]
User=clamav
RuntimeDirectory=clamav
RuntimeDirectoryMode=0755
ExecStart=/bin/sh -c 'test -d ${sharedDirectory} && exec sleep infinity; exec clamd --config-file=/etc/clamav/clamd.conf'
ExecReload=/bin/kill -USR2 $MAINPID
Restart=always
RestartSec=2
TimeoutStartSec=420
PrivateTmp=yes
ProtectSystem=full
ProtectHome=yes
# When memory ends, sites go first, then this: mail waits then, and comes later.
OOMScoreAdjust=100

[Install]
WantedBy=multi-user.target
`
