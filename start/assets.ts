import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import app from '@adonisjs/core/services/app'

interface File {
  readonly type: string
  readonly content: Buffer
}

interface AssetSet {
  readonly hash: string
  /** By path, e.g. `css/app.css`. */
  readonly files: ReadonlyMap<string, File>
}

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Layers in the order in which later ones win; files of a layer in the order of their names. */
const layers = ['tokens', 'base', 'layouts', 'components', 'pages']

/**
 * Style sheets and scripts as they are written, without a build: kept in memory once in production,
 * read again for each page while developing. The many small style sheets are sent as one.
 */
class Assets {
  #kept?: AssetSet

  current(): AssetSet {
    if (app.inProduction || app.inTest) return (this.#kept ??= read())
    return read()
  }

  /** The address of a file, which changes whenever any file does. */
  url(path: string) {
    const { hash, files } = this.current()
    if (!files.has(path)) throw new Error(`no asset ${path}`)
    return `/assets/${hash}/${path}`
  }
}

function read(): AssetSet {
  const root = app.makePath('resources/public')
  const files = new Map<string, File>()
  for (const folder of ['js', 'img']) {
    for (const name of readdirSync(join(root, folder)).sort()) {
      files.set(`${folder}/${name}`, fileOf(name, readFileSync(join(root, folder, name))))
    }
  }
  files.set('css/app.css', fileOf('app.css', styleSheet(join(root, 'css'))))

  const hash = createHash('sha256')
  for (const [path, { content }] of files) hash.update(path).update(content)
  return { hash: hash.digest('hex').slice(0, 12), files }
}

function styleSheet(root: string) {
  const parts = layers.flatMap((layer) =>
    readdirSync(join(root, layer))
      .sort()
      .map((name) => `@layer ${layer} {\n${readFileSync(join(root, layer, name), 'utf8')}}\n`)
  )
  return Buffer.from(`@layer ${layers.join(', ')};\n${parts.join('')}`)
}

function fileOf(name: string, content: Buffer): File {
  return { type: types[extname(name)] ?? 'application/octet-stream', content }
}

export const assets = new Assets()
