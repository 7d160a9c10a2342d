export function focusErrors() {
  document.querySelector('[data-focus-first]')?.focus()
}

/** A second click while the first one is on its way would ask for the same thing again. */
export function submitOnce() {
  document.addEventListener('submit', (event) => {
    const form = event.target
    if (!form.matches('[data-submit-once]')) return
    if (form.dataset.sent) return event.preventDefault()
    form.dataset.sent = 'yes'
    for (const button of form.querySelectorAll('[type=submit]')) {
      button.setAttribute('aria-disabled', 'true')
    }
  })
  // The page that the back button brings back can be sent again
  addEventListener('pageshow', () => {
    for (const form of document.querySelectorAll('[data-sent]')) {
      delete form.dataset.sent
      for (const button of form.querySelectorAll('[type=submit]')) {
        button.removeAttribute('aria-disabled')
      }
    }
  })
}
