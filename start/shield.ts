import app from '@adonisjs/core/services/app'
import encryption from '@adonisjs/core/services/encryption'
import ShieldMiddleware from '@adonisjs/shield/shield_middleware'
import edge from 'edge.js'

/** It keeps nothing between requests; left to itself it is made anew, templates and all, for each one. */
app.container.singleton(
  ShieldMiddleware,
  () => new ShieldMiddleware(app.config.get('shield'), encryption.use(), edge)
)
