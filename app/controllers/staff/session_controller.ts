import type { HttpContext } from '@adonisjs/core/http'
import { stampSession } from '#middleware/session_stamp'
import { limitSignIn } from '#middleware/sign_in_limits'
import Staff from '#models/staff'
import StaffPolicy from '#policies/staff_policy'
import { signIn } from '#validators/session'

export default class SessionController {
  async create({ view }: HttpContext) {
    return view.render('pages/staff/session/create')
  }

  async store(ctx: HttpContext) {
    const { auth, i18n, request, response, session } = ctx
    const { login, password } = await request.validateUsing(signIn)
    const staff = await limitSignIn(ctx, 'staff', login, () => Staff.authenticate(login, password))
    if (!staff) {
      session.flash('refusal', i18n.t('messages.session.refused'))
      session.flash('login', request.input('login'))
      return response.redirect().toRoute('staff.session.create')
    }

    await auth.use('staff').login(staff)
    stampSession(ctx, 'staff', staff)
    return response.redirect().toIntendedRoute('staff.home.show')
  }

  async destroy({ auth, bouncer, response }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('leave')
    await auth.use('staff').logout()
    return response.redirect().toRoute('staff.session.create')
  }
}
