import type { Bench } from '#tests/load/bench'
import { figuresOf, medians } from '#tests/load/figures'
import { pipeNoopMs } from '#tests/load/floors/pipe_noop'
import type { Stage } from '#tests/load/stage'
import type { Converge } from '#tests/load/stage/filled_server'

const times = 10

/** Second converge of the same: everything is compared, nothing is written, nothing is reloaded. */
const convergeAgain: Bench = {
  async run(stage: Stage) {
    const filled = await stage.filled()
    const floor = await stage.floor('pipe', () => pipeNoopMs(filled.server))
    stage.say(`converging again, ${times} times`)
    const converges: Converge[] = []
    for (let index = 0; index < times; index++) converges.push(await filled.converge())
    const samples = converges.map(({ ms }) => ms)
    return figuresOf(
      'converge-again',
      samples,
      floor,
      medians(converges.map(({ figures }) => figures))
    )
  },
}

export default convergeAgain
