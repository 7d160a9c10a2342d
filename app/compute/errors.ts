/**
 * - `missing`: the instance, volume or image isn't there
 * - `exhausted`: the pool of addresses is empty
 * - `busy`: refused for now (limits below use, another operation under way)
 * - `refused`: the other side said no, or we must not touch it
 * - `timeout`, `unreachable`: no answer
 * - `unsupported`: this driver can't
 * - `garbled`: the answer wasn't what the protocol says
 */
export type ComputeFault =
  | 'missing'
  | 'exhausted'
  | 'busy'
  | 'refused'
  | 'timeout'
  | 'unreachable'
  | 'unsupported'
  | 'garbled'

export class ComputeError extends Error {
  constructor(
    readonly fault: ComputeFault,
    message: string,
    options?: ErrorOptions
  ) {
    super(message, options)
    this.name = 'ComputeError'
  }
}
