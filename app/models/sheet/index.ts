import { additions } from '#models/sheet/additions'
import { basicSettings } from '#models/sheet/basic_settings'
import { deletions } from '#models/sheet/deletions'
import { forwards } from '#models/sheet/forwards'
import { mailingListMembers } from '#models/sheet/mailing_list_members'
import { mailingLists } from '#models/sheet/mailing_lists'
import { rejectedSenders } from '#models/sheet/rejected_senders'
import { spamChecks } from '#models/sheet/spam_checks'
import type { Sheet } from '#models/sheet/sheet'

/** In the order in which the page shows them. */
export const sheets: readonly Sheet[] = [
  additions,
  deletions,
  basicSettings,
  spamChecks,
  forwards,
  rejectedSenders,
  mailingLists,
  mailingListMembers,
]

export function sheetNamed(name: string): Sheet | undefined {
  return sheets.find((sheet) => sheet.name === name)
}
