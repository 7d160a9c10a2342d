import { test } from '@japa/runner'
import { render } from '#convergence/engine/render'
import { firewall } from '#convergence/services/firewall/index'
import { firewallSources } from '#convergence/services/firewall/sources'
import { toAddressRange } from '#convergence/syntax/names'
import { desiredServer, openNetwork } from '#tests/unit/convergence/services/desired'

function fileOf(port: string, sources: readonly string[] | null) {
  const restricted = sources ? { [port]: sources.map(toAddressRange) } : {}
  const server = { ...desiredServer([]), network: { ...openNetwork, restricted } }
  const found = render([firewallSources], server).find(({ key }) => key.endsWith(`/${port}.nft`))
  return found!.resource.kind === 'file' ? found!.resource.content : ''
}

function rulesOf(network: Partial<typeof openNetwork>) {
  const server = { ...desiredServer([]), network: { ...openNetwork, ...network } }
  const [, rules] = firewall.serverResources(server)
  return rules.kind === 'file' ? rules.content : ''
}

test.group('Firewall of a server', () => {
  test('NET-03: a changed list is rendered anew, whatever was rendered for the server before', ({
    assert,
  }) => {
    assert.include(fileOf('80', null), '{ 0.0.0.0/0 }')
    const limited = fileOf('80', ['192.0.2.1', '2001:db8::/32'])
    assert.include(limited, 'from4_80 { 192.0.2.1 }')
    assert.include(limited, 'from6_80 { 2001:db8::/32 }')
    assert.notInclude(limited, '0.0.0.0/0')
  })

  test('NET-03: a list of IPv4 alone is closed to IPv6', ({ assert }) => {
    assert.notInclude(fileOf('80', ['192.0.2.1']), 'add element inet tsukasa from6_80')
  })

  test('NET-03: what lies in another network of the list is left out, for sets refuse it', ({
    assert,
  }) => {
    const file = fileOf('80', ['192.0.2.7', '192.0.2.0/24', '192.0.0.0/16', '198.51.100.1'])
    assert.include(file, 'from4_80 { 192.0.0.0/16, 198.51.100.1 }')
  })

  test('NET-01, NET-03: the way in of the panel comes before every refusal', ({ assert }) => {
    for (const globalConnected of [true, false]) {
      const input = rulesOf({ globalConnected }).split('chain input')[1]
      const panel = input.indexOf('ip saddr 192.0.2.1 tcp dport 11122 accept')
      assert.isAbove(panel, -1)
      assert.isBelow(panel, input.indexOf(globalConnected ? 'vmap' : 'counter drop'))
    }
  })

  test('NET-03: nothing that is no address or network is ever written', ({ assert }) => {
    for (const value of [
      '0.0.0.0/0',
      '::/0',
      '010.0.0.1',
      '192.0.2.1/33',
      '192.0.2.1; drop',
      '::1%lo',
      '1.2.3.4/24/8',
      '',
    ]) {
      assert.throws(() => toAddressRange(value))
    }
  })
})
