import db from '@adonisjs/lucid/services/db'
import { pageOf, type Page } from '#models/page'
import PhysicalMachine from '#models/physical_machine'
import { physicalOrderKinds } from '#models/physical_machine/assignment'
import { plans } from '#models/server/plan'

export interface StockLine {
  readonly plan: string
  /** Free, with customers, and not to be had yet. */
  readonly stock: number
  readonly assigned: number
  readonly other: number
  /** Orders that have none yet. */
  readonly ordered: number
}

/** ORD-02: 在庫状況によって. Of each plan, how many there are and how many are waited for. */
export async function stockCounts(): Promise<StockLine[]> {
  const counts: { plan: string; state: string; total: number }[] = await db
    .from('physical_machines')
    .select('plan', 'state')
    .count('* as total')
    .groupBy('plan', 'state')
  const ordered = await openOrders()
  return plans
    .filter(({ kind }) => kind === 'physical')
    .map(({ code: plan }) => {
      const of = (fits: (state: string) => boolean) =>
        counts
          .filter((each) => each.plan === plan && fits(each.state))
          .reduce((sum, { total }) => sum + Number(total), 0)
      return {
        plan,
        stock: of((state) => state === 'stock'),
        assigned: of((state) => state === 'assigned'),
        other: of((state) => state !== 'stock' && state !== 'assigned'),
        ordered: ordered.filter((each) => each === plan).length,
      }
    })
}

async function openOrders(): Promise<string[]> {
  const rows: { details: string }[] = await db
    .from('orders')
    .select('details')
    .whereIn('kind', [...physicalOrderKinds])
    .whereIn('state', ['received', 'incomplete', 'waiting', 'working'])
    .whereNull('server_id')
  return rows.map(({ details }) => JSON.parse(details).plan)
}

export interface MachineRow {
  readonly id: number
  readonly name: string
  readonly state: string
  readonly plan: string
  readonly address: string
  readonly server_id: number | null
  readonly server_name: string | null
}

export function machineRows(page: number): Promise<Page<MachineRow>> {
  const columns = ['id', 'name', 'state', 'plan', 'address', 'server_id']
  const query = db
    .from('physical_machines')
    .leftJoin('servers', 'servers.id', 'physical_machines.server_id')
    .select(columns.map((name) => `physical_machines.${name}`))
    .select('servers.name as server_name')
    .orderBy('physical_machines.name')
  return pageOf(query, page)
}

/** Of a plan, what can be given away. */
export function machinesInStock(plan: string) {
  return PhysicalMachine.query().where({ state: 'stock', plan }).orderBy('name').limit(200)
}
