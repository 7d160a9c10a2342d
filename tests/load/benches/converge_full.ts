import type { Bench } from '#tests/load/bench'
import { figuresOf } from '#tests/load/figures'
import { pipeNoopMs } from '#tests/load/floors/pipe_noop'
import type { Stage } from '#tests/load/stage'

/** First converge of 200 domains of 50 mailboxes each, from an empty server. */
const convergeFull: Bench = {
  async run(stage: Stage) {
    const { first, server } = await stage.filled()
    const floor = await stage.floor('pipe', () => pipeNoopMs(server))
    return figuresOf('converge-full', [first.ms], floor, {
      ...first.figures,
      ...(await stage.panelFigures()),
    })
  },
}

export default convergeFull
