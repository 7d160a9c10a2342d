export function serveCopyButtons() {
  document.addEventListener('click', async (event) => {
    const button = event.target.closest('[data-copy], [data-copy-from]')
    if (!button) return
    const text = button.dataset.copy ?? document.getElementById(button.dataset.copyFrom).value
    if (text === '') return
    const said = button.textContent
    button.textContent = (await copy(text)) ? 'コピーしました' : 'コピーできません'
    setTimeout(() => (button.textContent = said), 2000)
  })
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyBySelection(text)
  }
}

// Browsers have no clipboard for pages that came over plain HTTP
function copyBySelection(text) {
  const area = document.createElement('textarea')
  area.value = text
  area.className = 'visually-hidden'
  document.body.append(area)
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  return done
}
