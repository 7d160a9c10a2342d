import { test } from '@japa/runner'
import type { GuardedPort } from '#config/networks'
import { computeFor } from '#compute/index'
import FirewallRule from '#models/firewall_rule'
import PrivateNetwork from '#models/private_network'
import { setGlobalConnection, setPrivateConnection } from '#models/server/network'
import { testServer, type TestServer } from '#tests/support/test_server'

/** Says how a connection from that machine ends: `open` and what is said first, `refused`, or `silent`. */
const knock = `
import socket, sys
try:
    with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=2) as line:
        line.settimeout(15)
        print("open", line.recv(200) if sys.argv[3] == "hear" else "")
except ConnectionRefusedError:
    print("refused")
except OSError:
    print("silent")
`

test.group('Networks of real servers', (group) => {
  let server: TestServer
  let other: TestServer

  group.setup(async () => {
    server = await testServer()
    other = await server.another()
  })

  async function reach(address: string, port: number, hear = '') {
    const { stdout } = await other.exec(['python3', '-c', knock, address, String(port), hear])
    return stdout.trim()
  }

  async function limit(port: GuardedPort, sources: string[], acceptsLockOut = true) {
    const { server: row } = server
    await FirewallRule.replace(row, port, { sources, acceptsLockOut }, server.actor)
    await server.converge()
  }

  async function connectPrivately(machine: TestServer, isConnected: boolean) {
    await setPrivateConnection(machine.server, isConnected, machine.actor)
    await machine.converge()
    await machine.server.refresh()
  }

  test('NET-03: a port with a list is open to those on it and refused to all others, at once', async ({
    assert,
  }) => {
    assert.equal(await reach(server.address, 80), 'open')
    await limit('80', ['192.0.2.0/24', '2001:db8::/32'])
    assert.equal(await reach(server.address, 80), 'refused')
    assert.equal(await reach(server.address, 25), 'open')
    await limit('80', ['192.0.2.0/24', '192.0.2.7', other.address])
    assert.equal(await reach(server.address, 80), 'open')
    await limit('80', ['127.0.0.1'])
    assert.equal(await reach(server.address, 80), 'refused')
    await limit('80', [])
    assert.equal(await reach(server.address, 80), 'open')
  })

  test('NET-03: the data connections of FTP are one port with 1000 numbers', async ({ assert }) => {
    const listen = ['python3', '-m', 'http.server', '10999']
    await server.exec(['systemd-run', '--unit=listener', ...listen])
    await server.exec(['sh', '-c', 'until ss -ltn | grep -q :10999; do sleep 0.1; done'])
    assert.equal(await reach(server.address, 10999), 'open')
    await limit('10000-10999', ['192.0.2.1'])
    assert.equal(await reach(server.address, 10999), 'refused')
    await limit('10000-10999', [])
    await server.exec(['systemctl', 'stop', 'listener'])
  })

  test('NET-03: whatever is closed, the panel is let in, and a restart opens nothing', async ({
    assert,
  }) => {
    const sources = Array.from({ length: 50 }, (_, index) => `198.51.100.${index * 2}`)
    await limit('11122', ['127.0.0.1'])
    await limit('80', sources)
    assert.equal(await reach(server.address, 11122), 'refused')
    await server.convergeAll()
    await server.exec(['systemctl', 'restart', 'nftables.service'])
    assert.equal(await reach(server.address, 11122), 'refused')
    assert.equal(await reach(server.address, 80), 'refused')
    await server.convergeAll()
    await limit('11122', [])
    assert.equal(await reach(server.address, 11122), 'open')
  })

  test('NET-03: somebody whose connection was open is cut off when he is taken off the list', async ({
    assert,
  }) => {
    await limit('80', [other.address])
    const slow = `
import socket, sys, time
line = socket.create_connection((sys.argv[1], 80), timeout=5)
open("/tmp/connected", "w").close()
time.sleep(float(sys.argv[2]))
try:
    line.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
    print("answered" if line.recv(10) else "cut")
except OSError:
    print("cut")
`
    const said = other.exec(['python3', '-c', slow, server.address, '8'])
    await other.exec(['sh', '-c', 'until [ -e /tmp/connected ]; do sleep 0.1; done'])
    await limit('80', ['192.0.2.1'])
    const { stdout } = await said
    assert.equal(stdout.trim(), 'cut')
    await limit('80', [])
  })

  test('NET-02: servers of a contract reach each other over their own network, at its ports only', async ({
    assert,
  }) => {
    await connectPrivately(server, true)
    await connectPrivately(other, true)
    const address = String(server.server.privateAddress)
    assert.notEqual(address, other.server.privateAddress)
    for (const port of [21, 25, 80, 110, 143, 587, 11122, 11180]) {
      assert.include(await reach(address, port), 'open', String(port))
    }
    assert.include(await reach(address, 3306, 'hear'), 'MariaDB')
    for (const port of [443, 465, 993, 995, 11443]) {
      assert.equal(await reach(address, port), 'refused', String(port))
      assert.equal(await reach(server.address, port), 'open', String(port))
    }
    assert.equal(await reach(server.address, 3306), 'refused')
    const { bridge } = await PrivateNetwork.findByOrFail('contractId', server.server.contractId)
    const { stdout } = await other.exec(['ip', '-4', 'route', 'show', 'dev', 'priv0'])
    assert.notInclude(stdout, 'default')
    assert.match(bridge, /^tp[0-9a-f]{10}$/)
    const compute = await computeFor(server.server)
    assert.deepEqual(await compute.assertConfiguration(), [])
  })

  test('NET-01: a disconnected server is reached by nobody and reaches nobody, but the panel and its own network', async ({
    assert,
  }) => {
    const { server: row } = server
    await limit('25', ['192.0.2.1'])
    await setGlobalConnection(row, false, server.actor)
    await server.converge()
    for (const port of [25, 80, 11122]) assert.equal(await reach(server.address, port), 'silent')
    const out = await server.exec(['python3', '-c', knock, other.address, '80', ''])
    assert.notEqual(out.stdout.trim(), 'open')
    assert.equal(await reach(String(row.privateAddress), 80), 'open')
    await server.convergeAll()
    assert.lengthOf(await FirewallRule.query().where('serverId', row.id), 0)

    await setGlobalConnection(await row.refresh(), true, server.actor)
    await server.converge()
    assert.equal(await reach(server.address, 25), 'open')
    await row.refresh()
  })

  test('NET-02: who has left is not reached, and the network goes with the last', async ({
    assert,
  }) => {
    const address = String(server.server.privateAddress)
    await connectPrivately(server, false)
    assert.equal(await reach(address, 80), 'silent')
    const { stdout } = await server.exec(['ip', '-br', 'link'])
    assert.notInclude(stdout, 'priv0')
    await connectPrivately(other, false)
    const compute = await computeFor(other.server)
    assert.deepEqual(await compute.assertConfiguration(), [])
  })
})
