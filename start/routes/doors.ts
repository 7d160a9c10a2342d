import app from '@adonisjs/core/services/app'
import router from '@adonisjs/core/services/router'

export const doors = ['visitors', 'customers', 'staff']

/** Patterns of routes that do not go through exactly one door. */
export function routesWithoutDoor() {
  return Object.values(router.toJSON())
    .flat()
    .filter((route) => {
      const names = [...route.middleware.all()].map((each) => ('name' in each ? each.name : ''))
      return names.filter((name) => doors.includes(String(name))).length !== 1
    })
    .map((route) => `${route.methods.join('|')} ${route.pattern}`)
}

/**
 * Deny by default: the panel does not stay up with a route that nobody declared a door for. What a
 * person may do behind the door is asked of a policy, and the door refuses an answer that was made
 * without asking (see app/middleware/customers_middleware.ts).
 */
app.ready(() => {
  if (app.getEnvironment() !== 'web') return
  const open = routesWithoutDoor()
  if (open.length === 0) return
  process.stderr.write(
    `Routes without exactly one door of ${doors.join(', ')}: ${open.join('; ')}\n`
  )
  process.exit(1)
})
