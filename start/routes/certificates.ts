import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { middleware } from '#start/kernel'

/** Certificates of domains, and how their visitors come by TLS (WEB-09, OPT-05). */
router
  .group(() => {
    router.get('certificates', [controllers.Certificates, 'index'])
    router.get('certificates/create', [controllers.Certificates, 'create'])
    router.post('certificates', [controllers.Certificates, 'store'])
    router.get('certificates/:certificate_id', [controllers.Certificates, 'show'])
    router.put('certificates/:certificate_id', [controllers.Certificates, 'update'])
    router.get('certificates/:certificate_id/deletion', [
      controllers.CertificateDeletions,
      'create',
    ])
    router.post('certificates/:certificate_id/deletion', [
      controllers.CertificateDeletions,
      'store',
    ])
    router.post('certificates/:certificate_id/use', [controllers.CertificateUses, 'store'])
    router.get('certificate_stop', [controllers.CertificateStops, 'create'])
    router.post('certificate_stop', [controllers.CertificateStops, 'store'])
    router.get('certificate_requests/create', [controllers.CertificateRequests, 'create'])
    router.post('certificate_requests', [controllers.CertificateRequests, 'store'])

    router.get('automatic_certificate', [controllers.AutomaticCertificates, 'create'])
    router.post('automatic_certificate', [controllers.AutomaticCertificates, 'store'])

    router.get('https', [controllers.HttpsSettings, 'edit'])
    router.put('https', [controllers.HttpsSettings, 'update'])
  })
  .prefix('domains/:domain_id/web')
  .use(middleware.customers())
