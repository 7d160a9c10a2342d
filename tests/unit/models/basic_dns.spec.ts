import { test } from '@japa/runner'
import { basicLines, spfName, spfPolicy, usualBasicDns } from '#models/basic_dns/lines'
import { recordSetsOf, setChanges } from '#models/zone/record_sets'

const name = 'shop.example.jp'
const written = (choice = {}, addresses = ['192.0.2.7']) =>
  basicLines(name, { ...usualBasicDns, ...choice }, addresses).map((line) => {
    return `${line.name} ${line.type} ${line.content}`
  })

test.group('Basic DNS', () => {
  test('DOM-04: pattern A has exactly the records of the specification', ({ assert }) => {
    assert.deepEqual(written(), [
      '@ A 192.0.2.7',
      'www A 192.0.2.7',
      'mail A 192.0.2.7',
      '@ MX 10 mail.shop.example.jp.',
      '@ TXT "v=spf1 include:shop.example.jp.spf.hosting-pf.net ~all"',
    ])
  })

  test('DOM-04: www is left out or leads elsewhere when the site is elsewhere; the domain itself stays', ({
    assert,
  }) => {
    const rest = written().filter((line) => !line.startsWith('www'))
    assert.deepEqual(written({ web: 'none' }), rest)
    const address = written({ web: 'elsewhere', webTarget: '198.51.100.9' })
    assert.include(address, 'www A 198.51.100.9')
    assert.lengthOf(address, 5)
    const host = written({ web: 'elsewhere', webTarget: 'cdn.example.net' })
    assert.include(host, 'www CNAME cdn.example.net.')
  })

  test('DOM-04: mail is left out or leads elsewhere; no MX leads to a name without an address or to an alias', ({
    assert,
  }) => {
    const rest = written().filter((line) => !/^mail|MX/.test(line))
    assert.deepEqual(written({ mail: 'none' }), rest)
    const address = written({ mail: 'elsewhere', mailTarget: '198.51.100.9' })
    assert.includeMembers(address, ['mail A 198.51.100.9', `@ MX 10 mail.${name}.`])
    const host = written({ mail: 'elsewhere', mailTarget: 'mx.example.net' })
    assert.include(host, '@ MX 10 mx.example.net.')
    assert.isFalse(host.some((line) => line.startsWith('mail ')))
  })

  test('DOM-04: a domain on several servers has all their addresses, and the mail server is the first', ({
    assert,
  }) => {
    const lines = written({}, ['192.0.2.7', '192.0.2.8'])
    assert.lengthOf(
      lines.filter((line) => line.startsWith('www A')),
      2
    )
    assert.deepEqual(
      lines.filter((line) => line.startsWith('mail A')),
      ['mail A 192.0.2.7']
    )
  })

  test('DOM-04: the longest names fit into strings of 255 octets and names of 253', ({
    assert,
  }) => {
    const long = `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(45)}.jp`
    assert.isNotNull(spfName(long))
    const [txt] = basicLines(long, usualBasicDns, ['192.0.2.7']).filter(
      ({ type }) => type === 'TXT'
    )
    const strings = [...txt.content.matchAll(/"([^"]*)"/g)].map(([, text]) => text)
    assert.lengthOf(strings, 2)
    assert.isAtMost(Math.max(...strings.map(({ length }) => length)), 255)
    assert.equal(strings.join(''), `v=spf1 include:${long}.spf.hosting-pf.net ~all`)

    const longer = `${'e'.repeat(12)}.${long}`
    assert.isNull(spfName(longer))
    const own = basicLines(longer, usualBasicDns, ['192.0.2.7'])
    assert.include(
      own.map(({ content }) => content),
      spfPolicy(['192.0.2.7'])
    )
  })

  test('DOM-04: of a zone that is there already only what differs is written', ({ assert }) => {
    const sets = recordSetsOf(name, basicLines(name, usualBasicDns, ['192.0.2.7']))
    assert.deepEqual(setChanges(sets, sets), [])
    const moved = recordSetsOf(
      name,
      basicLines(name, { ...usualBasicDns, web: 'none' }, ['192.0.2.7'])
    )
    assert.deepEqual(setChanges(sets, moved), [
      { change: 'delete', name: 'www.shop.example.jp.', type: 'A' },
    ])
    assert.deepEqual(
      setChanges(moved, sets).map(({ change }) => change),
      ['replace']
    )
  })

  test('OPT-10: records of one name and type are one set with the shortest TTL', ({ assert }) => {
    const line = { name: 'www', type: 'A', content: '192.0.2.1', ttl: 300 }
    const sets = recordSetsOf(name, [line, { ...line, content: '192.0.2.2', ttl: 60 }, line])
    assert.deepEqual(sets, [
      { name: 'www.shop.example.jp.', type: 'A', ttl: 60, contents: ['192.0.2.1', '192.0.2.2'] },
    ])
  })
})
