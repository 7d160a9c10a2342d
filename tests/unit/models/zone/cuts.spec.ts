import { test } from '@japa/runner'
import { withCuts } from '#models/zone/cuts'
import type { ZoneLine } from '#models/zone/record'

const zone = { name: 'example.jp', defaultTtl: 3600 }
const child = { name: 'shop.example.jp', kind: 'primary', ds_records: null }

const line = (name: string, type: string, content: string): ZoneLine => {
  return { name, type, ttl: 300, content }
}
const bare = (lines: readonly ZoneLine[]) =>
  lines.map(({ name, ttl, type, content }) => `${name} ${ttl} ${type} ${content}`)

const ours = ['shop 3600 NS ns1.mngsv.biz.', 'shop 3600 NS ns2.mngsv.biz.']

test.group('Cuts of signed zones', () => {
  test('OPT-10: a name that is a zone of its own is handed to it, with all that is below', ({
    assert,
  }) => {
    const lines = [
      line('@', 'A', '192.0.2.1'),
      line('shop', 'A', '192.0.2.2'),
      line('a.shop', 'TXT', '"x"'),
      line('myshop', 'A', '192.0.2.3'),
    ]
    const kept = ['@ 300 A 192.0.2.1', 'myshop 300 A 192.0.2.3']
    assert.deepEqual(bare(withCuts(zone, lines, [child])), [...kept, ...ours])
  })

  test('OPT-10: the signature of a signed child is vouched for, and nobody else’s', ({
    assert,
  }) => {
    const signed = { ...child, ds_records: '1 13 2 aa\n1 13 4 bb' }
    const lines = [line('shop', 'DS', '9 13 2 ff')]
    const signers = ['shop 60 DS 1 13 2 aa', 'shop 60 DS 1 13 4 bb']
    assert.deepEqual(bare(withCuts(zone, lines, [signed])), [...ours, ...signers])
    assert.deepEqual(bare(withCuts(zone, lines, [child])), ours)
  })

  test('OPT-10: name servers that the customer wrote for a zone of his own primary stay, with their addresses', ({
    assert,
  }) => {
    const own = { ...child, kind: 'secondary' }
    const typed = [
      line('shop', 'NS', 'ns.shop.example.jp.'),
      line('ns.shop', 'A', '192.0.2.53'),
      line('shop', 'DS', '9 13 2 ff'),
    ]
    const lines = [...typed, line('www.shop', 'A', '192.0.2.9')]
    assert.deepEqual(withCuts(zone, lines, [own]), typed)
    assert.deepEqual(bare(withCuts(zone, [], [own])), ['shop 3600 NS ns2.mngsv.biz.'])
  })
})
