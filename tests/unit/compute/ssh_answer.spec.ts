import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { test } from '@japa/runner'
import { waitForSsh } from '#compute/ssh_answer'

function listening(greet: (socket: Socket) => void) {
  const server: Server = createServer((socket) => {
    socket.on('error', () => {})
    greet(socket)
  })
  return new Promise<{ server: Server; port: number }>((resolve) =>
    server.listen(0, '127.0.0.1', () =>
      resolve({ server, port: (server.address() as AddressInfo).port })
    )
  )
}

test.group('SRV-01: waiting for a server that boots', () => {
  test('one that is slow to greet is waited for, not asked again', async ({ assert, cleanup }) => {
    let asked = 0
    const { server, port } = await listening((socket) => {
      asked++
      setTimeout(() => socket.end('SSH-2.0-test\r\n'), 600)
    })
    cleanup(() => void server.close())
    await waitForSsh('127.0.0.1', port, 5000, AbortSignal.timeout(5000))
    assert.equal(asked, 1)
  })

  test('what is no SSH server is asked again until the time is over', async ({
    assert,
    cleanup,
  }) => {
    const { server, port } = await listening((socket) => socket.end('220 mail\r\n'))
    cleanup(() => void server.close())
    const waiting = waitForSsh('127.0.0.1', port, 250, AbortSignal.timeout(5000))
    await assert.rejects(() => waiting, /no SSH server/)
  })
})
