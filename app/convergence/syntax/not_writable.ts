/** A value that a writer refuses to put into a configuration file. It names the value by shape, never in full. */
export class NotWritable extends Error {
  constructor(value: string) {
    super(`refused to write ${JSON.stringify(value.slice(0, 40))}`)
    this.name = 'NotWritable'
  }
}
