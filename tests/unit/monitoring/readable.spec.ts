import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'

/** The part of the agent that reads headers, fed with what a stranger may write there. */
const fuzz = `
import random, re, sys
source = open(sys.argv[1], encoding="utf-8").read()
exec(source[source.index("def readable("):source.index("FIELDS =")])
random.seed(int(sys.argv[2]))
pieces = ["=?", "?=", "?b?", "?q?", "utf-8", "iso-2022-jp", "a", "=", "==", "\\u3042", "\\x1b$B", " ", "<", ">", "@",
          '"', "(", ")", "\\\\", ",", ";", ":", "\\r\\n ", "unicode-1-1-utf-7", "idna", "punycode", "hex", "rot13", "\\x00", "\\ud800", "[", "]", "."]
for _ in range(20000):
    text = "".join(random.choice(pieces) for _ in range(random.randrange(1, 25)))
    name, address = sender_of(text)
    assert isinstance(readable(text), str) and isinstance(name, str) and isinstance(address, str), text
for text in ("=?utf-8?b?a?=", "=?utf-8?b?" + "a" * 5000 + "?=", "(" * 3000 + "a", '"' * 4000, "=?" * 2000, "<" * 4000):
    readable(text), sender_of(text)
print(readable("=?utf-8?B?44GC?="), readable("=?iso-2022-jp?B?GyRCJCIbKEI=?="))
`

test.group('Headers of strangers', () => {
  test('MAIL-04: no header keeps a quarantine from being read', ({ assert }) => {
    const path = app.makePath('app/convergence/agent/12_mailboxes.py')
    assert.include(readFileSync(path, 'utf8'), 'def sender_of(')
    const seed = String(Date.now() % 1_000_000)
    const told = execFileSync('python3', ['-X', 'utf8', '-c', fuzz, path, seed], {
      encoding: 'utf8',
    })
    assert.equal(told.trim(), 'あ あ', `seed ${seed}`)
  })
})
