// The menu of narrow screens closes by Escape, as menus do; whoever was in it is where it was opened.
export function closeMenus() {
  document.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape') return
    for (const menu of document.querySelectorAll('.menu[open]')) close(menu)
  })
}

function close(menu) {
  const hadFocus = menu.contains(document.activeElement)
  menu.open = false
  if (hadFocus) menu.querySelector('summary').focus()
}
