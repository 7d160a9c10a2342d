import { test } from '@japa/runner'
import {
  differences,
  hardwareAddress,
  kept,
  wantedConfig,
  wantedDevices,
} from '#compute/lxd/wanted'
import { machineAt } from '#tests/support/machines'

test.group('SRV-01: the network card of a server', () => {
  test('has a hardware address that follows from {0}')
    .with([
      ['10.87.1.126', '00:16:3e:57:01:7e'],
      ['10.0.0.7', '00:16:3e:00:00:07'],
      ['192.168.255.254', '00:16:3e:a8:ff:fe'],
    ] as const)
    .run(({ assert }, [address, expected]) => {
      assert.equal(hardwareAddress(address), expected)
    })

  for (const driver of ['lxd', 'incus'] as const) {
    test(`is made with it by ${driver}`, ({ assert }) => {
      const { node } = machineAt()
      const { eth0 } = wantedDevices(machineAt({ node: { ...node, driver } }))
      assert.include(eth0, { 'ipv4.address': '10.0.0.7', 'hwaddr': '00:16:3e:00:00:07' })
    })
  }

  test('keeps what it was made with, or without: nothing is unplugged', ({ assert }) => {
    const wanted = wantedDevices(machineAt())
    const { hwaddr, ...older } = wanted.eth0
    assert.isString(hwaddr)
    for (const eth0 of [older, { ...older, hwaddr: '00:16:3e:12:34:56' }]) {
      const actual = { ...wanted, eth0 }
      assert.isEmpty(differences(actual.eth0, kept(actual, wanted).eth0))
    }
  })

  test('is put back with the rest of it when something else was changed', ({ assert }) => {
    const wanted = wantedDevices(machineAt())
    const loosened = {
      ...wanted.eth0,
      'security.mac_filtering': 'false',
      'hwaddr': '00:16:3e:12:34:56',
    }
    assert.deepEqual(kept({ ...wanted, eth0: loosened }, wanted).eth0, {
      ...wanted.eth0,
      hwaddr: '00:16:3e:12:34:56',
    })
    assert.deepEqual(kept({ root: wanted.root }, wanted).eth0, wanted.eth0)
  })
})

test.group('PNL-05: limits of disks', () => {
  test('no order of btrfs that makes a subvolume is left to a machine that customers are on', ({
    assert,
  }) => {
    const denied = wantedConfig(machineAt())['security.syscalls.deny']
    const orders = [...denied.matchAll(/0x(500094\w\w),SCMP_CMP_MASKED_EQ,0xffffffff/g)]
    assert.sameMembers(
      orders.map(([, order]) => order),
      ['50009401', '5000940e', '50009417', '50009418']
    )
    const { 'security.syscalls.deny': none } = wantedConfig(machineAt({ makesSnapshots: true }))
    assert.isUndefined(none)
  })
})
