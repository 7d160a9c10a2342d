import { spawnSync } from 'node:child_process'
import { test } from '@japa/runner'

const folder = new URL('../../../../app/convergence/services/scanner/', import.meta.url).pathname
const driver = `
import json, sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
from attachments import Attachments
message, answers = sys.stdin.buffer.read(), []
for size in map(int, sys.argv[2:]):
    found = Attachments()
    for at in range(0, len(message), size):
        found.feed(message[at : at + size])
    found.end()
    for file in found.files:
        file.seek(0)
    answers.append([found.are_too_many, [file.read().hex() for file in found.files]])
print(json.dumps(answers))
`

/** Archives that are found in a message that comes in pieces of each of some sizes. */
function found(message: string, sizes: readonly number[]) {
  const argv = ['-I', '-c', driver, folder, ...sizes.map(String)]
  const { stdout, stderr } = spawnSync('python3', argv, {
    input: Buffer.from(message, 'latin1'),
    maxBuffer: 64 * 2 ** 20,
    encoding: 'utf8',
  })
  if (stderr) throw new Error(stderr)
  const answers = JSON.parse(stdout) as (readonly [boolean, string[]])[]
  return answers.map(([areTooMany, files]) => ({
    areTooMany,
    files: files.map((file) => Buffer.from(file, 'hex').toString('latin1')),
  }))
}

const archivesIn = (message: string) => found(message, [65_535])[0]

const archive = `Rar!\x1a\x07\x01\x00${Array.from({ length: 600 }, (_, i) => String.fromCodePoint((i * 7) % 256)).join('')}`
const base64 = Buffer.from(archive, 'latin1').toString('base64')
const lines = base64.replace(/.{76}/g, '$&\r\n')
const part = (body: string, head = 'Content-Transfer-Encoding: base64') =>
  `--B\r\nContent-Type: application/octet-stream\r\n${head}\r\n\r\n${body}\r\n`
const mail = (...parts: string[]) =>
  `Content-Type: multipart/mixed; boundary="B"\r\n\r\n--B\r\n\r\nHello.\r\n${parts.join('')}--B--\r\n`

test.group('Attachments of a message', () => {
  const messages: Record<string, string> = {
    'as usual': mail(part(lines)),
    'with line feeds alone': mail(part(lines)).replaceAll('\r', ''),
    'without a multipart': `Content-Transfer-Encoding: base64\r\n\r\n${lines}`,
    'with an empty line': mail(part(lines.replace('\r\n', '\r\n\r\n'))),
    'with what is no base64': mail(part(`!${lines.replace('\r\n', '\r\n*\r\n')}`)),
    'with blanks': mail(part(`  ${lines.slice(0, 5)} ${lines.slice(5)}`)),
    'in short lines': mail(part(base64.replace(/.{4}/g, '$&\r\n'))),
    'padded in the middle': mail(
      part(
        archive
          .match(/[^]{1,40}/g)!
          .map((one) => Buffer.from(one, 'latin1').toString('base64'))
          .join('\r\n')
      )
    ),
    'whatever the header says': mail(part(lines, 'Content-Transfer-Encoding: 7bit')),
    'in quoted-printable': mail(
      part(
        Buffer.from(archive, 'latin1')
          .toString('hex')
          .replace(/../g, '=$&')
          .replace(/.{72}/g, '$&=\r\n'),
        'Content-Transfer-Encoding: quoted-printable'
      )
    ),
    'in a message in the message': mail(
      `--B\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: multipart/mixed; boundary=C\r\n\r\n--C\r\nContent-Type: application/rar\r\n\r\n${lines}\r\n--C--\r\n`
    ),
    'behind a multipart that was never closed': mail(
      `--B\r\nContent-Type: multipart/mixed; boundary=C\r\n\r\n--C\r\n\r\nx\r\n`,
      part(lines)
    ),
    'behind a delimiter with blanks': mail(part(lines)).replace(
      '--B\r\nContent-Type: app',
      `--B${' '.repeat(300)}\r\nContent-Type: app`
    ),
    'behind something else': mail(
      part(Buffer.from(`MZ${'x'.repeat(300_000)}${archive}`, 'latin1').toString('base64'))
    ),
  }
  for (const [how, message] of Object.entries(messages)) {
    test(`MAIL-03: a RAR is found ${how}`, ({ assert }) => {
      for (const { files, areTooMany } of found(message, [65_535, 997, 201, 7])) {
        assert.isFalse(areTooMany)
        assert.lengthOf(files, 1)
        assert.isTrue(files[0].startsWith(archive))
      }
    })
  }

  test('MAIL-03: a delimiter of nobody does not end an archive', ({ assert }) => {
    const { files } = archivesIn(mail(part(lines.replace('\r\n', '\r\n--C\r\n'))))
    assert.lengthOf(files, 1)
    assert.isAbove(files[0].length, archive.length)
  })

  test('MAIL-03: other attachments are not kept', ({ assert }) => {
    const other = Buffer.alloc(3_000_000, 'no archive').toString('base64')
    assert.isEmpty(archivesIn(mail(part(other), part('Rar! is a format'))).files)
  })

  test('MAIL-03: more archives, parts or levels than anybody sends are too many', ({ assert }) => {
    const levels = Array.from({ length: 102 }, (_, i) => {
      return `Content-Type: multipart/mixed; boundary=B${i}\r\n\r\n--B${i}\r\n`
    })
    assert.isFalse(archivesIn(mail(...Array.from({ length: 20 }, () => part(lines)))).areTooMany)
    assert.isTrue(archivesIn(mail(...Array.from({ length: 21 }, () => part(lines)))).areTooMany)
    assert.isTrue(archivesIn(mail('--B\r\n\r\n'.repeat(10_001))).areTooMany)
    assert.isTrue(archivesIn(levels.join('')).areTooMany)
  })
})
