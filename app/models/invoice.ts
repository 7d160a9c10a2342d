import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { InvoiceSchema } from '#database/schema'
import type { invoiceIssuer } from '#config/billing'
import Statement from '#models/statement'

export type InvoiceIssuer = typeof invoiceIssuer

/** Whom it is for, as it was when it was issued. */
export interface InvoiceRecipient {
  readonly code: string
  readonly name: string
  /** Postcode and address, a line each. */
  readonly lines: readonly string[]
}

/** ORD-07: a statement as the customer's books need it (適格請求書, 消費税法 57条の4). */
export default class Invoice extends InvoiceSchema {
  @belongsTo(() => Statement)
  declare statement: BelongsTo<typeof Statement>

  get recipient(): InvoiceRecipient {
    return JSON.parse(this.billedTo)
  }

  get from(): InvoiceIssuer {
    return JSON.parse(this.issuer)
  }
}
