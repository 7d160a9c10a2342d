import { loadFragments } from './fragments.js'

// A change on its way to the server, told by the server while it happens.
export function watchApplies() {
  for (const box of document.querySelectorAll('[data-apply]')) {
    if (box.dataset.apply !== '') watch(box)
  }
}

function watch(box) {
  const source = new EventSource(box.dataset.apply)
  source.addEventListener('apply', (event) => {
    const apply = JSON.parse(event.data)
    show(box, apply)
    if (!apply.finished) return
    source.close()
    refreshLiveParts()
  })
}

function show(box, { state, progress, text, label, finished }) {
  box.classList.remove(`apply--${box.dataset.state}`)
  box.classList.add(`apply--${state}`)
  box.dataset.state = state

  const stage = finished ? 2 : state === 'running' ? 1 : 0
  box.querySelectorAll('.apply__step').forEach((step, index) => {
    step.classList.toggle('apply__step--past', index < stage)
    step.classList.toggle('apply__step--now', index === stage)
  })
  const end = box.querySelector('[data-apply-end]')
  if (finished) end.textContent = end.dataset[state] ?? label
  box.querySelector('[data-apply-bar]').value = progress
  // Readers of screens are told each time the text is set, so only when it differs
  const line = box.querySelector('[data-apply-message]')
  if (line.textContent !== text) line.textContent = text
}

/** The parts of the page that show what has just changed, fetched anew. */
async function refreshLiveParts() {
  const parts = document.querySelectorAll('[data-live][id]')
  if (parts.length === 0) return
  const answer = await fetch(location.href, { headers: { Accept: 'text/html' } })
  if (!answer.ok || answer.redirected) return
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  for (const part of parts) {
    const fresh = page.getElementById(part.id)
    const isUsed = part.contains(document.activeElement)
    if (!fresh || isUsed) continue
    part.replaceWith(document.adoptNode(fresh))
    loadFragments(fresh)
  }
}
