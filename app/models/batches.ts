/** What one statement can name: SQLite and MariaDB both take some thousand values, plans get slow before. */
export function chunked<Each>(values: readonly Each[], size = 500): Each[][] {
  const count = Math.ceil(values.length / size)
  return Array.from({ length: count }, (_, index) => values.slice(index * size, (index + 1) * size))
}
