import { globSync, readFileSync } from 'node:fs'
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'

test.group('The agent', () => {
  test('its files are joined to one program, so no name is given twice', ({ assert }) => {
    const files = globSync('app/convergence/agent/*.py', { cwd: app.makePath() })
    const names = files.flatMap((path) => {
      const text = readFileSync(app.makePath(path), 'utf8')
      const functions = [...text.matchAll(/^(?:def|class) (\w+)/gm)].map(([, name]) => name)
      const values = [...text.matchAll(/^(\w+(?:, \w+)*) = /gm)].flatMap(([, all]) =>
        all.split(', ')
      )
      return [...new Set([...functions, ...values])]
    })
    assert.isAbove(names.length, 100)
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      []
    )
  })
})
