import { BenchFailure, type Bench } from '#tests/load/bench'
import { figuresOf } from '#tests/load/figures'
import { uncheckedFlow } from '#tests/load/floors/mail_unchecked'
import type { Stage } from '#tests/load/stage'
import { domainName, localPart } from '#tests/load/stage/contents'
import { flow, type Delivery } from '#tests/load/stage/mail_flow'
import { p50, rounded } from '#tests/load/statistics'

const messages = 1000
const connections = 10
const bytes = 20_000

/**
 * 1,000 messages of 20 kB from another mail server over SMTP, with every check on, until all of them are in mailboxes.
 * The percentiles are of one message being taken; the floor is the same without the filters.
 */
const mailFlow: Bench = {
  async run(stage: Stage) {
    const { server, domainIds } = await stage.filled()
    const recipients = domainIds
      .slice(0, 20)
      .flatMap((id) => [1, 2, 3, 4, 5].map((user) => `${localPart(user)}@${domainName(id)}`))
    const delivery: Delivery = { recipients, messages, connections, bytes }
    stage.say('waiting until mail is scored')
    await untilScored(() => flow(server, { ...delivery, messages: 20 }))
    stage.say(`${messages} messages without checks`)
    const floor = await uncheckedFlow(server, delivery)
    stage.say(`${messages} messages with checks`)
    const checked = await flow(server, delivery)
    return figuresOf('mail-flow', checked.acceptedMs, p50(floor.acceptedMs), {
      per_second: rounded(messages / (checked.ms / 1000)),
      floor_per_second: rounded(messages / (floor.ms / 1000)),
      lost: messages - checked.arrived,
      floor_lost: messages - floor.arrived,
      unscored: checked.unscored,
    })
  },
}

export default mailFlow

/** Daemons that have just started let mail pass: that would be no figure of theirs. */
async function untilScored(send: () => Promise<{ readonly unscored: number }>) {
  for (let tries = 0; tries < 20; tries++) {
    const { unscored } = await send()
    if (unscored === 0) return
  }
  throw new BenchFailure('mail is not scored')
}
