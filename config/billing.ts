import env from '#start/env'

/** Percent of consumption tax on what has an agreed price; prices of the list say their own (消費税法 29条, 地方税法 72条の83). */
export const standardTaxPercent = 10

/** Statements that a contractor sees (PNL-13). */
export const visibleMonths = 6

/** Who writes invoices. Only who has a registration number writes 適格請求書 (消費税法 57条の4); without one they say 請求書. */
export const invoiceIssuer = {
  name: env.get('INVOICE_ISSUER', '株式会社つかさ'),
  /** `T` and thirteen digits. */
  registrationNumber: env.get('INVOICE_REGISTRATION_NUMBER') ?? null,
  address: env.get('INVOICE_ADDRESS') ?? null,
  phone: env.get('INVOICE_PHONE') ?? null,
  /** Where to pay: bank, branch, account. */
  payTo: env.get('INVOICE_PAY_TO') ?? null,
}

/** Of Debian's fonts-ipafont-gothic; what is used of it goes into each invoice. */
export const invoiceFont = '/usr/share/fonts/opentype/ipafont-gothic/ipagp.ttf'
