import { execFileSync } from 'node:child_process'
import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'

/** The program's own parts, with a file system that says how often it was asked. */
const start = `
import json, runpy, sys, threading, time
it = runpy.run_path(sys.argv[1], run_name="space")
MB, asked, moment, left = 1 << 20, [], [0.0], [1000 * (1 << 20)]
def take(user, size):
    asked.append(size)
    return size <= left[0]
room = it["Room"](take, lambda: moment[0])
`

const run = (steps: string) => {
  const path = app.makePath('app/convergence/services/mail_space/space.py')
  const argv = ['-c', `${start}\n${steps}`, path]
  return JSON.parse(execFileSync('python3', argv, { encoding: 'utf8' }))
}

test.group('Room of domains', () => {
  test('PNL-05: a thousand questions within a second ask the file system a few times', ({
    assert,
  }) => {
    const [answers, times] = run(`
answers = {room.has({}, size) for size in range(MB, 200 * MB, MB // 5)}
print(json.dumps([list(answers), len(asked)]))`)
    assert.deepEqual(answers, [true])
    assert.isBelow(times, 10)
  })

  test('PNL-05: what is full is not asked again either; near the end the size itself decides', ({
    assert,
  }) => {
    const [answers, times] = run(`
left[0] = 700_000
sizes = [600_000, 800_000, 100_000_000, 50_000_000, 600_000, 700_000]
answers = [room.has({}, size) for size in sizes]
for _ in range(1000): room.has({}, 100_000_000)
print(json.dumps([answers, len(asked)]))`)
    assert.deepEqual(answers, [true, false, false, false, true, true])
    assert.isBelow(times, 10)
  })

  test('PNL-05: a second later it is asked anew', ({ assert }) => {
    const answers = run(`
answers = [room.has({}, 5 * MB)]
left[0] = 0
answers.append(room.has({}, 5 * MB))
moment[0] = 1.0
answers.append(room.has({}, 5 * MB))
left[0] = 100 * MB
moment[0] = 2.0
answers.append(room.has({}, 5 * MB))
print(json.dumps(answers))`)
    assert.deepEqual(answers, [true, true, false, true])
  })

  test('REL-04: a domain whose file system does not answer holds nobody else up', ({ assert }) => {
    const answers = run(`
gate = threading.Event()
rooms = it["Rooms"](lambda user, size: user == "quick" or gate.wait(5))
threading.Thread(target=rooms.has, args=["slow.example", "slow", MB], daemon=True).start()
began = time.monotonic()
answer = rooms.has("quick.example", "quick", MB)
took = time.monotonic() - began
gate.set()
print(json.dumps([answer, took < 1]))`)
    assert.deepEqual(answers, [true, true])
  })
})
