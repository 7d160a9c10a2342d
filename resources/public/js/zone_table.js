// OPT-10: says what is wrong with records while they are typed. Without scripts the form says it when it is sent.
const pauseMs = 400

export function checkZoneTables() {
  for (const box of document.querySelectorAll('[data-zone-table]')) watch(box)
}

function watch(box) {
  const form = box.closest('form')
  let timer
  let asking
  const ask = async () => {
    asking?.abort()
    asking = new AbortController()
    await check(box, form, asking.signal)
  }
  form.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(ask, pauseMs)
  })
  askBeforeLeaving(form)
}

/** Other pages of the table don't have what was typed on this one. */
function askBeforeLeaving(form) {
  const read = () => new URLSearchParams(new FormData(form)).toString()
  // What a form that was refused brings back is not saved, either
  const isRefused = form.querySelector('[aria-invalid="true"]') !== null
  const saved = isRefused ? null : read()
  let isSent = false
  form.addEventListener('submit', () => (isSent = true))
  addEventListener('beforeunload', (event) => {
    if (!isSent && read() !== saved) event.preventDefault()
  })
}

async function check(box, form, signal) {
  try {
    const headers = { 'X-Requested-With': 'XMLHttpRequest', 'Accept': 'application/json' }
    const body = new URLSearchParams(new FormData(form))
    const answer = await fetch(box.dataset.zoneTable, { method: 'POST', headers, body, signal })
    if (answer.ok && !answer.redirected) show(box, await answer.json())
  } catch {
    // Out of reach for the moment; the form still says everything when it is sent
  }
}

function show(box, { mistakes, warnings, values }) {
  const said = Map.groupBy(mistakes, ({ row }) => row)
  const warned = Map.groupBy(warnings, ({ row }) => row)
  const kept = new Map(values.map(({ row, text }) => [row, text]))
  for (const row of box.querySelectorAll('[data-zone-row]')) {
    const key = row.dataset.zoneRow
    showRow(row, said.get(key) ?? [], warned.get(key) ?? [], kept.get(key))
  }
  const elsewhere = (said.get(null) ?? []).map(({ text }) => text)
  box.querySelector('[data-zone-busy]').textContent = elsewhere.join(' ')
}

function showRow(row, mistakes, warnings, value) {
  const inputs = new Set(mistakes.map(({ input }) => input))
  for (const name of ['name', 'type', 'ttl', 'content']) {
    const input = row.querySelector(`.zone-row__${name}`)
    input.setAttribute('aria-invalid', String(inputs.has(name)))
  }
  const typed = row.querySelector('.zone-row__content').value.trim()
  const isText = row.querySelector('.zone-row__type').value === 'TXT'
  const reading = value && !isText && mistakes.length === 0 && value !== typed ? [value] : []
  row
    .querySelector('.zone-row__notes')
    .replaceChildren(
      ...mistakes.map(({ text }) => note(text)),
      ...warnings.map(({ text }) => note(text, 'zone-row__warning')),
      ...reading.map((text) => note(`→ ${text}`, 'zone-row__reading'))
    )
}

function note(text, kind = '') {
  const item = document.createElement('li')
  item.textContent = text
  item.className = kind
  return item
}
