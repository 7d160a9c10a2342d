import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { ZoneChangeSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import type { Actor } from '#models/actor'
import Zone from '#models/zone'
import { keyOf, type ZoneLine } from '#models/zone/record'

type KeptLine = [name: string, ttl: number, type: string, content: string]

/** Lines of one change, as the page shows them. */
export function readKept(text: string): ZoneLine[] {
  const lines: KeptLine[] = JSON.parse(text)
  return lines.map(([name, ttl, type, content]) => ({ name, ttl, type, content }))
}

/** OPT-10: what one person changed in a zone at one moment. */
export default class ZoneChange extends ZoneChangeSchema {
  @belongsTo(() => Zone)
  declare zone: BelongsTo<typeof Zone>

  get removedLines() {
    return readKept(this.removed)
  }

  get addedLines() {
    return readKept(this.added)
  }

  /** What it added goes, what it removed comes back; refused when others changed the same since. */
  undo(zone: Zone, actor: Actor) {
    const operation = { action: 'zone_undos.store', undoesId: this.id }
    return zone.edit(actor, operation, (draft) => {
      const gone = new Set(this.addedLines.map(exactly))
      const kept = draft.records.filter((line) => !gone.has(exactly(line)))
      if (kept.length + gone.size !== draft.records.length) throw new Refusal('change_is_overtaken')
      const there = new Set(kept.map(keyOf))
      if (this.removedLines.some((line) => there.has(keyOf(line))))
        throw new Refusal('change_is_overtaken')
      draft.set([...kept, ...this.removedLines])
    })
  }
}

const exactly = (line: ZoneLine) => `${line.ttl} ${keyOf(line)}`
