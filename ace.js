/*
 * Entry point of `node ace …`. The application needs Node 24, which is installed with the other
 * packages; typed with an older Node, the command runs itself again under that one. Imports are
 * dynamic because static ones would be loaded before the check.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

if (Number.parseInt(process.versions.node) < 24) {
  const node = fileURLToPath(new URL('node_modules/.bin/node', import.meta.url))
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal))
  }
  child.on('exit', (code) => process.exit(code ?? 1))
} else {
  await import('@poppinss/ts-exec')
  await import('./bin/console.js')
}
