import type { Site } from '#tests/hostile/web_isolation/site'

/** Turns a name into a file of one's own and into a link to the other's file, as fast as it goes. */
const flip = `
import os, sys, time
base, target, private, until = sys.argv[1], sys.argv[2], sys.argv[3], time.time() + float(sys.argv[4])
os.chdir(base)
pairs = (('x.txt', target), ('.htaccess', private), ('dir', os.path.dirname(target)))
while time.time() < until:
    for name, where in pairs:
        os.symlink(where, 'new')
        os.rename('new', name)
        if name == 'dir':
            os.unlink(name)
            os.mkdir(name)
            with open('dir/secret.txt', 'w') as own:
                own.write('own')
            os.rename('dir', 'old' + str(time.time_ns()))
        else:
            with open('new', 'w') as own:
                own.write('# own\\n')
            os.rename('new', name)
`

/** All answers of A while its files change below Apache's eyes. */
export async function racing(a: Site, b: Site): Promise<string[]> {
  await a.write(a.target.html, { 'y.txt': 'y' })
  const secret = `${b.target.root}/cgi-data/private.txt`
  let over = false
  const running = a
    .asOwner(['python3', '-c', flip, a.target.html, `${b.target.html}/secret.txt`, secret, '4'])
    .finally(() => (over = true))
  const seen: string[] = []
  const visitor = async (path: string) => {
    while (!over) seen.push(await a.ask(path))
  }
  await Promise.all(['/x.txt', '/x.txt', '/dir/secret.txt', '/y.txt'].map(visitor))
  const said = await running
  if (said !== '') throw new Error(said)
  return seen
}
