import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { middleware } from '#start/kernel'

/** Mailing lists of domains (MAIL-06). */
router
  .group(() => {
    router.get('domains/:domain_id/mailing_lists', [controllers.MailingLists, 'index'])
    router.get('domains/:domain_id/mailing_lists/create', [controllers.MailingLists, 'create'])
    router.post('domains/:domain_id/mailing_lists', [controllers.MailingLists, 'store'])
    router.get('mailing_lists/:id', [controllers.MailingLists, 'show'])
    router.get('mailing_lists/:id/edit', [controllers.MailingLists, 'edit'])
    router.put('mailing_lists/:id', [controllers.MailingLists, 'update'])

    router
      .group(() => {
        router.get('deletion', [controllers.MailingListDeletions, 'create'])
        router.post('deletion', [controllers.MailingListDeletions, 'store'])

        router.get('members', [controllers.MailingListMembers, 'index'])
        router.get('members/create', [controllers.MailingListMembers, 'create'])
        router.post('members', [controllers.MailingListMembers, 'store'])
        router.get('member_removals/create', [controllers.MailingListMemberRemovals, 'create'])
        router.post('member_removals', [controllers.MailingListMemberRemovals, 'store'])
        router.get('mail_changes', [controllers.MailingListMailChanges, 'show'])

        router.get('waiting_post_count', [controllers.WaitingPostCounts, 'show'])
        router.get('waiting_posts', [controllers.WaitingPosts, 'index'])
        router.get('waiting_posts/:post', [controllers.WaitingPosts, 'show'])
        router.post('waiting_posts/:post/release', [controllers.WaitingPostReleases, 'store'])
        router.get('waiting_posts/:post/rejection', [controllers.WaitingPostRejections, 'create'])
        router.post('waiting_posts/:post/rejection', [controllers.WaitingPostRejections, 'store'])
        router.get('archived_posts', [controllers.ArchivedPosts, 'index'])
        router.get('archived_posts/:post', [controllers.ArchivedPosts, 'show'])
      })
      .prefix('mailing_lists/:mailing_list_id')
  })
  .use(middleware.customers())
