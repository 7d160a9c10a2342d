import { transportTo } from '#tests/load/floors/pipe_noop'
import { BenchFailure } from '#tests/load/bench'
import type { ManagedServer } from '#tests/load/stage/managed_server'

/** Runs a program of ours on the server as root, as the panel goes there; answers what it said. */
export async function runThere(
  server: ManagedServer,
  argv: readonly string[],
  input: string | Buffer = ''
): Promise<string> {
  const transport = await transportTo(server)
  const pipe = await transport.open([...argv] as [string, ...string[]])
  pipe.stdin.end(input)
  const [said, complaints] = await Promise.all([pipe.stdout.toArray(), pipe.stderr.toArray()])
  pipe.close()
  const words = Buffer.concat(complaints).toString('utf8').trim()
  if (words !== '') throw new BenchFailure(`${argv[0]}: ${words.slice(-500)}`)
  return Buffer.concat(said).toString('utf8')
}

const program = `
import json, os, sys
for uid, path, content in json.load(sys.stdin):
    child = os.fork()
    if not child:
        os.setgroups([]); os.setresgid(uid, uid, uid); os.setresuid(uid, uid, uid)
        with open(path, "w") as file:
            file.write(content)
        os._exit(0)
    os.waitpid(child, 0)
`

export interface SiteFile {
  readonly uid: number
  readonly path: string
  readonly content: string
}

/** Files of sites, written as their owners. */
export async function writeSiteFiles(server: ManagedServer, files: readonly SiteFile[]) {
  const rows = files.map(({ uid, path, content }) => [uid, path, content])
  await runThere(server, ['python3', '-c', program], JSON.stringify(rows))
}
