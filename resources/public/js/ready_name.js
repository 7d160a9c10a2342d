// DOM-02: says whether a name is free while it is typed. Without scripts the form says it when it is sent.
const pauseMs = 250

export function watchReadyName() {
  const box = document.querySelector('[data-ready-name]')
  if (box) watch(box)
}

function watch(box) {
  const form = box.closest('form')
  let timer
  let asking
  const ask = async () => {
    asking?.abort()
    asking = new AbortController()
    const { label, suffix } = Object.fromEntries(new FormData(form))
    if (!label.trim()) return box.replaceChildren()
    await show(box, new URLSearchParams({ label, suffix }), asking.signal)
  }
  form.addEventListener('input', ({ target }) => {
    if (!['label', 'suffix'].includes(target.name)) return
    clearTimeout(timer)
    timer = setTimeout(ask, pauseMs)
  })
  ask()
}

async function show(box, query, signal) {
  try {
    const headers = { 'X-Requested-With': 'XMLHttpRequest', 'Accept': 'text/html' }
    const answer = await fetch(`${box.dataset.readyName}?${query}`, { headers, signal })
    if (answer.ok && !answer.redirected) box.innerHTML = await answer.text()
    else box.replaceChildren()
  } catch (error) {
    if (error.name !== 'AbortError') box.replaceChildren()
  }
}
