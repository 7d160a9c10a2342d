import { toAbsolutePath } from '#convergence/syntax/names'

/** Read by MariaDB after the distribution's own files and the image's sizes. */
export const configuration = toAbsolutePath('/etc/mysql/mariadb.conf.d/95-tsukasa.cnf')
/** What the distribution's unit of MariaDB is to do besides. */
export const unitAddition = toAbsolutePath('/etc/systemd/system/mariadb.service.d/50-tsukasa.conf')
/** The only place that files could be read from and written to by SQL: it is empty, and MariaDB may not write there. */
export const noFiles = toAbsolutePath('/var/lib/mysql-files')

export const programs = toAbsolutePath('/etc/tsukasa/mariadb')
export const spaceProgram = toAbsolutePath(`${programs}/space.py`)
export const transferProgram = toAbsolutePath(`${programs}/transfer.py`)

export const state = toAbsolutePath('/var/lib/tsukasa/mariadb')
/** Who has how much room; the program that watches it reads it each time. */
export const limits = toAbsolutePath(`${state}/limits.sqlite`)

export const spaceUnit = 'tsukasa-database-space'
