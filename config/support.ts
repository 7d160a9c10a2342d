import env from '#start/env'

/** ORD-08 (M 4): where customers ask, and when somebody answers. Empty: there is no such way. */
export const support = {
  phone: env.get('SUPPORT_PHONE', '0120-194-238'),
  phoneHours: env.get('SUPPORT_PHONE_HOURS', '10:00〜12:00、13:00〜18:00'),
  fax: env.get('SUPPORT_FAX', '06-6948-1402'),
  /** For those who have a contract; inquiries of the panel's form go there, too. */
  mail: env.get('SUPPORT_MAIL', 'support@mngsv.jp'),
  /** For those who think about one. */
  mailBeforeContract: env.get('SUPPORT_MAIL_BEFORE_CONTRACT', 'info@mngsv.jp'),
}

/** One account's inquiries in an hour; more is a mistake or worse. */
export const inquiriesPerHour = 10
