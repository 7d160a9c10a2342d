/** Hostile text as data for a test, with a name that a terminal can print. */
export function shown(texts: readonly string[]) {
  return texts.map((text) => ({
    text,
    shown: JSON.stringify(text).replace(
      /[^\x20-\x7e\u3000-\u9fff\uff01-\uff5e]/g,
      (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`
    ),
  }))
}
