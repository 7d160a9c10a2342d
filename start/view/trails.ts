/** Where a page is: サーバ一覧 → サーバ → ドメイン → ユーザ (PNL-13). Customers know this path. */
interface Step {
  readonly text: string
  readonly url: string
}

interface Person {
  readonly isContractor: boolean
  readonly isMailboxUser: boolean
}

interface Named {
  readonly id: number
  readonly name: string
}

interface DomainLike {
  readonly id: number
  readonly unicodeName: string
}

interface MailingListLike {
  readonly id: number
  readonly localPart: string
}

interface MailboxLike {
  readonly id: number
  readonly localPart: string
}

function servers(): Step[] {
  return [{ text: 'サーバ一覧', url: '/servers' }]
}

function server(each: Named): Step[] {
  return [...servers(), { text: each.name, url: `/servers/${each.id}` }]
}

function serverNetwork(each: Named): Step[] {
  return [...server(each), { text: 'ネットワーク', url: `/servers/${each.id}/network` }]
}

/** Only a contractor has seen the pages above a domain. */
function above(person: Person, each: Named): Step[] {
  return person.isContractor ? server(each) : []
}

function domain(person: Person, home: Named, each: DomainLike): Step[] {
  return [...above(person, home), { text: each.unicodeName, url: `/domains/${each.id}` }]
}

function domainDns(person: Person, home: Named, each: DomainLike): Step[] {
  return [...domain(person, home, each), { text: 'DNS', url: `/domains/${each.id}/dns` }]
}

function domainMail(person: Person, home: Named, each: DomainLike): Step[] {
  return [...domain(person, home, each), { text: 'メール', url: `/domains/${each.id}/mail` }]
}

function domainWeb(person: Person, home: Named, each: DomainLike): Step[] {
  return [...domain(person, home, each), { text: 'ウェブ', url: `/domains/${each.id}/web` }]
}

function contentSyncs(person: Person, home: Named, each: DomainLike): Step[] {
  const page = { text: 'コンテンツ同期', url: `/domains/${each.id}/web/content_syncs` }
  return [...domainWeb(person, home, each), page]
}

function staging(person: Person, home: Named, each: DomainLike): Step[] {
  const page = { text: 'ステージング', url: `/domains/${each.id}/web/staging` }
  return [...domainWeb(person, home, each), page]
}

function backups(person: Person, home: Named, each: DomainLike): Step[] {
  const page = { text: 'バックアップ', url: `/domains/${each.id}/backups` }
  return [...domain(person, home, each), page]
}

function tamper(person: Person, home: Named, each: DomainLike): Step[] {
  const page = { text: '改ざん検知', url: `/domains/${each.id}/web/tamper` }
  return [...domainWeb(person, home, each), page]
}

function webLogs(person: Person, home: Named, each: DomainLike): Step[] {
  const page = { text: 'ログ', url: `/domains/${each.id}/web/logs` }
  return [...domainWeb(person, home, each), page]
}

function domainWaf(person: Person, home: Named, each: DomainLike): Step[] {
  const page = { text: 'WAF', url: `/domains/${each.id}/web/waf` }
  return [...domainWeb(person, home, each), page]
}

function databases(person: Person, home: Named, each: DomainLike): Step[] {
  const list = { text: 'データベース', url: `/domains/${each.id}/web/databases` }
  return [...domainWeb(person, home, each), list]
}

function database(person: Person, home: Named, each: DomainLike, one: Named): Step[] {
  const page = { text: one.name, url: `/domains/${each.id}/web/databases/${one.id}` }
  return [...databases(person, home, each), page]
}

function certificates(person: Person, home: Named, each: DomainLike): Step[] {
  const list = { text: 'SSL証明書', url: `/domains/${each.id}/web/certificates` }
  return [...domainWeb(person, home, each), list]
}

function restrictions(person: Person, home: Named, each: DomainLike): Step[] {
  const list = { text: '機能制限', url: `/domains/${each.id}/restrictions` }
  return [...domain(person, home, each), list]
}

function mailboxes(person: Person, home: Named, each: DomainLike): Step[] {
  if (person.isMailboxUser) return []
  const list = { text: 'ユーザ一覧', url: `/domains/${each.id}/mailboxes` }
  return [...domain(person, home, each), list]
}

function imports(person: Person, home: Named, each: DomainLike): Step[] {
  const list = { text: 'CSVで一括設定', url: `/domains/${each.id}/imports` }
  return [...mailboxes(person, home, each), list]
}

function mailbox(person: Person, home: Named, each: DomainLike, user: MailboxLike): Step[] {
  const page = { text: user.localPart, url: `/mailboxes/${user.id}` }
  return [...mailboxes(person, home, each), page]
}

function mailingLists(person: Person, home: Named, each: DomainLike): Step[] {
  const list = { text: 'メーリングリスト', url: `/domains/${each.id}/mailing_lists` }
  return [...domain(person, home, each), list]
}

function mailingList(person: Person, home: Named, each: DomainLike, list: MailingListLike): Step[] {
  const page = { text: list.localPart, url: `/mailing_lists/${list.id}` }
  return [...mailingLists(person, home, each), page]
}

function waitingPosts(
  person: Person,
  home: Named,
  each: DomainLike,
  list: MailingListLike
): Step[] {
  const page = { text: '承認待ちの投稿', url: `/mailing_lists/${list.id}/waiting_posts` }
  return [...mailingList(person, home, each, list), page]
}

