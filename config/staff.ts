import env from '#start/env'
import { readSources } from '#models/ip_source/list'

/**
 * PNL-07: addresses and networks from which staff may work; from anywhere when there are none. Start-up refuses a list
 * that can't be read (start/env.ts), so that a slip of the pen doesn't open the area.
 */
const staff = { sources: readSources(env.get('STAFF_SOURCES', '')).values }

export default staff
