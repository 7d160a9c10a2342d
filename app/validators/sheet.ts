import vine from '@vinejs/vine'

/** `part`: of more users than one file may have. Nonsense counts as absent. */
export const sheetDownload = vine.create({
  part: vine.number().withoutDecimals().range([1, 1000]).optional(),
  encoding: vine.enum(['utf-8', 'cp932'] as const).optional(),
})
