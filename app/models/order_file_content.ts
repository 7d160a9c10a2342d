import { OrderFileContentSchema } from '#database/schema'

/** What is in a paper of an order; read only when somebody wants it. */
export default class OrderFileContent extends OrderFileContentSchema {}
