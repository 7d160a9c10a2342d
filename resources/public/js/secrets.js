// Letters that are easily taken for each other are left out.
const letters = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const length = 16

export function serveSecrets() {
  document.addEventListener('click', (event) => {
    const show = event.target.closest('[data-show-secret]')
    if (show) toggle(show, document.getElementById(show.dataset.showSecret))
    const suggest = event.target.closest('[data-suggest-secret]')
    if (suggest) fill(document.getElementById(suggest.dataset.suggestSecret))
  })
}

function toggle(button, input, visible = input.type === 'password') {
  input.type = visible ? 'text' : 'password'
  button.textContent = visible ? '隠す' : '表示する'
  button.setAttribute('aria-pressed', String(visible))
}

function fill(input) {
  const secret = randomSecret()
  input.value = secret
  toggle(document.querySelector(`[data-show-secret="${input.id}"]`), input, true)
  const again = document.getElementById(`${input.id}_confirmation`)
  if (again) again.value = secret
  input.focus()
}

/** Each letter equally likely: bytes beyond the last whole alphabet are thrown away. */
function randomSecret() {
  const limit = 256 - (256 % letters.length)
  let secret = ''
  while (secret.length < length) {
    const [byte] = crypto.getRandomValues(new Uint8Array(1))
    if (byte < limit) secret += letters[byte % letters.length]
  }
  return secret
}
