import { execFileSync } from 'node:child_process'
import { crc32, gzipSync } from 'node:zlib'
import { bytes, join, text, u16, u32 } from '#tests/mail/bytes'
import { rarOf } from '#tests/mail/rar'

/**
 * Archives with one stored file in them, written from the formats' descriptions: what makes them otherwise is not
 * free (RAR, ARJ, LZH), or not in Debian.
 */
type Packer = (name: string, content: Buffer) => Buffer

/** PKWARE APPNOTE 4.3: local header, central directory, its end. */
export const zip: Packer = (name, content) => {
  const [crc, size] = [crc32(content), content.length]
  const common = join(u16(20, 0, 0, 0, 0x21), u32(crc, size, size), u16(name.length, 0))
  const local = join(text('PK\x03\x04'), common, text(name), content)
  const central = join(text('PK\x01\x02'), u16(20), common, u16(0, 0, 0), u32(0, 0), text(name))
  const end = join(text('PK\x05\x06'), u16(0, 0, 1, 1), u32(central.length, local.length), u16(0))
  return join(local, central, end)
}

/** POSIX.1-1988: a header of 512 bytes, numbers in octal. */
export const tar: Packer = (name, content) => {
  const header = Buffer.alloc(512)
  const put = (value: string, at: number) => header.write(value, at, 'latin1')
  put(name, 0)
  put('0000644\0', 100)
  put('0000000\0', 108)
  put('0000000\0', 116)
  put(`${content.length.toString(8).padStart(11, '0')}\0`, 124)
  put('00000000000\0', 136)
  put('        ', 148)
  put('0', 156)
  put('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  const filled = Buffer.alloc(Math.ceil(content.length / 512) * 512)
  content.copy(filled)
  return join(header, filled, Buffer.alloc(1024))
}

export const gzip: Packer = (_, content) => gzipSync(content)

export const bzip2: Packer = (_, content) => execFileSync('bzip2', { input: content })

/** ARJ: a main header, one for the file (method 0), each with its own checksum. */
export const arj: Packer = (name, content) => {
  const header = (isMain: boolean) => {
    const size = isMain ? 0 : content.length
    const body = join(
      bytes(30, 11, 1, 0, 0, 0, isMain ? 2 : 0, 0),
      u32(0x21_0000, size, size, isMain ? 0 : crc32(content)),
      u16(0, isMain ? 0 : 0o644, 0),
      text(`${isMain ? 'test.arj' : name}\0\0`)
    )
    return join(bytes(0x60, 0xea), u16(body.length), body, u32(crc32(body)), u16(0))
  }
  return join(header(true), header(false), content, bytes(0x60, 0xea), u16(0))
}

/** LHA, header level 0, method -lh0-. */
export const lzh: Packer = (name, content) => {
  const body = join(
    text('-lh0-'),
    u32(content.length, content.length, 0x21_0000),
    bytes(0x20, 0, name.length),
    text(name),
    u16(crc16(content))
  )
  const sum = body.reduce((total, byte) => (total + byte) & 0xff, 0)
  return join(bytes(body.length, sum), body, content, bytes(0))
}

/** CRC-16/ARC. */
function crc16(content: Buffer): number {
  return content.reduce((before, byte) => {
    let value = before ^ byte
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >> 1) ^ 0xa001 : value >> 1
    return value
  }, 0)
}

/** MS-CAB: header, one folder without compression, one file, one block. */
export const cab: Packer = (name, content) => {
  const file = join(u32(content.length, 0), u16(0, 0x21, 0, 0x20), text(`${name}\0`))
  const data = join(u32(0), u16(content.length, content.length), content)
  const [files, block] = [36 + 8, 36 + 8 + file.length]
  const header = join(
    text('MSCF'),
    u32(0, block + data.length, 0, files, 0),
    bytes(3, 1),
    u16(1, 1, 0, 0, 0)
  )
  return join(header, u32(block), u16(1, 0), file, data)
}

export const rar: Packer = (name, content) => rarOf([[name, content]])
