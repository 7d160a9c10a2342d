import type { Bench } from '#tests/load/bench'
import { figuresOf, medians, type Further } from '#tests/load/figures'
import { instanceBootMs } from '#tests/load/floors/instance_boot'
import type { Stage } from '#tests/load/stage'

const times = 3

/** Ordered → built, converged and answering on web, mail and SSH; the image is in place. */
const server: Bench = {
  async run(stage: Stage) {
    const installation = await stage.installation()
    const samples: number[] = []
    const runs: Further[] = []
    for (let index = 0; index < times; index++) {
      stage.say(`ordering server ${index + 1} of ${times}`)
      const ordered = await installation.order('A')
      samples.push(ordered.ms)
      runs.push(ordered.server.runFigures())
      await ordered.server.discard()
    }
    const floor = await instanceBootMs(installation)
    return figuresOf('server', samples, floor, medians(runs))
  },
}

export default server
