import { RunStepSchema } from '#database/schema'

export default class RunStep extends RunStepSchema {}
