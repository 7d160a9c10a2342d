import type { I18n } from '@adonisjs/i18n'
import { VineArray, VineEnum } from '@vinejs/vine'
import type { FieldContext, MessagesProviderContact } from '@vinejs/vine/types'
import type { OrderKind } from '#orders/kind'
import { said } from '#orders/words'

/** Mistakes in the form of an order name its inputs as the form does: 住所 there is no 接続元のIPアドレス. */
export function orderMessages(i18n: I18n, kind: OrderKind): MessagesProviderContact {
  const usual = i18n.createMessagesProvider()
  return {
    getMessage(text: string, rule: string, field: FieldContext, meta?: Record<string, any>) {
      const [input] = String(field.wildCardPath).split('.')
      const name = labelOf(kind, input)
      if (name === undefined) return usual.getMessage(text, rule, field, meta)
      const isToChoose = rule === 'required' && isChosen(kind, input)
      return usual.getMessage(text, isToChoose ? 'array' : rule, { ...field, name }, meta)
    },
  }
}

function labelOf({ name, cancels }: OrderKind, input: string) {
  if (input === 'due_on') return said(`messages.orders.inputs.${cancels ? 'last_day' : 'day'}`)
  return said(`orders.kinds.${name}.fields.${input}`)
}

/** Nobody types what there is a list of. */
function isChosen({ fields }: OrderKind, input: string) {
  const schema = fields[input]
  return schema instanceof VineEnum || schema instanceof VineArray || input === 'ssl_order'
}
