const contextLines = 3
const maxLines = 1500
const maxText = 16_000

/**
 * A unified diff for people to read: bounded in size, so of very long texts only the beginning and
 * the end that differ are compared.
 */
export function unifiedDiff(before: string, after: string): string {
  const old = linesOf(before)
  const fresh = linesOf(after)
  const start = commonStart(old, fresh)
  const end = commonEnd(old, fresh, start)
  const lines = edits(old.slice(start, old.length - end), fresh.slice(start, fresh.length - end))
  const lead = old.slice(Math.max(0, start - contextLines), start)
  const tail = old.slice(old.length - end, old.length - end + contextLines)
  const head = `@@ line ${start + 1} @@`
  const text = [head, ...lead.map(same), ...lines, ...tail.map(same)].join('\n')
  return text.length > maxText ? `${text.slice(0, maxText)}\n…` : text
}

const same = (line: string) => ` ${line}`

function linesOf(text: string) {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

function commonStart(one: readonly string[], other: readonly string[]) {
  const length = Math.min(one.length, other.length)
  let count = 0
  while (count < length && one[count] === other[count]) count++
  return count
}

function commonEnd(one: readonly string[], other: readonly string[], start: number) {
  const length = Math.min(one.length, other.length) - start
  let count = 0
  while (count < length && one.at(-1 - count) === other.at(-1 - count)) count++
  return count
}

/** Longest common subsequence; where that would take too long, everything old goes and everything new comes. */
function edits(old: readonly string[], fresh: readonly string[]): string[] {
  if (old.length * fresh.length > maxLines * maxLines) {
    return [...old.map((line) => `-${line}`), ...fresh.map((line) => `+${line}`)]
  }
  const lengths = commonLengths(old, fresh)
  const lines: string[] = []
  let [i, j] = [0, 0]
  while (i < old.length || j < fresh.length) {
    if (i < old.length && j < fresh.length && old[i] === fresh[j]) {
      lines.push(` ${old[i]}`)
      i++
      j++
    } else if (j >= fresh.length || (i < old.length && lengths[i + 1][j] >= lengths[i][j + 1])) {
      lines.push(`-${old[i++]}`)
    } else {
      lines.push(`+${fresh[j++]}`)
    }
  }
  return lines
}

function commonLengths(old: readonly string[], fresh: readonly string[]) {
  const table = Array.from({ length: old.length + 1 }, () => new Uint16Array(fresh.length + 1))
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = fresh.length - 1; j >= 0; j--) {
      table[i][j] =
        old[i] === fresh[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1])
    }
  }
  return table
}
