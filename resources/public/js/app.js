import { watchApplies } from './apply.js'
import { serveCopyButtons } from './copy.js'
import { focusErrors, submitOnce } from './forms.js'
import { loadFragments } from './fragments.js'
import { followLogs } from './log_tail.js'
import { closeMenus } from './menu.js'
import { refreshMeters } from './meters.js'
import { watchReadyName } from './ready_name.js'
import { serveSecrets } from './secrets.js'
import { serveTicks } from './ticks.js'
import { checkZoneTables } from './zone_table.js'

document.documentElement.classList.add('has-scripts')
focusErrors()
submitOnce()
serveCopyButtons()
closeMenus()
serveSecrets()
watchApplies()
refreshMeters()
loadFragments()
serveTicks()
watchReadyName()
followLogs()
checkZoneTables()
