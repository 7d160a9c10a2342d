import { connect } from 'node:net'

/** Says the parts one after the other, each after the answer to the one before; gives all answers. */
export function say(address: string, parts: readonly string[], port = 25): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const answers: string[] = []
    const left = [...parts]
    let text = ''
    const socket = connect({ host: address, port, timeout: 30_000 })
    socket.setEncoding('latin1')
    socket.on('data', (data: string) => {
      text += data
      if (!/^\d{3} [^\n]*\n$/m.test(text) || !text.endsWith('\n')) return
      answers.push(text.trim())
      text = ''
      const next = left.shift()
      if (next === undefined) socket.end()
      else socket.write(next, 'latin1')
    })
    socket.on('timeout', () => socket.destroy(new Error(`no answer after ${answers.at(-1)}`)))
    // A server that hangs up on nonsense may have some of it unread.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' || answers.length === 0) reject(error)
    })
    socket.on('close', () => resolve(answers))
  })
}

export const line = (text: string) => `${text}\r\n`
export const hello = line('EHLO client.example.net')
