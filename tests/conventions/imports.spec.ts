import { readFileSync } from 'node:fs'
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import { filesBelow } from '#tests/support/project_files'

interface Rule {
  readonly because: string
  readonly below: string
  readonly never: RegExp
  readonly except?: RegExp
}

const rules: Rule[] = [
  {
    because: 'models do not know how servers are made equal to them: a job does, by id',
    below: 'app/models',
    never: /^#(convergence|controllers|jobs|middleware|policies|validators|commands|monitoring)\//,
  },
  {
    because: 'convergence gets one frozen plain object, never a model',
    below: 'app/convergence',
    never:
      /^(#(models|database|controllers|middleware|policies|validators|jobs)\/|@adonisjs\/lucid)/,
    except: /^app\/convergence\/(engine|desired)\//,
  },
  {
    because: 'services of convergence say what should be and do nothing',
    below: 'app/convergence/services',
    never: /^(node:(child_process|net|https?|tls)|ssh2|#(models|compute)\/)/,
  },
  {
    because: 'controllers ask models; servers are changed by jobs',
    below: 'app/controllers',
    never: /^(#(convergence|jobs|clients|compute)\/|ssh2|node:child_process)/,
  },
  {
    because: 'policies decide about records and need nothing else',
    below: 'app/policies',
    never: /^#(controllers|convergence|compute|jobs|middleware)\//,
  },
  {
    because: 'what a day costs is arithmetic: no database, no clock',
    below: 'app/billing',
    never: /^(#(?!(billing|calendar)\/)|@adonisjs\/|luxon)/,
  },
  {
    because: 'machines as a whole are below convergence and pages',
    below: 'app/compute',
    never: /^#(controllers|convergence|jobs|middleware|policies|validators)\//,
  },
]

const imported = /^(import|export) (type )?[^'"]*?from '([^']+)'/gm

/** Types vanish when the program runs. */
function importsOf(path: string) {
  const text = readFileSync(app.makePath(path), 'utf8')
  return [...text.matchAll(imported)]
    .filter(([, , isType]) => !isType)
    .map(([, , , source]) => source)
}

test.group('Imports', () => {
  for (const { because, below, never, except } of rules) {
    test(`design.md: ${because}`, ({ assert }) => {
      const wrong = filesBelow(below, '.ts')
        .filter((path) => !except?.test(path))
        .flatMap((path) =>
          importsOf(path)
            .filter((source) => never.test(source))
            .map((source) => `${path} imports ${source}`)
        )
      assert.deepEqual(wrong, [])
    })
  }
})
