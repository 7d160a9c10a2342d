/** How a price is meant: for each month (by the day), for each year (at its beginning), or once. */
export type Period = 'month' | 'year' | 'once'

/** Everything that has a price. Its Japanese name is `prices.<code>` of resources/lang/ja. */
export const billingCodes = {
  'plan.A': 'month',
  'plan.B': 'month',
  'plan.C': 'month',
  'plan.D': 'month',
  'plan.E': 'month',
  'plan.SAS': 'month',
  'plan.SSD': 'month',
  'plan.A.initial': 'once',
  'plan.B.initial': 'once',
  'plan.C.initial': 'once',
  'plan.D.initial': 'once',
  'plan.E.initial': 'once',
  'plan.SAS.initial': 'once',
  'plan.SSD.initial': 'once',
  'plan_change': 'once',
  'disk.100gb': 'month',
  'disk.work': 'once',
  'global_ip': 'month',
  'global_ip.initial': 'once',
  'domain.jp_attribute': 'year',
  'domain.gtld': 'year',
  'domain.jp_general': 'year',
  'domain.registration': 'once',
  'domain.transfer': 'once',
  'dns_change': 'once',
  'ssl.setup': 'once',
  'ssl.quick': 'once',
  'ssl.secom': 'once',
  'ssl.secom_ev': 'once',
  'webmail': 'month',
  'cybozu.license': 'once',
  'cybozu.install': 'once',
  'cybozu.version_up': 'once',
  'cybozu.estimate': 'once',
  'cybozu.uninstall': 'once',
  'access_analysis': 'month',
  'load_balancer': 'month',
  'load_balancer.initial': 'once',
  'dns_service.zone': 'month',
  'mail_archive': 'month',
  'waf': 'month',
  'closed_network': 'month',
  'closed_network.initial': 'once',
  'firewall': 'month',
  'firewall.initial': 'once',
  'migration': 'once',
} as const satisfies Record<string, Period>

export type BillingCode = keyof typeof billingCodes

export function isBillingCode(text: string): text is BillingCode {
  return Object.hasOwn(billingCodes, text)
}

export function periodOf(code: BillingCode): Period {
  return billingCodes[code]
}
