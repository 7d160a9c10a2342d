import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Refusal } from '#exceptions/refusals'
import type Account from '#models/account'
import type { Actor } from '#models/actor'
import type { Feature, RestrictionLevel } from '#models/restriction/feature'

/** One feature that one level took from people, but not from everybody. */
export interface Held {
  readonly feature: Feature
  readonly level: RestrictionLevel
  /** Ids of mailboxes. */
  readonly exempt: ReadonlySet<number>
}

/** Somebody whose settings they are. */
interface Whose {
  readonly id: number
}

/**
 * What one person may not change in a domain at the moment (USR-08). All ways to change a setting (page,
 * CSV, a forged post) end in a verb, and each verb asks here. Whoever restricts is bound by nobody below
 * him: the contractor by nothing, the domain admin by the contractor, a user by both. Staff change no
 * settings of customers, so there is nothing to keep them from.
 *
 * A user whom a restriction leaves out may change his settings, and so may the domain admin for him; a
 * domain admin (`admin`) whom it leaves out may change those of all users.
 */
export class Restrictions {
  private constructor(
    private readonly by: Account,
    private readonly held: readonly Held[]
  ) {}

  /** One query at most, however many mailboxes are asked about; inside a transaction what it sees. */
  static async of(
    domain: { readonly id: number },
    { by }: Pick<Actor, 'by'>,
    client?: TransactionClientContract
  ): Promise<Restrictions> {
    return new Restrictions(by, by.isContractor ? [] : await heldFor(by, domain.id, client))
  }

  /** Who keeps him from it; null: nobody. `whose`: absent for what is the whole domain's. */
  on(feature: Feature, whose?: Whose): RestrictionLevel | null {
    const holds = (each: Held) =>
      each.feature === feature &&
      !this.isExempt(each, this.by.mailboxId) &&
      !this.isExempt(each, whose?.id)
    return this.held.find(holds)?.level ?? null
  }

  has(feature: Feature, whose?: Whose): boolean {
    return this.on(feature, whose) !== null
  }

  /** Says who restricts it and whom to ask, at the field where there is one. */
  refuse(feature: Feature, whose?: Whose) {
    const level = this.on(feature, whose)
    if (level === null) return
    throw new Refusal('restricted', fields[feature] ?? null, { level, role: this.by.role })
  }

  private isExempt({ exempt }: Held, mailboxId: number | null | undefined) {
    return typeof mailboxId === 'number' && exempt.has(mailboxId)
  }
}

/** These stand in forms beside settings that nobody restricts. */
const fields: Partial<Record<Feature, string>> = {
  description: 'description',
  password: 'password',
}

/** The contractor's come first: he is the one who can lift both. */
async function heldFor(by: Account, domainId: number, client?: TransactionClientContract) {
  const query = (client ?? db)
    .from('restrictions')
    .leftJoin('restriction_exemptions as free', 'free.restriction_id', 'restrictions.id')
    .where('restrictions.domain_id', domainId)
    .orderBy('restrictions.level')
    .select('restrictions.feature', 'restrictions.level', 'free.mailbox_id')
  if (by.isDomainAdmin) query.where('restrictions.level', 'contractor')
  const rows = Map.groupBy(await query, ({ level, feature }) => `${level} ${feature}`)
  return [...rows.values()].map((of): Held => ({
    feature: of[0].feature,
    level: of[0].level,
    exempt: new Set(of.flatMap(({ mailbox_id: id }) => (id === null ? [] : [id as number]))),
  }))
}
