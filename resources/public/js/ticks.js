// One box that ticks all boxes of a list.
export function serveTicks() {
  document.addEventListener('change', ({ target }) => {
    if (!target.matches('[data-tick-all]')) return
    for (const box of document.getElementsByName(target.dataset.tickAll)) {
      box.checked = target.checked
    }
  })
}
