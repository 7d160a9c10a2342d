/** Little-endian numbers and pieces of files, as formats describe them. */
export const u16 = (...values: number[]) => {
  const all = Buffer.alloc(values.length * 2)
  values.forEach((value, index) => all.writeUInt16LE(value & 0xffff, index * 2))
  return all
}
export const u32 = (...values: number[]) => {
  const all = Buffer.alloc(values.length * 4)
  values.forEach((value, index) => all.writeUInt32LE(value >>> 0, index * 4))
  return all
}
export const bytes = (...values: number[]) => Buffer.from(values)
export const text = (value: string) => Buffer.from(value, 'latin1')
export const join = (...parts: Buffer[]) => Buffer.concat(parts)
