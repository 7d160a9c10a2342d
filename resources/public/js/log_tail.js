// The end of a log, as it grows: asked for what was added while somebody can see it.
const every = 2000
const most = 1000

export function followLogs() {
  for (const list of document.querySelectorAll('[data-log-tail]')) follow(list)
}

function follow(list) {
  const state = document.querySelector('[data-log-state]')
  const pause = document.querySelector('[data-log-pause]')
  let paused = false
  pause?.addEventListener('click', () => {
    paused = !paused
    pause.textContent = paused ? '再開する' : '一時停止'
    state.textContent = paused ? '一時停止しています。' : '新しい記録を待っています。'
  })
  list.scrollTop = list.scrollHeight
  const next = async () => {
    if (!paused && document.visibilityState === 'visible') await ask(list, state)
    setTimeout(next, every)
  }
  setTimeout(next, every)
}

async function ask(list, state) {
  try {
    const { inode, offset } = list.dataset
    const known = inode ? `&inode=${inode}&offset=${offset}` : ''
    const headers = { 'X-Requested-With': 'XMLHttpRequest', 'Accept': 'application/json' }
    const answer = await fetch(list.dataset.logTail + known, { headers })
    const { value } = answer.ok && !answer.redirected ? await answer.json() : {}
    state.textContent = value
      ? '新しい記録を待っています。'
      : 'サーバに接続できません。もう一度試しています。'
    if (value) show(list, value)
  } catch {
    state.textContent = 'パネルに接続できません。もう一度試しています。'
  }
}

function show(list, { position, lines, hasSkipped }) {
  list.dataset.inode = position?.inode ?? ''
  list.dataset.offset = position?.offset ?? ''
  const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40
  const shown = hasSkipped ? ['…（表示しきれない記録を省略しました）', ...lines] : lines
  list.append(...shown.map(line))
  while (list.childElementCount > most) list.firstElementChild.remove()
  if (isAtEnd) list.scrollTop = list.scrollHeight
}

function line(text) {
  const item = document.createElement('li')
  item.textContent = text
  return item
}
