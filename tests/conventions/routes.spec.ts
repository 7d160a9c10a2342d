import { readFileSync } from 'node:fs'
import app from '@adonisjs/core/services/app'
import router from '@adonisjs/core/services/router'
import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { routesWithoutDoor } from '#start/routes/doors'
import { filesBelow } from '#tests/support/project_files'

const actions = ['index', 'create', 'store', 'show', 'edit', 'update', 'destroy']
const controllers = filesBelow('app/controllers', '.ts')

test.group('Routes', (group) => {
  group.setup(() => testUtils.httpServer().start())

  test('every route goes through exactly one door', ({ assert }) => {
    assert.isNotEmpty(Object.values(router.toJSON()).flat())
    assert.deepEqual(routesWithoutDoor(), [])
  })

  test('every route leads to one of the seven actions of a controller', ({ assert }) => {
    const names = Object.values(router.toJSON())
      .flat()
      .map((route) => String(route.name))
    assert.deepEqual(
      names.filter((name) => !actions.includes(name.split('.').at(-1)!)),
      []
    )
  })

  test('every action behind a door asks a policy', ({ assert }) => {
    const silent = controllers.flatMap((path) =>
      actionsOf(path)
        .filter(
          ({ name, body }) => !isForVisitors(path, name) && !/\.with\(\w+\)\.authorize\(/.test(body)
        )
        .map(({ name }) => `${path} ${name}`)
    )
    assert.deepEqual(silent, [])
  })

  test('controllers have only the seven actions and private methods', ({ assert }) => {
    const others = controllers.flatMap((path) =>
      actionsOf(path)
        .filter(({ name }) => !actions.includes(name) && !name.startsWith('#'))
        .map(({ name }) => `${path} ${name}`)
    )
    assert.deepEqual(others, [])
  })

  test('controllers catch nothing and stay under 120 lines', ({ assert }) => {
    for (const path of controllers) {
      const text = readFileSync(app.makePath(path), 'utf8')
      assert.notMatch(text, /\btry \{/, path)
      assert.isBelow(text.split('\n').length, 120, path)
    }
  })
})

/** Of people whom nobody knows yet there are the sign-in pages and the link of the welcome letter. */
function isForVisitors(path: string, action: string) {
  if (path === 'app/controllers/password_invitations_controller.ts') return true
  return path.endsWith('session_controller.ts') && action !== 'destroy'
}

function actionsOf(path: string) {
  const text = readFileSync(app.makePath(path), 'utf8')
  const methods = [...text.matchAll(/^ {2}(?:async )?(#?\w+)\([^]*?^ {2}\}$/gm)]
  return methods.map(([body, name]) => ({ name, body }))
}
