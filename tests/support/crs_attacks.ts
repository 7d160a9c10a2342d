import { execFile } from 'node:child_process'
import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)
const cache = process.env.TSUKASA_CACHE ?? '/var/cache/tsukasa'
const readable = { maxBuffer: 64 * 2 ** 20 }

/** What the CRS tries itself with: a request, and the rule that is to find something in it. */
export interface Attack {
  readonly rule: number
  readonly method: string
  readonly uri: string
  readonly headers: Readonly<Record<string, string>>
  readonly data: string
}

/** Debian 13's, as on the servers: the package of the rules has no tests, its source has. From where this machine's apt gets Debian. */
async function sources() {
  const question = ['indextargets', '--format', '$(LABEL)|$(REPO_URI)', 'Created-By: Packages']
  const { stdout } = await execute('apt-get', question)
  const places = stdout.split('\n').map((line) => line.split('|'))
  const place = (label: string) => places.find(([name]) => name === label)?.[1]
  const [debian, security] = [place('Debian'), place('Debian-Security')]
  if (!debian) throw new Error('apt has no Debian to fetch from')
  const lines = [`deb-src ${debian} trixie main`]
  if (security) lines.push(`deb-src ${security} trixie-security main`)
  return `${lines.join('\n')}\n`
}

const read = `
import json, pathlib, sys
sys.path.insert(0, sys.argv[2])
import yaml
found = []
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.yaml")):
    tests = yaml.safe_load(path.read_text())
    for test in tests.get("tests", []):
        stages = [each["stage"] for each in test["stages"]]
        wanted = stages[0]["output"].get("log_contains") if len(stages) == 1 else None
        given = stages[0]["input"]
        if not wanted or "id" not in str(wanted) or "encoded_request" in given or "raw_request" in given:
            continue
        data = given.get("data", "")
        data = "\\r\\n".join(map(str, data)) if isinstance(data, list) else str(data)
        headers = {str(name): str(value) for name, value in (given.get("headers") or {}).items()}
        found.append({"rule": int(path.stem), "method": str(given.get("method", "GET")), "uri": str(given.get("uri", "/")), "headers": headers, "data": data})
json.dump(found, sys.stdout)
`

/** Fetched once. */
export async function crsAttacks(): Promise<readonly Attack[]> {
  const place = join(cache, 'crs-attacks')
  const isThere = await access(place).then(
    () => true,
    () => false
  )
  if (!isThere) await fetch(place)
  const argv = ['-c', read, join(place, 'tests'), join(place, 'yaml')]
  const { stdout } = await execute('python3', argv, readable)
  return JSON.parse(stdout)
}

async function fetch(place: string) {
  await mkdir(cache, { recursive: true })
  const work = await mkdtemp(join(cache, 'crs-part-'))
  try {
    await writeFile(join(work, 'sources.list'), await sources())
    await mkdir(join(work, 'lists/partial'), { recursive: true })
    const own = [
      'Dir::Etc::sourceparts=/dev/null',
      `Dir::Etc::sourcelist=${join(work, 'sources.list')}`,
      `Dir::State::lists=${join(work, 'lists')}`,
      'Dir::Etc::trustedparts=/usr/share/keyrings',
      'APT::Sandbox::User=root',
    ].flatMap((option) => ['-o', option])
    await execute('apt-get', ['-q', ...own, 'update'])
    const source = ['-q', ...own, 'source', '--download-only', 'modsecurity-crs']
    await execute('apt-get', source, { cwd: work })
    const plain = ['-q', '-o', 'APT::Sandbox::User=root', 'download', 'python3-yaml']
    await execute('apt-get', plain, { cwd: work })
    await execute('sh', ['-c', unpack], { cwd: work })
    await rename(join(work, 'out'), place)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

const unpack = `set -e
mkdir out out/tests
tar -xzf modsecurity-crs_*.orig.tar.gz -C out/tests --strip-components=4 --wildcards '*/tests/regression/tests/*'
dpkg-deb -x python3-yaml_*.deb deb
mv deb/usr/lib/python3/dist-packages out/yaml
`

/** As bytes for a connection, with the site's name instead of the one in the test. */
export function rawRequest({ method, uri, headers, data }: Attack, host: string): Buffer {
  const body = Buffer.from(isForm(headers, data) ? encoded(data) : data)
  const named = Object.entries(headers).filter(([name]) => !/^(host|connection)$/i.test(name))
  const has = (name: string) => named.some(([each]) => each.toLowerCase() === name)
  const own = [
    ['Host', host],
    ['Connection', 'close'],
    ...(body.length > 0 && !has('content-type')
      ? [['Content-Type', 'application/x-www-form-urlencoded']]
      : []),
    ...(body.length > 0 && !has('content-length') ? [['Content-Length', String(body.length)]] : []),
    ...named,
  ]
  const lines = [`${method} ${uri} HTTP/1.1`, ...own.map(([name, value]) => `${name}: ${value}`)]
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body])
}

function isForm(headers: Attack['headers'], data: string) {
  const [, type = 'application/x-www-form-urlencoded'] =
    Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type') ?? []
  return data !== '' && type.startsWith('application/x-www-form-urlencoded')
}

/** Most of them stand there as people read them. */
function encoded(data: string) {
  if (/%[0-9a-f]{2}/i.test(data) || !data.includes('=')) return data
  return String(new URLSearchParams(data))
}
