import { readFile } from 'node:fs/promises'
import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { OrderFileSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import Order from '#models/order'
import { staffMember } from '#models/order/author'
import OrderFileContent from '#models/order_file_content'
import type Staff from '#models/staff'

/** Of one order. */
export const mostOrderFiles = 20

export interface NewOrderFile {
  readonly name: string
  /** Where the upload lies. */
  readonly path: string
  readonly isInternal: boolean
}

/** ORD-06: a paper that belongs to an order, such as the application by form (ORD-05). In the database, as its order is. */
export default class OrderFile extends OrderFileSchema {
  @belongsTo(() => Order)
  declare order: BelongsTo<typeof Order>

  static async add(order: Order, { name: typed, path, isInternal }: NewOrderFile, staff: Staff) {
    const content = await readFile(path)
    const name = shownName(typed)
    const { id: staffId } = staff
    await order.change(async ({ id: orderId }, client) => {
      const others = await this.query({ client }).where({ orderId }).count('* as count').first()
      if (Number(others?.$extras.count) >= mostOrderFiles)
        throw new Refusal('order_files_are_full', 'order_file', { most: mostOrderFiles })
      const facts = { orderId, name, bytes: content.length, isInternal, staffId }
      const file = await this.create(facts, { client })
      await OrderFileContent.create({ orderFileId: file.id, content }, { client })
      await order.note({ what: 'file', text: name, isInternal }, staffMember(staff), client)
    })
  }

  async content(): Promise<Buffer> {
    const found = await OrderFileContent.findByOrFail('orderFileId', this.id)
    return found.content
  }
}

/** It is only ever shown, and told to browsers: nothing in it acts on either. */
function shownName(typed: string) {
  const name = typed.normalize('NFC').replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029/\\"]/gu, '_')
  return [...name].slice(-200).join('') || 'file'
}
