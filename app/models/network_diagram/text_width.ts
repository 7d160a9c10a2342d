/** How wide a character is in a Japanese font, in parts of its size. */
const widthOf = (character: string) => {
  if (character < '\u0080') return /[A-Z@%&mwMW]/.test(character) ? 0.75 : 0.6
  return /[\uff61-\uff9f]/.test(character) ? 0.5 : 1
}

/** In pixels, rather too much than too little: nobody measures text before it is drawn. */
export function textWidth(text: string, size: number): number {
  return [...text].reduce((sum, character) => sum + widthOf(character) * size, 0)
}

/** As much of it as has room. */
export function fitted(text: string, size: number, room: number): string {
  if (textWidth(text, size) <= room) return text
  const kept: string[] = []
  for (const character of text) {
    if (textWidth([...kept, character, '…'].join(''), size) > room) break
    kept.push(character)
  }
  return `${kept.join('')}…`
}
