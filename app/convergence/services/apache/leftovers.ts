import type { Command } from '#convergence/service'

/** Whose programs are ended; the uid is also the gid of all mailboxes of the domain. */
export interface Stopped {
  readonly account: string
  readonly uid: number
}

/**
 * A program may have left its slice (SFTP, cron, mail), so it is known by uid, or by gid for those of mailboxes.
 * Again until nothing is left: what forks quickly can slip through one look.
 */
const end = `for try in 1 2 3 4 5 6 7 8 9 10; do
  pkill -KILL -U "$2"; pkill -KILL -G "$2"
  pgrep -r R,S,D,T -U "$2" || pgrep -r R,S,D,T -G "$2" || break
  sleep 0.05
done >/dev/null
rm -f -- "/var/spool/cron/crontabs/$1"`

/** Where everybody on a server may write. */
const clear = `find /tmp /var/tmp /dev/shm /run/lock /var/lib/php/sessions -xdev -depth \\
  '(' -uid "$2" -o -gid "$2" ')' -delete`

/** What runs is ended, wherever it was started. */
export function endPrograms({ account, uid }: Stopped): Command {
  return run(end, account, uid)
}

/** DOM-05: and nothing remains of it outside its volume. */
export function endForGood({ account, uid }: Stopped): Command {
  return run(`${end}\n${clear}`, account, uid)
}

/** Nothing to end, or somebody else's file in a directory of the domain's, is no reason to put the change back. */
function run(script: string, account: string, uid: number): Command {
  if (!Number.isInteger(uid) || uid < 20000) throw new RangeError(`uid ${uid} of ${account}`)
  return { argv: ['sh', '-c', `${script}\nexit 0`, 'sh', account, String(uid)] }
}
