import type Contract from '#models/contract'

/** The contract that an operator named; refuses what is none. */
export async function contractNamed(code: string): Promise<Contract> {
  const { Refusal } = await import('#exceptions/refusals')
  const { default: Model } = await import('#models/contract')
  const contract = await Model.findBy('code', code.trim().toLowerCase())
  if (!contract) throw new Refusal('command_contract_is_unknown')
  return contract
}
