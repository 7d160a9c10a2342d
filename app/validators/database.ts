import vine from '@vinejs/vine'
import type { Infer } from '@vinejs/vine/types'
import { databaseCharsets, databaseLevels } from '#models/database/level'
import type { NewDatabase } from '#models/database'
import { databaseName, singleLine } from '#validators/rules'

const name = () =>
  vine
    .string()
    .maxLength(1024)
    .use(databaseName())
    .transform((typed) => typed.trim().toLowerCase())

const description = () =>
  vine.string().trim().maxLength(100).use(singleLine()).nullable().optional()

export const newDatabase = vine.create({
  database_name: name(),
  description: description(),
  charset: vine.enum(databaseCharsets),
  /** `new`, `none`, or the id of a user that is there. */
  database_user: vine.string().regex(/^(?:new|none|[1-9][0-9]{0,14})$/),
})

export function wishOf(input: Infer<typeof newDatabase>): NewDatabase {
  const { database_name: called, database_user: user, charset } = input
  return {
    name: called,
    charset,
    description: input.description ?? null,
    user: user === 'new' ? 'new' : user === 'none' ? null : Number(user),
  }
}

export const databaseEdit = vine.create({ description: description() })

const rights = () => vine.record(vine.enum([...databaseLevels, 'none'] as const)).optional()

export const newDatabaseUser = vine.create({ database_user_name: name(), rights: rights() })

export const databaseUserEdit = vine.create({ rights: rights() })

/** By id of the database. Keys begin with letters: numbers alone would make the form's fields a list. */
export function rightsOf({ rights: typed = {} }: Infer<typeof databaseUserEdit>) {
  return new Map(
    Object.entries(typed).flatMap(([key, level]) => {
      const id = /^db([1-9][0-9]{0,14})$/.exec(key)?.[1]
      return id === undefined || level === 'none' ? [] : [[Number(id), level] as const]
    })
  )
}

/** Of text in a file that doesn't say it itself. */
export const dumpCharsets = [...databaseCharsets, 'latin1'] as const

export const newDatabaseImport = vine.create({ dump_charset: vine.enum(dumpCharsets) })

export const newDatabaseCopy = vine.create({
  copy_source: vine.number().withoutDecimals().positive().max(Number.MAX_SAFE_INTEGER),
})
