/**
 * Spreadsheets run a cell that begins like a formula (OWASP, CSV injection). In what is downloaded an
 * apostrophe stands before it; what is uploaded loses one again. A value that has apostrophes of its own
 * there gets one more, so that it comes back as it was.
 */
const dangerous = /^'*[=+\-@\t\r\n＝＋－＠]/

export function neutralised(text: string) {
  return dangerous.test(text) ? `'${text}` : text
}

export function restored(text: string) {
  return text.startsWith("'") && dangerous.test(text) ? text.slice(1) : text
}
