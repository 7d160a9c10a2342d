import { runThere } from '#tests/load/stage/site_files'
import type { ManagedServer } from '#tests/load/stage/managed_server'

export interface Copied {
  readonly ms: number
  readonly bytes: number
}

/** A copy that is kept up to date in another directory of the same machine, by root: nothing else of a backup. */
const program = `
import json, re, subprocess, sys, time
start = time.monotonic()
command = ["rsync", "-aHAXS", "--delete", "--stats", "--no-h", sys.argv[1] + "/", "/data/backup/rsync-alone/"]
done = subprocess.run(command, capture_output=True, text=True)
took = (time.monotonic() - start) * 1000
if done.returncode:
    sys.exit(done.stderr[-300:])
print(json.dumps({"ms": took, "bytes": int(re.search(r"Total bytes sent: (\\d+)", done.stdout)[1])}))
`

export async function rsyncAlone(server: ManagedServer, root: string): Promise<Copied> {
  return JSON.parse(await runThere(server, ['python3', '-c', program, root])) as Copied
}
