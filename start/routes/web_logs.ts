import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { middleware } from '#start/kernel'

/** Logs of a domain's site and of FTP, and what Webalizer makes of them. */
router
  .group(() => {
    router.get('domains/:domain_id/web/logs', [controllers.WebLogs, 'index'])
    router.get('domains/:domain_id/web/logs/retention', [controllers.LogRetentions, 'edit'])
    router.put('domains/:domain_id/web/logs/retention', [controllers.LogRetentions, 'update'])
    router.get('domains/:domain_id/web/logs/tail', [controllers.LogTails, 'show'])
    router.get('domains/:domain_id/web/logs/searches', [controllers.LogSearches, 'index'])
    router
      .get('domains/:domain_id/web/logs/files/:file', [controllers.WebLogs, 'show'])
      .where('file', /^[a-z]{3,6}(\.stage)?\.log(-[0-9]{8}(-[0-9]{1,3})?(\.gz)?)?$/)
    router.get('domains/:domain_id/web/report', [controllers.AccessReports, 'show'])
    router.post('domains/:domain_id/web/report', [controllers.AccessReports, 'store'])
    router
      .get('domains/:domain_id/web/report/pages/:page', [controllers.AccessReportPages, 'show'])
      .where('page', /^(?:index|usage_[0-9]{6})$/)
  })
  .use(middleware.customers())
