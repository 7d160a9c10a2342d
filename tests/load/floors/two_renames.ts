import { runThere } from '#tests/load/stage/site_files'
import type { ManagedServer } from '#tests/load/stage/managed_server'
import { p50 } from '#tests/load/statistics'

const times = 20

/** Directories that change places twice and are written to the disk, on the server itself: nothing else of a swap. */
const program = `
import ctypes, json, os, sys, time
libc = ctypes.CDLL(None)
root = os.open(sys.argv[1], os.O_RDONLY | os.O_DIRECTORY)
pairs = [(b"html", b"html.stage"), (b"cgi-bin", b"cgi-bin.stage")]
took = []
for _ in range(${times}):
    start = time.monotonic()
    for one, other in pairs:
        if libc.renameat2(root, one, root, other, 2):
            sys.exit("not exchanged")
    os.fsync(root)
    took.append((time.monotonic() - start) * 1000)
print(json.dumps(took))
`

export async function twoRenamesMs(server: ManagedServer, root: string): Promise<number> {
  return p50(JSON.parse(await runThere(server, ['python3', '-c', program, root])) as number[])
}
