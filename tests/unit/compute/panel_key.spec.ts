import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from '@japa/runner'
import { loadPanelKey, newKey } from '#compute/panel_key'

test.group('The panel’s own SSH key', (group) => {
  let folder = ''
  group.each.setup(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'tsukasa-key-')), 'ssh')
    return () => rm(folder, { recursive: true, force: true })
  })

  test('is made once, readable by nobody else, and the same for all who ask at once', async ({
    assert,
  }) => {
    const keys = await Promise.all([1, 2, 3, 4].map(() => loadPanelKey(folder)))
    assert.lengthOf(new Set(keys.map((key) => key.privateKey)), 1)
    assert.deepEqual(await readdir(folder), ['id_ed25519'])
    const { mode } = await stat(join(folder, 'id_ed25519'))
    assert.equal(mode & 0o777, 0o600)
    assert.match(keys[0].publicKey, /^ssh-ed25519 [A-Za-z0-9+/=]{60,} tsukasa-panel$/)
  })

  test('is not replaced when it can’t be read', async ({ assert }) => {
    await loadPanelKey(folder)
    await writeFile(join(folder, 'id_ed25519'), 'rubbish')
    await assert.rejects(() => loadPanelKey(folder), /no SSH key/)
  })

  test('is never one of those that can’t be read', ({ assert }) => {
    const good = newKey()
    const made = [good.slice(0, 120), 'rubbish', good]
    assert.equal(
      newKey(() => made.shift()!),
      good
    )
    assert.throws(() => newKey(() => 'rubbish'), /no readable key/)
  })
})
