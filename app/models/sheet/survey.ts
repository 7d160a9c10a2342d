import { setImmediate as breathe } from 'node:timers/promises'

/** A row with something in it, cut after its last cell that is not empty. */
export interface Piece {
  readonly row: number
  readonly line: number
  readonly text: string
  /** Cells up to the last that is not empty. */
  readonly width: number
  /** With the empty ones at the end. */
  readonly cells: number
  /** The file ended before the row did. */
  readonly isOpen: boolean
}

export interface Survey {
  /** Those that can be read: no more than were asked for. */
  readonly pieces: readonly Piece[]
  /** All of them. */
  readonly filled: number
}

const quote = 0x22
const comma = 0x2c
const lineFeed = 0x0a
const carriageReturn = 0x0d
/** A few milliseconds, after which other requests have their turn. */
const charactersAtOnce = 2 ** 19

/**
 * Where the rows of a file are, before anything is parsed (USR-06). A parser makes objects of every row
 * and cell, empty ones too: of a few megabytes of commas or empty lines so many that the panel would
 * stand still. What is empty gets no further than this, and neither do rows beyond the limit.
 */
export async function survey(text: string, most: number): Promise<Survey> {
  const surveyor = new Surveyor(text, most)
  while (surveyor.goOn(charactersAtOnce)) await breathe()
  return surveyor
}

class Surveyor implements Survey {
  readonly pieces: Piece[] = []
  filled = 0
  #at = 0
  #row = 1
  /** Where the row begins, and where it is read. */
  #firstLine = 1
  #line = 1
  #rowStart = 0
  #cellStart = 0
  #cells = 1
  #width = 0
  /** Of the last cell that is not empty. */
  #end = 0
  #isQuoted = false
  #isFilled = false

  constructor(
    readonly text: string,
    readonly most: number
  ) {}

  /** False at the end, or where a quotation mark stands that the parser will complain of. */
  goOn(count: number): boolean {
    const { text } = this
    const end = Math.min(text.length, this.#at + count)
    for (; this.#at < end; this.#at++) {
      const code = text.charCodeAt(this.#at)
      const isRead = this.#isQuoted ? this.#inside(code) : this.#outside(code)
      if (!isRead) return this.#stop()
    }
    return end < text.length || this.#finish()
  }

  #inside(code: number) {
    if (code === quote) this.#isQuoted = false
    else if (code === lineFeed || code === carriageReturn) this.#countLine(code)
    else this.#fill(code)
    return true
  }

  #outside(code: number) {
    if (code === comma) this.#nextCell()
    else if (code === lineFeed || code === carriageReturn) this.#nextRow(code)
    else if (code === quote) return this.#openQuote()
    else if (this.#isAfterQuote) return false
    else this.#fill(code)
    return true
  }

  /** At the beginning of a cell; or again, as two of them within a cell are one. */
  #openQuote() {
    if (this.#at > this.#cellStart) {
      if (!this.#isAfterQuote) return false
      this.#isFilled = true
    }
    this.#isQuoted = true
    return true
  }

  get #isAfterQuote() {
    return this.#at > this.#cellStart && this.text.charCodeAt(this.#at - 1) === quote
  }

  #fill(code: number) {
    if (!this.#isFilled) this.#isFilled = !isSpace(code)
  }

  /** CR and LF are one. */
  #countLine(code: number) {
    const isSecond = code === lineFeed && this.text.charCodeAt(this.#at - 1) === carriageReturn
    if (!isSecond) this.#line++
  }

  #nextCell() {
    this.#endCell()
    this.#cells++
    this.#cellStart = this.#at + 1
  }

  #endCell() {
    if (this.#isFilled) {
      this.#width = this.#cells
      this.#end = this.#at
    }
    this.#isFilled = false
  }

  #nextRow(code: number) {
    const isSecond = code === lineFeed && this.text.charCodeAt(this.#at - 1) === carriageReturn
    if (!isSecond) {
      this.#endRow(false)
      this.#row++
      this.#line++
    }
    this.#firstLine = this.#line
    this.#rowStart = this.#at + 1
    this.#cellStart = this.#at + 1
  }

  #endRow(isOpen: boolean) {
    this.#endCell()
    if (this.#width > 0) {
      this.filled++
      if (this.pieces.length < this.most) this.pieces.push(this.#piece(isOpen))
    }
    this.#cells = 1
    this.#width = 0
  }

  #piece(isOpen: boolean): Piece {
    return {
      row: this.#row,
      line: this.#firstLine,
      text: this.text.slice(this.#rowStart, this.#end),
      width: this.#width,
      cells: this.#cells,
      isOpen,
    }
  }

  /** After the mistake, so that the parser finds it. */
  #stop() {
    this.#at++
    this.#isFilled = true
    this.#endRow(true)
    return false
  }

  #finish() {
    if (this.#isQuoted) this.#isFilled = true
    if (this.#rowStart < this.text.length) this.#endRow(true)
    return false
  }
}

/** What `trim` takes away. */
function isSpace(code: number) {
  if (code < 0x80) return code === 0x20 || (code >= 0x09 && code <= 0x0d)
  return code >= 0xa0 && String.fromCharCode(code).trim() === ''
}
