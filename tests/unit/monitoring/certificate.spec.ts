import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer as createTcpServer, type AddressInfo } from 'node:net'
import { createServer } from 'node:tls'
import { test } from '@japa/runner'
import { lookAt } from '#monitoring/mail/certificate'

const hostname = 'msv000001.mngsv.biz'

function selfSigned() {
  const wish = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const name = ['-subj', `/CN=${hostname}`, '-days', '2', '-keyout', '-', '-out', '-']
  return execFileSync('openssl', [...wish, ...name], { stdio: ['ignore', 'pipe', 'ignore'] })
}

test.group('Certificate of a mail server', () => {
  test('MAIL-11: a certificate that no authority has issued is untrusted', async ({
    assert,
    cleanup,
  }) => {
    const pem = selfSigned()
    const server = createServer({ key: pem, cert: pem })
    server.on('tlsClientError', () => {})
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    cleanup(() => void server.close())
    const { port } = server.address() as AddressInfo
    const host = { hostname, address: '127.0.0.1' }
    assert.equal(await lookAt(host, port), 'untrusted')
  })

  test('MAIL-11: nobody there, no address, and silence are soon unknown', async ({
    assert,
    cleanup,
  }) => {
    const silent = createTcpServer(() => {})
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    cleanup(() => void silent.close())
    const { port } = silent.address() as AddressInfo
    const before = performance.now()
    assert.equal(await lookAt({ hostname, address: '127.0.0.1' }, port), 'unknown')
    assert.isBelow(performance.now() - before, 2800)
    assert.equal(await lookAt({ hostname, address: '127.0.0.1' }, 9), 'unknown')
    assert.equal(await lookAt({ hostname, address: null }), 'unknown')
  })
})
