import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { test } from '@japa/runner'
import { Refusal } from '#exceptions/refusals'
import { checkCertificate } from '#models/certificate/check'
import { keyText, readPrivateKey } from '#models/certificate/key'
import { certificatesIn, certificatesInFile } from '#models/certificate/read'
import {
  CertificateAuthority,
  selfSigned,
  type Made,
  type Wish,
} from '#tests/support/certificate_authority'

const wanted = ['example.jp', 'www.example.jp']
const day = 86_400_000
const ago = (days: number) => new Date(Date.now() - days * day)

function refusalOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof Refusal) return `${error.field}: ${error.key}`
    throw error
  }
  return 'nothing'
}

function check({ key }: { key: string }, ...texts: string[]) {
  return checkCertificate({
    certificates: texts.flatMap((text) => certificatesIn(text, 'certificate')),
    key: readPrivateKey(key, 'private_key'),
    wanted,
  })
}

test.group('Certificates that people bring', (group) => {
  let root: CertificateAuthority
  let middle: CertificateAuthority
  let last: CertificateAuthority
  group.setup(async () => {
    root = await CertificateAuthority.create()
    middle = await root.intermediate()
    last = await middle.intermediate({ subject: 'CN=Test Second, O=Test Authority, C=JP' })
  })

  const issue = (wish: Wish = {}) => middle.issue({ names: wanted, ...wish })
  const refused = (made: Made, ...others: string[]) =>
    refusalOf(() => check(made, made.certificate, ...others))

  test('OPT-05: the chain is put in order, and the root is left away', async ({ assert }) => {
    const made = await last.issue({ names: wanted })
    const all = [root.certificate, made.certificate, last.certificate, middle.certificate]
    const checked = check(made, all.join('some words of the authority\n'))
    assert.equal(checked.certificate, made.certificate)
    const subjects = checked.chain
      .split(/(?<=-----END CERTIFICATE-----\n)/)
      .map((pem) => new X509Certificate(pem).subject.split('\n').at(-3))
    assert.deepEqual(subjects, ['CN=Test Second', 'CN=Test Intermediate'])
    assert.deepEqual(checked.names, wanted)
    assert.equal(checked.issuer, 'Test Authority')
    assert.isFalse(checked.isTrusted)
  })

  test('OPT-05: a chain that ends at nobody is refused, and says who is missing', async ({
    assert,
  }) => {
    const made = await last.issue({ names: wanted })
    assert.equal(refused(made), 'chain: chain_is_incomplete')
    assert.equal(refused(made, last.certificate), 'chain: chain_is_incomplete')
    assert.equal(refused(made, last.certificate, middle.certificate), 'chain: chain_is_incomplete')
    assert.equal(refused(made, last.certificate, middle.certificate, root.certificate), 'nothing')
  })

  test('OPT-05: an issuer that only has the right name did not issue it', async ({ assert }) => {
    const made = await issue()
    const imposter = await CertificateAuthority.create(
      'CN=Test Intermediate, O=Test Authority, C=JP'
    )
    assert.equal(refused(made, imposter.certificate), 'chain: chain_is_incomplete')
  })

  test('OPT-05: the key has to be the certificate’s own', async ({ assert }) => {
    const [made, other] = [await issue(), await issue()]
    const mixed = { certificate: made.certificate, key: other.key }
    assert.equal(refused(mixed, middle.certificate), 'certificate: certificate_is_of_another_key')
  })

  const badly: [string, Wish, string][] = [
    ['of other names', { names: ['example.com'] }, 'certificate_covers_other_names'],
    ['of a name below', { names: ['a.www.example.jp'] }, 'certificate_covers_other_names'],
    [
      'whose star is for deeper names',
      { names: ['*.a.example.jp'] },
      'certificate_covers_other_names',
    ],
    ['whose star is for everything', { names: ['*.jp', '*'] }, 'certificate_covers_other_names'],
    [
      'with a NUL in its name',
      { names: ['example.jp\0.evil.example'] },
      'certificate_covers_other_names',
    ],
    ['without names', { names: [] }, 'certificate_covers_other_names'],
    ['that is over', { from: ago(90), until: ago(1) }, 'certificate_is_over'],
    ['of the future', { from: ago(-2) }, 'certificate_is_not_yet_valid'],
    ['of an authority', { isAuthority: true }, 'certificate_is_an_authority'],
    ['for mail', { uses: ['1.3.6.1.5.5.7.3.4'] }, 'certificate_is_for_no_server'],
    ['signed with SHA-1', { hash: 'SHA-1' }, 'signature_is_weak'],
  ]
  for (const [what, wish, key] of badly) {
    test(`OPT-05: a certificate ${what}: ${key}`, async ({ assert }) => {
      const made = await issue(wish)
      const said = refused(made, middle.certificate, root.certificate)
      assert.equal(said, `certificate: ${key}`)
    })
  }

  test('OPT-05: an intermediate that is over is refused at its field', async ({ assert }) => {
    const old = await root.intermediate({ subject: 'CN=Old', from: ago(90), until: ago(1) })
    const made = await old.issue({ names: wanted })
    assert.equal(refused(made, old.certificate, root.certificate), 'chain: certificate_is_over')
  })

  test('OPT-05: an intermediate with a weak key, which a server would not load, is refused', async ({
    assert,
  }) => {
    const weak = await root.intermediate({ subject: 'CN=Weak', key: 'rsa-1024' })
    const made = await weak.issue({ names: wanted })
    assert.equal(refused(made, weak.certificate, root.certificate), 'chain: chain_key_is_weak')
  })

  test('OPT-05: a self-signed certificate is refused', async ({ assert }) => {
    assert.equal(
      refused(await selfSigned({ names: wanted })),
      'certificate: certificate_is_self_signed'
    )
  })

  for (const key of ['rsa-512', 'rsa-1024'] as const) {
    test(`OPT-05: ${key} is refused, as a key and in a certificate`, async ({ assert }) => {
      const made = await issue({ key })
      assert.equal(refused(made, middle.certificate), 'private_key: private_key_is_unfit')
    })
  }

  test('OPT-05: RSA 2048 and ECDSA are taken in every form of PEM', async ({ assert }) => {
    for (const kind of ['rsa-2048', 'ec'] as const) {
      const made = await issue({ key: kind })
      const key = createPrivateKey(made.key)
      const type = kind === 'ec' ? 'sec1' : 'pkcs1'
      for (const text of [made.key, String(key.export({ type, format: 'pem' }))]) {
        assert.equal(keyText(readPrivateKey(`\r\n ${text}`, 'private_key')), made.key)
      }
      assert.equal(refused(made, middle.certificate, root.certificate), 'nothing')
    }
  })

  test('OPT-05: an encrypted key is refused, old and new kind', async ({ assert }) => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const cipher = { cipher: 'aes-256-cbc', passphrase: 'secret' }
    for (const type of ['pkcs1', 'pkcs8'] as const) {
      const text = String(privateKey.export({ type, format: 'pem', ...cipher }))
      const said = refusalOf(() => readPrivateKey(text, 'private_key'))
      assert.equal(said, 'private_key: private_key_is_encrypted')
    }
  })

  test('OPT-05: a key that browsers do not know is refused', async ({ assert }) => {
    for (const { privateKey } of [
      generateKeyPairSync('ed25519'),
      generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
    ]) {
      const text = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
      const said = refusalOf(() => readPrivateKey(text, 'private_key'))
      assert.equal(said, 'private_key: private_key_is_unfit')
    }
  })

  test('OPT-05: what is no PEM, or plays with its lines, is refused', async ({ assert }) => {
    const { certificate } = await issue()
    const [begin, ...rest] = certificate.trim().split('\n')
    const inner = rest.slice(0, -1)
    const tricks: [string, string][] = [
      ['', 'nothing'],
      ['hello', 'no_certificate'],
      [[begin, ...inner].join('\n'), 'pem_is_broken'],
      [[begin, begin, ...rest].join('\n'), 'pem_is_broken'],
      [rest.join('\n'), 'pem_is_broken'],
      [certificate.replace('END CERTIFICATE', 'END PRIVATE KEY'), 'pem_is_broken'],
      [[begin, ...inner, '<?php ?>', rest.at(-1)].join('\n'), 'pem_is_broken'],
      [[begin, ...inner, '\u0000', rest.at(-1)].join('\n'), 'pem_is_broken'],
      [`${begin} ${certificate}`, 'pem_is_broken'],
      [
        certificate.replaceAll('CERTIFICATE', 'CERTIFICATE REQUEST'),
        'request_instead_of_certificate',
      ],
      [certificate.replaceAll('CERTIFICATE', 'PRIVATE KEY'), 'private_key_among_certificates'],
      [certificate.replaceAll('CERTIFICATE', 'PKCS7'), 'no_certificate'],
      [certificate + ' '.repeat(65_536), 'pem_is_too_large'],
    ]
    for (const [text, key] of tricks) {
      const said = refusalOf(() => certificatesIn(text, 'certificate'))
      assert.equal(said, key === 'nothing' ? key : `certificate: ${key}`, text.slice(0, 80))
    }
  })

  test('OPT-05: bytes that are no certificate are refused, however many', async ({ assert }) => {
    const made = await issue()
    const key = readPrivateKey(made.key, 'private_key')
    for (const bytes of [
      Buffer.from('0'),
      Buffer.alloc(1000, 0x30),
      Buffer.from([0x30, 0x84, 255, 255, 255, 255]),
    ]) {
      const certificates = certificatesInFile(bytes, 'file')
      const said = refusalOf(() => checkCertificate({ certificates, key, wanted }))
      assert.equal(said, 'certificate: certificate_is_unreadable')
    }
    assert.equal(
      refusalOf(() => certificatesInFile(Buffer.alloc(65_537), 'file')),
      'file: pem_is_too_large'
    )
    const many = Array.from({ length: 13 }, () => Buffer.from('x'))
    assert.equal(
      refusalOf(() => checkCertificate({ certificates: many, key, wanted })),
      'certificate: too_many_certificates'
    )
  })

  test('OPT-05: a file may be DER or text', async ({ assert }) => {
    const { certificate } = await issue()
    const der = Buffer.from(new X509Certificate(certificate).raw)
    assert.deepEqual(certificatesInFile(der, 'file'), [der])
    assert.deepEqual(certificatesInFile(Buffer.from(certificate), 'file'), [der])
  })
})
