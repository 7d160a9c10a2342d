import { existsSync, readFileSync } from 'node:fs'
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import { filesBelow } from '#tests/support/project_files'

const views = filesBelow('resources/views', '.edge')
const read = (path: string) => readFileSync(app.makePath(path), 'utf8')

function findings(pattern: RegExp, paths = views) {
  return paths.flatMap((path) =>
    [...read(path).matchAll(new RegExp(pattern, 'g'))].map(([found]) => `${path}: ${found}`)
  )
}

test.group('Views', () => {
  test('security.md: no inline style and no inline handler, which the content policy blocks', ({
    assert,
  }) => {
    assert.deepEqual(findings(/<style|\sstyle=|\son[a-z]+=|javascript:/), [])
  })

  test('security.md: nothing is printed without escaping but the slots of components', ({
    assert,
  }) => {
    const raw = findings(/\{\{\{.*?\}\}\}/).filter((each) => !each.includes('await $slots.'))
    assert.deepEqual(raw, [])
    // Edge writes the values of these without escaping them
    assert.deepEqual(findings(/html\.(attrs|safe)|toAttrs\(/), [])
  })

  test('security.md: every form that writes carries the CSRF token', ({ assert }) => {
    for (const path of views) {
      const forms = [...read(path).matchAll(/<form[^>]*method="post"[^]*?<\/form>/g)]
      for (const [form] of forms) assert.include(form, 'csrfField()', path)
    }
  })

  test('every page that a controller renders is there', ({ assert }) => {
    const sources = [...filesBelow('app', '.ts'), ...filesBelow('start', '.ts')]
    const rendered = sources.flatMap((path) =>
      [...read(path).matchAll(/'((?:pages|partials)\/[a-z_/]+)'/g)].map(([, view]) => view)
    )
    assert.isNotEmpty(rendered)
    const missing = rendered.filter(
      (view) => !existsSync(app.makePath(`resources/views/${view}.edge`))
    )
    assert.deepEqual(missing, [])
  })

  test('every piece that a view includes is there', ({ assert }) => {
    const included = views.flatMap((path) =>
      [...read(path).matchAll(/@include\('([^']+)'\)/g)].map(([, view]) => view)
    )
    const missing = included.filter(
      (view) => !existsSync(app.makePath(`resources/views/${view}.edge`))
    )
    assert.deepEqual(missing, [])
  })

  test('links open in the same window, so that nobody loses the way back', ({ assert }) => {
    assert.deepEqual(findings(/target="_blank"/), [])
  })
})
