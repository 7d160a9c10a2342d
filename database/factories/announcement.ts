import { DateTime } from 'luxon'
import { makeStaff } from '#database/factories/tenant'
import Announcement, { type AnnouncementText } from '#models/announcement'
import Contract from '#models/contract'

export const announcementText: AnnouncementText = {
  kind: 'maintenance',
  subject: '機器交換のお知らせ',
  body: '作業のあいだ、サイトとメールが止まります。\nご迷惑をおかけします。',
  targets: '',
  audience: 'everybody',
  isMailed: false,
  shownFrom: DateTime.fromISO('2026-01-01T00:00Z'),
  shownUntil: null,
  workFrom: null,
  workUntil: null,
}

/** Published, for one contract or for all. */
export async function makeAnnouncement(
  contractId: number | null,
  change: Partial<AnnouncementText> = {}
) {
  const staff = await makeStaff()
  const contract = contractId === null ? null : await Contract.findOrFail(contractId)
  const text = { ...announcementText, targets: contract?.code ?? '', ...change }
  const announcement = await Announcement.write(text, staff)
  await announcement.publish({ staff })
  return announcement.refresh()
}
