import { errors } from '@adonisjs/lucid'
import { Refusal } from '#exceptions/refusals'
import type { OrderKind } from '#orders/kind'
import { accessAnalysis, accessAnalysisCancellation } from '#orders/kinds/access_analysis'
import {
  cybozuEstimate,
  cybozuInstall,
  cybozuLicence,
  cybozuUninstall,
  cybozuVersionUp,
} from '#orders/kinds/cybozu'
import { diskExtension } from '#orders/kinds/disk_extension'
import { dnsChange, dnsService, dnsServiceCancellation } from '#orders/kinds/dns'
import {
  domainMaintenanceCancellation,
  domainRegistration,
  domainTransfer,
} from '#orders/kinds/domain_agency'
import { firewall, firewallCancellation } from '#orders/kinds/firewall'
import { globalIp, globalIpCancellation } from '#orders/kinds/global_ip'
import { loadBalancer, loadBalancerCancellation } from '#orders/kinds/load_balancer'
import { firstPhysicalServer, physicalServerAddition } from '#orders/kinds/physical_server'
import { planChange } from '#orders/kinds/plan_change'
import { firstVirtualServer, serverAddition } from '#orders/kinds/server_addition'
import { serverCancellation } from '#orders/kinds/server_cancellation'
import {
  closedNetwork,
  closedNetworkCancellation,
  mailArchive,
  mailArchiveCancellation,
  migration,
  waf,
  wafCancellation,
} from '#orders/kinds/simple_options'
import { sslCancellations, sslQuick, sslSecom, sslSecomEv, sslSetup } from '#orders/kinds/ssl'
import { webmail, webmailCancellation, webmailChange } from '#orders/kinds/webmail'

/** Every kind of order, in the order of the catalogue (M 2.3). */
export const kinds: readonly OrderKind[] = [
  firstVirtualServer,
  firstPhysicalServer,
  serverAddition,
  physicalServerAddition,
  planChange,
  diskExtension,
  globalIp,
  domainRegistration,
  domainTransfer,
  dnsChange,
  sslSetup,
  sslQuick,
  sslSecom,
  sslSecomEv,
  webmail,
  webmailChange,
  cybozuLicence,
  cybozuInstall,
  cybozuEstimate,
  cybozuVersionUp,
  accessAnalysis,
  loadBalancer,
  dnsService,
  mailArchive,
  waf,
  closedNetwork,
  firewall,
  migration,
  serverCancellation,
  loadBalancerCancellation,
  globalIpCancellation,
  domainMaintenanceCancellation,
  ...sslCancellations,
  webmailCancellation,
  cybozuUninstall,
  accessAnalysisCancellation,
  dnsServiceCancellation,
  mailArchiveCancellation,
  wafCancellation,
  closedNetworkCancellation,
  firewallCancellation,
]

const byName = new Map(kinds.map((kind) => [kind.name, kind]))

export function kindOf(name: string): OrderKind {
  const kind = byName.get(name)
  if (!kind) throw new Error(`no kind of order: ${name}`)
  return kind
}

/** Of an address; what there is no kind of is not there. */
export function kindAsked(name: unknown): OrderKind {
  if (name === undefined) throw new Refusal('order_kind_missing')
  const kind = byName.get(String(name))
  if (!kind) throw new errors.E_ROW_NOT_FOUND()
  return kind
}
