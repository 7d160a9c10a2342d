import { defaultScript } from '#convergence/services/sieve/scripts'
import { programDirectory, runSeconds } from '#convergence/services/user_scripts/layout'
import { block, settings } from '#convergence/syntax/dovecot'

/** MAIL-07. */
const forwards = 100

/** How Dovecot runs Sieve at delivery. Which script is whose is in the user's row. */
export const filtering: readonly string[] = [
  ...block('sieve_script personal', { type: 'personal', driver: 'file', path: defaultScript }),
  // A script that is missing must not mean mail without a spam check.
  ...block('sieve_script fallback', { type: 'default', driver: 'file', path: defaultScript }),
  ...block('sieve_plugins', { sieve_extprograms: true }),
  ...[
    'sieve_extensions {',
    '  editheader = yes',
    '  vnd.dovecot.environment = yes',
    '  vnd.dovecot.pipe = yes',
    '}',
  ],
  ...settings({
    sieve_max_redirects: forwards,
    // Forwards, and beside them the script, an answer and keeping.
    sieve_max_actions: forwards + 16,
    sieve_max_script_size: '4M',
    // A vacation text that has a `$` is put together when the script runs.
    sieve_variables_max_value_size: '64k',
    // Its own log would be beside the script, where only root writes; what matters is in the mail log too.
    sieve_user_log_path: '/dev/null',
    // Relative to /run/dovecot, whatever it says.
    sieve_pipe_socket_dir: `../..${programDirectory}`,
    sieve_pipe_exec_timeout: `${runSeconds + 10}s`,
    // Programs of Unix expect its line ends.
    sieve_pipe_input_eol: 'lf',
    // What Sieve sends (forwards, answers) goes to a port of Postfix's that rewrites the sender (SRS).
    submission_host: '127.0.0.1:10025',
  }),
]
