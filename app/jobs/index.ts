import type { JobClass } from '#jobs/job'
import { Worker, type WorkerOptions } from '#jobs/worker'
import BackUpServer from '#jobs/back_up_server'
import BeginBackups from '#jobs/begin_backups'
import BeginOffsite from '#jobs/begin_offsite'
import CloseMonths from '#jobs/close_months'
import CopyServer from '#jobs/copy_server'
import CopyServers from '#jobs/copy_servers'
import LookAtBackups from '#jobs/look_at_backups'
import RunRestore from '#jobs/run_restore'
import TryRestores from '#jobs/try_restores'
import AssertServer from '#jobs/assert_server'
import AssertServers from '#jobs/assert_servers'
import BeginTamperLooks from '#jobs/begin_tamper_looks'
import BeginContentSyncs from '#jobs/begin_content_syncs'
import BuildServer from '#jobs/build_server'
import ConvergeServer from '#jobs/converge_server'
import ConvergeServers from '#jobs/converge_servers'
import EndDomainDeletions from '#jobs/end_domain_deletions'
import ClearBuild from '#jobs/clear_build'
import CompareNameServers from '#jobs/compare_name_servers'
import DeliverZones from '#jobs/deliver_zones'
import LookAtMachine from '#jobs/look_at_machine'
import LookAtServers from '#jobs/look_at_servers'
import MailAnnouncement from '#jobs/mail_announcement'
import LookForTampering from '#jobs/look_for_tampering'
import PerformOrder from '#jobs/perform_order'
import PrepareStaging from '#jobs/prepare_staging'
import IssueCertificate from '#jobs/issue_certificate'
import PublishContentSync from '#jobs/publish_content_sync'
import PruneRecords from '#jobs/prune_records'
import RunContentRestore from '#jobs/run_content_restore'
import PublishNames from '#jobs/publish_names'
import PublishZone from '#jobs/publish_zone'
import RunDatabaseTransfer from '#jobs/run_database_transfer'
import PowerServer from '#jobs/power_server'
import RemoveEndedServers from '#jobs/remove_ended_servers'
import RemoveServer from '#jobs/remove_server'
import RebuildServer from '#jobs/rebuild_server'
import RenewCertificates from '#jobs/renew_certificates'
import ResizeServer from '#jobs/resize_server'
import RunImport from '#jobs/run_import'
import SetAddresses from '#jobs/set_addresses'
import SetPrivateCard from '#jobs/set_private_card'
import StopServer from '#jobs/stop_server'
import TakeOverListChanges from '#jobs/take_over_list_changes'
import TellOfOrder from '#jobs/tell_of_order'
import RunOffsite from '#jobs/run_offsite'
import SendInquiry from '#jobs/send_inquiry'
import SendInvitation from '#jobs/send_invitation'
import ReadComputeNodes from '#jobs/read_compute_nodes'
import RecountOrders from '#jobs/recount_orders'
import TellOfBackups from '#jobs/tell_of_backups'
import TellOfStatements from '#jobs/tell_of_statements'
import TidyStaging from '#jobs/tidy_staging'
import WarnOfCertificates from '#jobs/warn_of_certificates'
import Schedule, { type ScheduleDeclaration } from '#models/schedule'

/** Every kind of task and what does it. */
export const jobs: readonly JobClass[] = [
  AssertServer,
  AssertServers,
  BackUpServer,
  BeginBackups,
  BeginOffsite,
  BeginTamperLooks,
  BeginContentSyncs,
  CloseMonths,
  CopyServer,
  CopyServers,
  LookAtBackups,
  BuildServer,
  ClearBuild,
  CompareNameServers,
  ConvergeServer,
  ConvergeServers,
  DeliverZones,
  EndDomainDeletions,
  LookAtMachine,
  LookAtServers,
  LookForTampering,
  MailAnnouncement,
  PerformOrder,
  PrepareStaging,
  IssueCertificate,
  PublishContentSync,
  PruneRecords,
  RunContentRestore,
  PublishNames,
  PublishZone,
  RunDatabaseTransfer,
  PowerServer,
  RemoveEndedServers,
  RemoveServer,
  RenewCertificates,
  ResizeServer,
  RunImport,
  RebuildServer,
  RunOffsite,
  RunRestore,
  TryRestores,
  SetAddresses,
  SetPrivateCard,
  StopServer,
  TakeOverListChanges,
  TellOfOrder,
  SendInquiry,
  SendInvitation,
  ReadComputeNodes,
  RecountOrders,
  TellOfBackups,
  TellOfStatements,
  TidyStaging,
  WarnOfCertificates,
]

/** Times are Japan's. */
export const schedules: readonly ScheduleDeclaration[] = [
  { name: 'begin_backups', kind: BeginBackups.kind, cron: '*/5 1-4 * * *' },
  { name: 'tell_of_backups', kind: TellOfBackups.kind, cron: '30 7 * * *' },
  { name: 'read_compute_nodes', kind: ReadComputeNodes.kind, cron: '*/5 * * * *' },
  { name: 'tell_of_statements', kind: TellOfStatements.kind, cron: '0 9 * * *' },
  { name: 'prune_records', kind: PruneRecords.kind, cron: '30 3 * * *' },
  { name: 'copy_servers', kind: CopyServers.kind, cron: '0 1 * * *' },
  { name: 'close_months', kind: CloseMonths.kind, cron: '20 2 * * *' },
  { name: 'try_restores', kind: TryRestores.kind, cron: '0 13 2 * *' },
  {
    name: 'copy_offsite',
    kind: BeginOffsite.kind,
    cron: '30 6 * * *',
    payload: { kind: 'copy' },
  },
  {
    name: 'check_offsite',
    kind: BeginOffsite.kind,
    cron: '0 14 * * 0',
    payload: { kind: 'check' },
  },
  { name: 'look_at_backups', kind: LookAtBackups.kind, cron: '0 6 * * *' },
  { name: 'look_at_servers', kind: LookAtServers.kind, cron: '*/10 * * * *' },
  { name: 'assert_servers', kind: AssertServers.kind, cron: '10 4 * * *' },
  { name: 'converge_servers', kind: ConvergeServers.kind, cron: '40 4 * * *' },
  { name: 'end_domain_deletions', kind: EndDomainDeletions.kind, cron: '5,35 * * * *' },
  { name: 'remove_ended_servers', kind: RemoveEndedServers.kind, cron: '50 9 * * *' },
  { name: 'take_over_list_changes', kind: TakeOverListChanges.kind, cron: '*/10 * * * *' },
  { name: 'deliver_zones', kind: DeliverZones.kind, cron: '*/5 * * * *' },
  { name: 'compare_name_servers', kind: CompareNameServers.kind, cron: '20 5 * * *' },
  { name: 'renew_certificates', kind: RenewCertificates.kind, cron: '5 * * * *' },
  { name: 'begin_tamper_looks', kind: BeginTamperLooks.kind, cron: '* * * * *' },
  { name: 'begin_content_syncs', kind: BeginContentSyncs.kind, cron: '*/5 * * * *' },
  { name: 'warn_of_certificates', kind: WarnOfCertificates.kind, cron: '0 9 * * *' },
  {
    name: 'converge_unsettled_servers',
    kind: ConvergeServers.kind,
    cron: '25 * * * *',
    payload: { unsettled: true },
  },
]

/** Makes the schedules' rows and starts working. */
export async function startWorker(options?: Omit<WorkerOptions, 'jobs'>): Promise<Worker> {
  await Schedule.declare(schedules)
  const worker = new Worker({ jobs, ...options })
  worker.start()
  return worker
}
