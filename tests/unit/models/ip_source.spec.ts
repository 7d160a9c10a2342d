import { isIPv4 } from 'node:net'
import { test } from '@japa/runner'
import fc from 'fast-check'
import { checkSource, isFrom } from '#models/ip_source'
import { readSources } from '#models/ip_source/list'

test.group('Sources of connections', () => {
  const spellings: [string, string][] = [
    ['192.0.2.1', '192.0.2.1'],
    [' １９２.0.2.1 ', '192.0.2.1'],
    ['192.0.2.7/24', '192.0.2.0/24'],
    ['192.0.2.7/32', '192.0.2.7'],
    ['255.255.255.255/1', '128.0.0.0/1'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['2001:db8:1:2:3::/48', '2001:db8:1::/48'],
    ['2001:db8::1/128', '2001:db8::1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:207/120', '192.0.2.0/24'],
    ['::1', '::1'],
    ['fe80::/10', 'fe80::/10'],
  ]
  for (const [typed, value] of spellings) {
    test(`PNL-07: ${typed} is kept as ${value}`, ({ assert }) => {
      assert.deepEqual(checkSource(typed), { value })
    })
  }

  const problems: [string, string][] = [
    ['', 'no_address'],
    ['example.jp', 'no_address'],
    ['192.0.2', 'no_address'],
    ['192.0.2.01', 'no_address'],
    ['0xC0000201', 'no_address'],
    ['3221225985', 'no_address'],
    ['192.0.2.256', 'no_address'],
    ['192.0.2.1-9', 'no_address'],
    ['192.0.2.*', 'no_address'],
    ['192.0.2.0/33', 'network'],
    ['192.0.2.0/', 'network'],
    ['192.0.2.0/-1', 'network'],
    ['192.0.2.0/255.255.255.0', 'network'],
    ['192.0.2.0/24/24', 'network'],
    ['2001:db8::/129', 'network'],
    ['0.0.0.0/0', 'everybody'],
    ['::/0', 'everybody'],
    ['::ffff:0:0/96', 'everybody'],
    ['fe80::1%eth0', 'zone'],
  ]
  for (const [typed, problem] of problems) {
    test(`PNL-07: ${typed || 'nothing'} is no source`, ({ assert }) => {
      assert.deepEqual(checkSource(typed), { problem })
    })
  }

  test('PNL-07: what was read is read again as the same', ({ assert }) => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6())
    fc.assert(
      fc.property(address, fc.integer({ min: 1, max: 128 }), (typed, length) => {
        const bits = isIPv4(typed) ? Math.min(length, 32) : length
        const found = checkSource(`${typed}/${bits}`)
        if (!('value' in found)) return assert.equal(found.problem, 'everybody')
        assert.deepEqual(checkSource(found.value), found)
        assert.isTrue(isFrom(typed, [found.value]))
      })
    )
  })

  test('PNL-07: a connection is from a network up to its last address, however it is written', ({
    assert,
  }) => {
    const sources = ['192.0.2.0/25', '198.51.100.7', '2001:db8:1::/48']
    const inside = ['192.0.2.127', '::ffff:192.0.2.1', '::ffff:c633:6407', '2001:db8:1:ffff::9']
    for (const address of inside) assert.isTrue(isFrom(address, sources), address)
    const outside = ['192.0.2.128', '198.51.100.8', '::ffff:192.0.2.200', '2001:db8:2::1', '', 'x']
    for (const address of outside) assert.isFalse(isFrom(address, sources), address)
    assert.isFalse(isFrom('192.0.2.1', []))
    assert.isTrue(isFrom('fe80::1%eth0', ['fe80::/10']))
  })

  test('PNL-07: a list is read line by line, each entry once, each mistake with its line', ({
    assert,
  }) => {
    const read = readSources('192.0.2.1\r\n\n192.0.2.1/32, 2001:db8::1 example.jp\n0.0.0.0/0')
    assert.deepEqual(read.values, ['192.0.2.1', '2001:db8::1'])
    assert.deepEqual(read.mistakes, [
      { line: 3, typed: 'example.jp', problem: 'no_address' },
      { line: 4, typed: '0.0.0.0/0', problem: 'everybody' },
    ])
  })
})
