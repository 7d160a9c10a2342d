/**
 * Something a customer asked for that cannot be. `key` names the message (resources/lang/ja,
 * `refusals.<key>`), `field` the input it belongs to; `data` fills the message in.
 */
export class Refusal extends Error {
  constructor(
    readonly key: string,
    readonly field: string | null = null,
    readonly data: Record<string, string | number> = {}
  ) {
    super(`refused: ${key}`)
    this.name = 'Refusal'
  }
}
