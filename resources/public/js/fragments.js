// Parts of a page that take longer than the page itself: what they say at first stays until they are there.
export function loadFragments(within = document) {
  for (const box of within.querySelectorAll('[data-fragment]')) load(box)
}

async function load(box) {
  box.setAttribute('aria-busy', 'true')
  try {
    const headers = { 'X-Requested-With': 'XMLHttpRequest', 'Accept': 'text/html' }
    const answer = await fetch(box.dataset.fragment, { headers })
    if (!answer.ok || answer.redirected) return
    box.innerHTML = await answer.text()
    handOut(box)
  } catch {
    // Out of reach for the moment; the way to ask again by hand is still there
  } finally {
    box.removeAttribute('aria-busy')
    box.querySelector('[data-fragment-waits]')?.remove()
  }
}

/** What belongs elsewhere, such as into the rows of a table, goes there. */
function handOut(box) {
  for (const part of box.querySelectorAll('[data-for]')) {
    document.getElementById(part.dataset.for)?.replaceChildren(...part.childNodes)
    part.remove()
  }
}
