import { crc32 } from 'node:zlib'
import { bytes, join, text, u16, u32 } from '#tests/mail/bytes'

/** RAR 4 (technote): marker, archive header, file headers with method 0x30, end. */
export function rarOf(files: readonly (readonly [name: string, content: Buffer])[]): Buffer {
  return join(
    bytes(0x52, 0x61, 0x72, 0x21, 0x1a, 0x07, 0x00),
    block(0x73, 0, Buffer.alloc(6)),
    ...files.flatMap(([name, content]) => [
      block(0x74, 0x8000, fileHeader(name, content)),
      content,
    ]),
    block(0x7b, 0x4000, Buffer.alloc(0))
  )
}

function block(type: number, flags: number, rest: Buffer) {
  const body = join(bytes(type), u16(flags, rest.length + 7), rest)
  return join(u16(crc32(body) & 0xffff), body)
}

const fileHeader = (name: string, content: Buffer) =>
  join(
    u32(content.length, content.length),
    bytes(3),
    u32(crc32(content), 0x21_0000),
    bytes(20, 0x30),
    u16(name.length),
    u32(0o100644),
    text(name)
  )
