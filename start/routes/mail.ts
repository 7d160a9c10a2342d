import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { features } from '#models/restriction/feature'
import { middleware } from '#start/kernel'

const anyFeature = new RegExp(`^(${features.join('|')})$`)

/** Users of domains, what each sets for his mail, and what a domain does with its mail. */
router
  .group(() => {
    router.get('domains/:domain_id/mailboxes', [controllers.Mailboxes, 'index'])
    router.get('domains/:domain_id/mailboxes/create', [controllers.Mailboxes, 'create'])
    router.post('domains/:domain_id/mailboxes', [controllers.Mailboxes, 'store'])
    router.get('mailboxes/:id', [controllers.Mailboxes, 'show'])
    router.get('mailboxes/:id/edit', [controllers.Mailboxes, 'edit'])
    router.put('mailboxes/:id', [controllers.Mailboxes, 'update'])
    router.get('mailboxes/:mailbox_id/deletion', [controllers.MailboxDeletions, 'create'])
    router.post('mailboxes/:mailbox_id/deletion', [controllers.MailboxDeletions, 'store'])

    router.get('mailboxes/:mailbox_id/description', [controllers.Descriptions, 'edit'])
    router.put('mailboxes/:mailbox_id/description', [controllers.Descriptions, 'update'])

    router.get('domains/:domain_id/restrictions', [controllers.Restrictions, 'index'])
    router
      .get('domains/:domain_id/restrictions/:feature', [controllers.Restrictions, 'edit'])
      .where('feature', anyFeature)
    router
      .put('domains/:domain_id/restrictions/:feature', [controllers.Restrictions, 'update'])
      .where('feature', anyFeature)

    router.get('domains/:domain_id/mailbox_deletions/create', [
      controllers.BulkMailboxDeletions,
      'create',
    ])
    router.post('domains/:domain_id/mailbox_deletions', [controllers.BulkMailboxDeletions, 'store'])

    router.get('mailboxes/:mailbox_id/virus_warning', [controllers.VirusWarnings, 'edit'])
    router.put('mailboxes/:mailbox_id/virus_warning', [controllers.VirusWarnings, 'update'])
    router.get('mailboxes/:mailbox_id/spam_check', [controllers.SpamChecks, 'edit'])
    router.put('mailboxes/:mailbox_id/spam_check', [controllers.SpamChecks, 'update'])
    router.get('mailboxes/:mailbox_id/allowed_senders', [controllers.AllowedSenders, 'edit'])
    router.put('mailboxes/:mailbox_id/allowed_senders', [controllers.AllowedSenders, 'update'])
    router.get('mailboxes/:mailbox_id/rejected_senders', [controllers.RejectedSenders, 'edit'])
    router.put('mailboxes/:mailbox_id/rejected_senders', [controllers.RejectedSenders, 'update'])
    router.get('mailboxes/:mailbox_id/forwards', [controllers.Forwards, 'edit'])
    router.put('mailboxes/:mailbox_id/forwards', [controllers.Forwards, 'update'])
    router.get('mailboxes/:mailbox_id/user_script', [controllers.UserScripts, 'edit'])
    router.put('mailboxes/:mailbox_id/user_script', [controllers.UserScripts, 'update'])
    router.get('mailboxes/:mailbox_id/vacation', [controllers.Vacations, 'edit'])
    router.put('mailboxes/:mailbox_id/vacation', [controllers.Vacations, 'update'])
    router.get('mailboxes/:mailbox_id/ftp_right', [controllers.FtpRights, 'edit'])
    router.put('mailboxes/:mailbox_id/ftp_right', [controllers.FtpRights, 'update'])
    router.post('mailboxes/:mailbox_id/sending_unlock', [controllers.SendingUnlocks, 'store'])

    router.get('mailboxes/:mailbox_id/usage', [controllers.MailboxUsages, 'show'])
    router.get('domains/:domain_id/mailbox_usages', [controllers.MailboxUsages, 'index'])
    router.get('domains/:domain_id/usage', [controllers.DomainUsages, 'show'])
    router.get('mailboxes/:mailbox_id/mail_searches', [controllers.MailboxMailSearches, 'index'])
    router.get('domains/:domain_id/mail_searches', [controllers.MailSearches, 'index'])
    router.get('mailboxes/:mailbox_id/junk_mails', [controllers.JunkMails, 'index'])
    router.post('mailboxes/:mailbox_id/junk_mail_releases', [controllers.JunkMailReleases, 'store'])
    router.post('mailboxes/:mailbox_id/junk_mail_deletions', [
      controllers.JunkMailDeletions,
      'store',
    ])
    router.get('mailboxes/:mailbox_id/client_setup', [controllers.ClientSetups, 'show'])
    router.get('mailboxes/:mailbox_id/client_profile', [controllers.ClientProfiles, 'show'])

    router.get('domains/:domain_id/mail', [controllers.DomainMails, 'show'])
    router.get('domains/:domain_id/mail/records', [controllers.MailRecords, 'index'])
    router.get('domains/:domain_id/mail/out_mx', [controllers.OutMx, 'edit'])
    router.put('domains/:domain_id/mail/out_mx', [controllers.OutMx, 'update'])
    router.get('domains/:domain_id/mail/allowed_senders', [
      controllers.DomainAllowedSenders,
      'edit',
    ])
    router.put('domains/:domain_id/mail/allowed_senders', [
      controllers.DomainAllowedSenders,
      'update',
    ])
    router.get('domains/:domain_id/mail/sending_limits', [controllers.SendingLimits, 'edit'])
    router.put('domains/:domain_id/mail/sending_limits', [controllers.SendingLimits, 'update'])
    router.get('domains/:domain_id/mail/program_sending', [controllers.ProgramSendings, 'show'])
    router.post('domains/:domain_id/mail/program_sending_unlock', [
      controllers.ProgramSendingUnlocks,
      'store',
    ])
    router.get('domains/:domain_id/mail/dkim', [controllers.DkimKeys, 'create'])
    router.post('domains/:domain_id/mail/dkim', [controllers.DkimKeys, 'store'])
    router.delete('domains/:domain_id/mail/dkim', [controllers.DkimKeys, 'destroy'])
    router.get('domains/:domain_id/mail/dkim/deletion', [controllers.DkimKeyDeletions, 'create'])
    router.get('domains/:domain_id/mail/mta_sts', [controllers.MtaStsPolicies, 'edit'])
    router.put('domains/:domain_id/mail/mta_sts', [controllers.MtaStsPolicies, 'update'])
  })
  .use(middleware.customers())
