import { test } from '@japa/runner'
import { testServer } from '#tests/support/test_server'

/** Every way of making a subvolume (linux/btrfs.h), also with bits set that the kernel does not look at; `made` for each that worked. */
const subvolumes = `
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
os.chdir(sys.argv[1])
here = os.open(".", os.O_RDONLY)
for order in (0x5000940E, 0x50009418, 0x50009401, 0x50009417):
    for more in (0, 1 << 32, 1 << 63):
        name = b"of-%x-%x" % (order, more >> 31)
        first = struct.pack("qQQ32s", here, 0, 0, b"") if order in (0x50009417, 0x50009418) else struct.pack("q", here)
        words = (first + name).ljust(4096, b"\\0")
        libc.syscall(16 if os.uname().machine == "x86_64" else 29, here, ctypes.c_uint64(order | more), words)
        if os.path.exists(name):
            print("made", name.decode())
`

test.group('PNL-05: limits of disks', () => {
  test('PNL-05: a customer cannot make a subvolume, whose content no limit would count', async ({
    assert,
  }) => {
    const server = await testServer()
    const domain = await server.addDomain('subvolumes.example.jp')
    for (const place of ['html', 'tmp', 'backup/contents']) {
      const { stdout, stderr } = await server.exec(
        [
          ...['setpriv', `--reuid=${domain.uid}`, `--regid=${domain.uid}`, '--clear-groups'],
          ...['python3', '-', `${domain.root}/${place}`],
        ],
        subvolumes
      )
      assert.equal(stdout, '', place)
      assert.equal(stderr, '', place)
    }
  }).timeout(120_000)
})
