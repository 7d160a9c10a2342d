/** OPT-03: what a card with an added address is called inside the machine; of the address, so that it is found again. */
export function addedCard(address: string): string {
  return `ip${address
    .split('.')
    .map((octet) => Number(octet).toString(16).padStart(2, '0'))
    .join('')}`
}