function archivedPosts(
  person: Person,
  home: Named,
  each: DomainLike,
  list: MailingListLike
): Step[] {
  const page = { text: '過去の投稿', url: `/mailing_lists/${list.id}/archived_posts` }
  return [...mailingList(person, home, each, list), page]
}

function domains(): Step[] {
  return [{ text: 'ドメイン一覧', url: '/domains' }]
}

function domainDeletions(): Step[] {
  return [...domains(), { text: '削除したドメイン', url: '/domain_deletions' }]
}

function nameClaims(): Step[] {
  return [...domains(), { text: 'ドメインの所有の確認', url: '/name_claims' }]
}

function staffDomainDeletions(): Step[] {
  return [{ text: '削除されたドメイン', url: '/staff/domain_deletions' }]
}

function contract(): Step[] {
  return [{ text: '契約内容', url: '/contract' }]
}

function statements(): Step[] {
  return [{ text: '利用料金明細', url: '/statements' }]
}

function staffStatements(): Step[] {
  return [{ text: '利用料金明細', url: '/staff/statements' }]
}

function staffPrices(): Step[] {
  return [{ text: '価格表', url: '/staff/prices' }]
}

function support(): Step[] {
  return [{ text: 'サポート', url: '/support' }]
}

function inquiries(): Step[] {
  return [...support(), { text: 'これまでのお問い合わせ', url: '/inquiries' }]
}

function announcements(): Step[] {
  return [{ text: 'お知らせ', url: '/announcements' }]
}

function staffAnnouncements(): Step[] {
  return [{ text: 'お知らせ', url: '/staff/announcements' }]
}

function staffAnnouncement({ id, subject }: { id: number; subject: string }): Step[] {
  return [...staffAnnouncements(), { text: subject, url: `/staff/announcements/${id}` }]
}

function staffContracts(): Step[] {
  return [{ text: '契約一覧', url: '/staff/contracts' }]
}

function staffContract({ id, name }: Named): Step[] {
  return [...staffContracts(), { text: name, url: `/staff/contracts/${id}` }]
}

function staffAddressPools(): Step[] {
  return [{ text: 'IPアドレス', url: '/staff/address_pools' }]
}

function staffOrders(): Step[] {
  return [{ text: '申込', url: '/staff/orders' }]
}

function staffInquiries(): Step[] {
  return [{ text: 'お問い合わせ', url: '/staff/inquiries' }]
}

function staffBackups(): Step[] {
  return [{ text: 'バックアップ', url: '/staff/backups' }]
}

function staffBackupTarget(target: { id: number }): Step[] {
  return [...staffBackups(), { text: '遠隔地の保管先', url: `/staff/backup_targets/${target.id}` }]
}

function backupRestores(person: Person, home: Named, each: DomainLike): Step[] {
  const page = { text: '復元', url: `/domains/${each.id}/backup_restores/create` }
  return [...domain(person, home, each), page]
}

function staffNameClaims(): Step[] {
  return [{ text: 'ドメインの所有の申し出', url: '/staff/name_claims' }]
}

function staffServers(): Step[] {
  return [{ text: 'サーバ一覧', url: '/staff/servers' }]
}

function staffNodes(): Step[] {
  return [{ text: 'ノード', url: '/staff/compute_nodes' }]
}

function staffNode(each: Named): Step[] {
  return [...staffNodes(), { text: each.name, url: `/staff/compute_nodes/${each.id}` }]
}

function staffMachines(): Step[] {
  return [{ text: '物理サーバ', url: '/staff/physical_machines' }]
}

function staffServer(each: Named): Step[] {
  return [...staffServers(), { text: each.name, url: `/staff/servers/${each.id}` }]
}

function staffTasks(): Step[] {
  return [{ text: 'タスク', url: '/staff/tasks' }]
}

function zones(): Step[] {
  return [{ text: 'DNS', url: '/zones' }]
}

function zone(each: { readonly id: number; readonly unicodeName: string }): Step[] {
  return [...zones(), { text: each.unicodeName, url: `/zones/${each.id}` }]
}

function zoneChanges(each: { readonly id: number; readonly unicodeName: string }): Step[] {
  return [...zone(each), { text: '変更の履歴', url: `/zones/${each.id}/changes` }]
}

function orders(): Step[] {
  return [{ text: 'お申込み', url: '/orders' }]
}

function catalogue(): Step[] {
  return [...orders(), { text: 'お申込みメニュー', url: '/orders/catalogue' }]
}

function order({ id }: { readonly id: number }): Step[] {
  return [...orders(), { text: `お申込み番号 ${id}`, url: `/orders/${id}` }]
}

export const trails = {
  orders,
  catalogue,
  order,
  zones,
  zone,
  zoneChanges,
  domains,
  domainDeletions,
  nameClaims,
  staffDomainDeletions,
  staffNameClaims,
  contract,
  statements,
  staffStatements,
  staffPrices,
  support,
  inquiries,
  announcements,
  staffAnnouncements,
  staffAnnouncement,
  staffContracts,
  staffContract,
  staffInquiries,
  staffOrders,
  staffAddressPools,
  staffBackups,
  staffBackupTarget,
  backupRestores,
  servers,
  server,
  serverNetwork,
  above,
  domain,
  domainDns,
  domainMail,
  domainWeb,
  staging,
  backups,
  tamper,
  contentSyncs,
  webLogs,
  domainWaf,
  databases,
  database,
  certificates,
  restrictions,
  mailboxes,
  imports,
  mailbox,
  mailingLists,
  mailingList,
  waitingPosts,
  archivedPosts,
  staffServers,
  staffMachines,
  staffNodes,
  staffNode,
  staffServer,
  staffTasks,
}
