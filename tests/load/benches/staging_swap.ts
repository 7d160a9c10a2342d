import { BenchFailure, type Bench } from '#tests/load/bench'
import { siteBody, siteStatus } from '#tests/load/clients/site_client'
import type { PanelClient } from '#tests/load/clients/panel_client'
import { figuresOf } from '#tests/load/figures'
import { twoRenamesMs } from '#tests/load/floors/two_renames'
import type { Stage } from '#tests/load/stage'
import type { ManagedServer } from '#tests/load/stage/managed_server'
import { until } from '#tests/load/stage/patience'
import { runThere } from '#tests/load/stage/site_files'
import { rounded, timed } from '#tests/load/statistics'

const times = 12
const files = 100_000
const host = 'staging.example.jp'
/** Static files, PHP that has them compiled, and CGI. */
const paths = ['/index.html', '/page.php', '/cgi-bin/who.cgi']

const fill = `
import os, sys
uid, root, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
os.setgroups([]); os.setresgid(uid, uid, uid); os.setresuid(uid, uid, uid)
def write(path, text, mode=0o644):
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, mode)
for side, html, cgi in (("one", "html", "cgi-bin"), ("other", "html.stage", "cgi-bin.stage")):
    for number in range(count // 1000):
        os.makedirs(f"{root}/{html}/d{number}")
        for name in range(1000):
            write(f"{root}/{html}/d{number}/{name}.txt", side)
    write(f"{root}/{html}/index.html", side)
    write(f"{root}/{html}/page.php", f"<?php echo '{side}';")
    write(f"{root}/{cgi}/who.cgi", f"#!/bin/sh\\necho 'Content-Type: text/plain'; echo; echo {side}\\n", 0o755)
`

/**
 * WEB-02: two sides of 100,000 files each. From the form that confirms the swap until static files, PHP and CGI are
 * all the other side's, while somebody else asks for one of them every ten milliseconds.
 */
const stagingSwap: Bench = {
  async run(stage: Stage) {
    const server = await stage.server()
    const customer = await server.installation.customer(4)
    stage.workspace.onEnd(() => customer.close())
    const { id, uid } = await addDomain(server, customer)
    const root = `/data/domain/${host}`
    stage.say(`writing ${2 * files} files`)
    await runThere(server, ['python3', '-c', fill, String(uid), root, String(files)])
    const floor = await twoRenamesMs(server, root)

    stage.say(`swapping, ${times} times`)
    for (const path of paths) await siteBody(server.address, host, path)
    const watched = watch(server.address)
    const samples: number[] = []
    for (let index = 0; index < times; index++) samples.push(await swap(server, customer, id))
    const { asked, failed } = await watched.stop()

    stage.say('swapping with a copy of all of it first')
    const copied = await timed(() => swap(server, customer, id, { copies_first: 'true' }))
    await customer.change(`/domains/${id}/removal`, { name: host }).catch(() => {})
    return figuresOf('staging-swap', samples, floor, {
      files: 2 * files,
      asked,
      failed,
      copied_first_ms: rounded(copied),
    })
  },
}

export default stagingSwap

async function addDomain(server: ManagedServer, customer: PanelClient) {
  const { db, person } = server.installation
  const fields = { name: host, password: person.password }
  const { applyId } = await customer.change(`/servers/${server.id}/domains`, fields)
  await server.whenDone(applyId)
  await server.whenSiteAnswers(host, [200])
  return db.one<{ id: number; uid: number }>('select id, uid from domains where name = ?', host)
}

/** From the form until everything that is asked for is the other side's. */
async function swap(server: ManagedServer, customer: PanelClient, id: number, more = {}) {
  const { address } = server
  const before = await siteBody(address, host, paths[0]!)
  const seen = lastChange(server, id)
  const ms = await timed(async () => {
    await customer.post(`/domains/${id}/web/staging/swaps`, { seen: String(seen), ...more })
    for (const path of paths) await whenOther(address, path, before)
  })
  const patience = { what: 'the end of the swap', withinMs: 600_000, everyMs: 5 }
  await until(patience, () => {
    const sql = 'select state from staging_changes where domain_id = ? order by id desc limit 1'
    const { state } = server.installation.db.one<{ state: string }>(sql, id)
    if (state === 'failed') throw new BenchFailure('the swap failed')
    return state === 'done' || null
  })
  return ms
}

function lastChange({ installation }: ManagedServer, id: number): number {
  const sql = 'select coalesce(max(id), 0) as last from staging_changes where domain_id = ?'
  return installation.db.one<{ last: number }>(sql, id).last
}

function whenOther(address: string, path: string, before: string) {
  const patience = { what: `the other side of ${path}`, withinMs: 600_000, everyMs: 2 }
  return until(patience, async () => {
    const text = await siteBody(address, host, path)
    return (text !== '' && text.trim() !== before.trim()) || null
  })
}

/** Everything but 200 counts as failed, and so does no answer. */
function watch(address: string) {
  let asked = 0
  let failed = 0
  const open = new Set<Promise<void>>()
  const ask = () => {
    // Those who wait already are enough on a machine that is busy with them.
    if (open.size > 30) return
    const path = paths[asked++ % paths.length]
    const one = siteStatus(address, host, { path, timeoutMs: 15_000 }).then((status) => {
      if (status !== 200) failed++
      open.delete(one)
    })
    open.add(one)
  }
  const timer = setInterval(ask, 10)
  return {
    async stop() {
      clearInterval(timer)
      await Promise.all(open)
      return { asked, failed }
    },
  }
}
