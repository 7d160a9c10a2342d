import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BenchFailure, type Bench } from '#tests/load/bench'
import { LxdClient } from '#tests/load/clients/lxd_client'
import { figuresOf, type Further } from '#tests/load/figures'
import type { Stage } from '#tests/load/stage'
import { panelSettings } from '#tests/load/stage/panel_process'
import { rounded, timed } from '#tests/load/statistics'

/**
 * `bin/up` of this very installation, stopped and started again: the second time. With `--fresh`
 * also the first time, in a clone of the last commit with caches, secrets, server and addresses of
 * its own; Debian's packages and an image of the same recipe are what the machine has already.
 */
const up: Bench = {
  async run(stage: Stage) {
    const { root } = stage
    const wasRunning = await isUp(root)
    stage.say('bin/up, bin/down, and bin/up again')
    await command(root, 'bin/up', '--background')
    await command(root, 'bin/down')
    const second = await timed(() => command(root, 'bin/up', '--background'))
    const running = await timed(() => command(root, 'bin/up', '--background'))
    if (!wasRunning) await command(root, 'bin/down')
    const first = stage.options.fresh ? await firstTime(stage) : {}
    return figuresOf('up', [second], null, { running_ms: rounded(running), ...first })
  },
}

export default up

async function firstTime({ root, workspace, say }: Stage): Promise<Further> {
  say('bin/up in a fresh copy')
  const copy = workspace.path('copy')
  await command(root, 'git', 'clone', '--quiet', root, copy)
  const { PORT } = await panelSettings('')
  const environment = {
    TSUKASA_CACHE: workspace.path('cache'),
    PORT,
    APP_URL: `http://127.0.0.1:${PORT}`,
  }
  workspace.onEnd(() => removeCopy(copy))
  const ms = await timed(() => run(copy, environment, 'bin/up', '--background'))
  return { first_ms: rounded(ms) }
}

/** Only what carries the copy's own prefix. */
async function removeCopy(copy: string) {
  await command(copy, 'bin/down')
  const facts = JSON.parse(await readFile(join(copy, 'storage/compute.json'), 'utf8'))
  const own = /^tsukasa-[0-9a-f]+-$/.test(facts.prefix)
  if (!own) throw new BenchFailure(`${facts.prefix} may be somebody else's`)
  await new LxdClient(facts).removeAll(facts.prefix)
}

async function isUp(root: string) {
  const pid = await readFile(join(root, 'storage/panel.pid'), 'utf8').catch(() => '')
  return pid !== ''
}

/** Without this process's own settings: what is measured reads its own. */
function command(folder: string, program: string, ...argv: string[]) {
  return run(folder, {}, program, ...argv)
}

/** What `.env` or another bench brought into this process is not for another one. */
async function withoutSettings(environment: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  const settings = await panelSettings('')
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !(name in settings)))
}

async function run(folder: string, extra: NodeJS.ProcessEnv, program: string, ...argv: string[]) {
  const env = { ...(await withoutSettings(process.env)), ...extra }
  const child = spawn(program, argv, { cwd: folder, env, stdio: ['ignore', 2, 2] })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new BenchFailure(`${program} ${argv.join(' ')}: exit status ${code}`)
}
