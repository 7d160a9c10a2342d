import { BenchFailure } from '#tests/load/bench'
import { transportTo } from '#tests/load/floors/pipe_noop'
import type { ManagedServer } from '#tests/load/stage/managed_server'
import { p50 } from '#tests/load/statistics'

const times = 10

/**
 * Runs on the server itself, where neither a network nor a panel is in between: one changed line,
 * `apachectl graceful`, and asking until the new line answers.
 */
const program = `
import http.client, json, subprocess, sys, time
PATH, PORT = "/etc/apache2/apache2.conf", 18099
with open(PATH) as file:
    before = file.read()
def write(more):
    with open(PATH, "w") as file:
        file.write(before + more)
def configuration(revision):
    return (f"\\nListen 127.0.0.1:{PORT}\\n<VirtualHost 127.0.0.1:{PORT}>\\n"
            f"Redirect 302 / /revision-{revision}\\n</VirtualHost>\\n")
def revision():
    try:
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=2)
        connection.request("GET", "/")
        return connection.getresponse().getheader("location") or ""
    except OSError:
        return ""
def reload(number):
    write(configuration(number))
    start = time.monotonic()
    subprocess.run(["apachectl", "graceful"], check=True, capture_output=True)
    while f"/revision-{number}" not in revision():
        if time.monotonic() - start > 20:
            sys.exit("the new configuration does not answer")
        time.sleep(0.002)
    return (time.monotonic() - start) * 1000
try:
    reload(0)
    print(json.dumps([reload(number) for number in range(1, ${times} + 1)]))
finally:
    write("")
    subprocess.run(["apachectl", "graceful"], capture_output=True)
`

/** One `apachectl graceful` until the new configuration answers, with what the server holds now. */
export async function apacheGracefulMs(server: ManagedServer): Promise<number> {
  const transport = await transportTo(server)
  const pipe = await transport.open(['python3', '-c', program])
  const [said, complaints] = await Promise.all([pipe.stdout.toArray(), pipe.stderr.toArray()])
  pipe.close()
  try {
    return p50(JSON.parse(Buffer.concat(said).toString('utf8')) as number[])
  } catch {
    throw new BenchFailure(`floor: ${Buffer.concat(complaints).toString('utf8').slice(-500)}`)
  }
}
