import type { BrowserContext, Page } from 'playwright'

/** Everything a browser complains about: errors of scripts, blocked content, files that are missing. */
export function watch(context: BrowserContext) {
  const complaints: string[] = []
  context.on('console', (message) => {
    // An answer of 4xx that a test asked for is no mistake of the page
    const isAnswer = message.text().startsWith('Failed to load resource')
    if (['error', 'warning'].includes(message.type()) && !isAnswer) complaints.push(message.text())
  })
  context.on('weberror', (error) => complaints.push(error.error().message))
  context.on('requestfailed', (request) => {
    // Leaving a page ends what it still asks for
    const why = request.failure()?.errorText ?? ''
    if (why !== 'net::ERR_ABORTED') complaints.push(`${request.url()} ${why}`)
  })
  return complaints
}

/** How many pixels a page is wider than its window. */
export function overflowOf(page: Page) {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
}
