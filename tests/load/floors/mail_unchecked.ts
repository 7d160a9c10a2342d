import { BenchFailure } from '#tests/load/bench'
import { transportTo } from '#tests/load/floors/pipe_noop'
import { flow, type Delivery, type Flow } from '#tests/load/stage/mail_flow'
import type { ManagedServer } from '#tests/load/stage/managed_server'

/** The same messages through the same Postfix and Dovecot, without anybody who looks into them. */
export async function uncheckedFlow(server: ManagedServer, delivery: Delivery): Promise<Flow> {
  await configured(server, '(text := open(PATH).read()) and put(change(text))')
  try {
    return await flow(server, delivery)
  } finally {
    await configured(server, 'put(open(SAVED).read())')
  }
}

const program = `
import re, shutil, subprocess, os
PATH, SAVED = "/etc/postfix/main.cf", "/root/main.cf.bench"
def change(text):
    shutil.copy2(PATH, SAVED)
    return re.sub(r"^smtpd_milters =.*$", "smtpd_milters =", text, flags=re.M)
def put(text):
    with open(PATH, "w") as file:
        file.write(text)
    subprocess.run(["postfix", "reload"], check=True, capture_output=True)
`

async function configured(server: ManagedServer, step: string) {
  const transport = await transportTo(server)
  const pipe = await transport.open(['python3', '-c', `${program}\n${step}\nprint("done")\n`])
  const [said, complaints] = await Promise.all([pipe.stdout.toArray(), pipe.stderr.toArray()])
  pipe.close()
  if (Buffer.concat(said).toString() !== 'done\n') {
    throw new BenchFailure(`floor: ${Buffer.concat(complaints).toString('utf8').slice(-500)}`)
  }
}
