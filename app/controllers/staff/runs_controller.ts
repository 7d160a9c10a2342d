import type { HttpContext } from '@adonisjs/core/http'
import Run from '#models/run'
import { readFigures } from '#models/run/figures'
import StaffPolicy from '#policies/staff_policy'

/** What one apply did to a server, step by step. */
export default class RunsController {
  async show({ bouncer, params, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const run = await Run.query()
      .where('id', params.id)
      .preload('server')
      .preload('steps', (steps) => steps.orderBy('position').limit(stepsShown + 1))
      .firstOrFail()
    const steps = run.steps.slice(0, stepsShown)
    const isCut = run.steps.length > stepsShown
    return view.render('pages/staff/runs/show', {
      run,
      steps,
      isCut,
      figures: readFigures(run.figures),
    })
  }
}

/** A first full apply has tens of thousands of steps. */
const stepsShown = 500
