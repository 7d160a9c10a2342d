import { globSync } from 'node:fs'
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import { filesBelow } from '#tests/support/project_files'

const folders = ['app', 'start', 'database', 'tests', 'resources', 'config']

test.group('Names', () => {
  test('design.md: no folder is called after nothing', ({ assert }) => {
    const empty = globSync(`{${folders.join(',')}}/**/{services,helpers,utils,common,managers}`, {
      cwd: app.makePath(),
    })
    assert.deepEqual(
      empty.filter((path) => !/^(app|tests\/\w+)\/convergence\/services$/.test(path)),
      []
    )
  })

  test('design.md: files are called in snake_case', ({ assert }) => {
    const wrong = folders
      .flatMap((folder) => [...filesBelow(folder, '.ts'), ...filesBelow(folder, '.edge')])
      .filter((path) => !/^[a-z0-9_/.]+$/.test(path))
    assert.deepEqual(wrong, [])
  })

  const endings: [string, RegExp][] = [
    ['app/controllers', /_controller\.ts$/],
    ['app/policies', /_policy\.ts$/],
    ['tests/functional', /\.spec\.ts$/],
    ['tests/conventions', /\.spec\.ts$/],
    ['tests/browser', /\.spec\.ts$/],
  ]
  for (const [folder, ending] of endings) {
    test(`design.md: ${folder} holds only what its name says`, ({ assert }) => {
      const others = filesBelow(folder, '.ts').filter((path) => !ending.test(path))
      assert.deepEqual(others, [])
    })
  }
})
