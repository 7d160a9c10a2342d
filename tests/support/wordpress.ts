import { execFile } from 'node:child_process'
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)
const cache = process.env.TSUKASA_CACHE ?? '/var/cache/tsukasa'

/** What Debian's WordPress takes from other packages: pieces of it, which it links to, and what a site looks like. */
const pieces = /^\s*\|?(?:Depends|Recommends): (libjs-\S+|php-getid3|wordpress-theme-\S+)$/gm

/**
 * A directory with WordPress as somebody would unpack it to put it on his site: the files of Debian's package, without
 * installing it and without links. Fetched once for each version.
 */
export async function wordpressTree(): Promise<string> {
  const { stdout: policy } = await execute('apt-cache', ['policy', 'wordpress'])
  const version = /Candidate: (\S+)/.exec(policy)?.[1] ?? 'none'
  const place = join(cache, `wordpress-${version.replace(/[^A-Za-z0-9.]/g, '-')}`)
  const isThere = await access(place).then(
    () => true,
    () => false
  )
  if (!isThere) await fetch(place)
  return place
}

async function fetch(place: string) {
  await mkdir(cache, { recursive: true })
  const work = await mkdtemp(join(cache, 'wordpress-part-'))
  try {
    const { stdout } = await execute('apt-cache', ['depends', 'wordpress'])
    const packages = ['wordpress', ...stdout.matchAll(pieces).map(([, name]) => name!)]
    // As root: the directory is nobody else's.
    const options = ['-o', 'APT::Sandbox::User=root']
    await execute('apt-get', ['-q', ...options, 'download', ...packages], { cwd: work })
    const { stdout: found } = await execute('find', [work, '-name', '*.deb'])
    for (const archive of found.trim().split('\n')) {
      await execute('dpkg-deb', ['-x', archive, join(work, 'root')])
    }
    const unpacked = join(work, 'root/usr/share/wordpress')
    // They lead to what the machine has, and to Debian's own way of many sites on one WordPress.
    await rm(join(unpacked, '.htaccess'), { force: true })
    await rm(join(unpacked, 'wp-config.php'), { force: true })
    await execute('cp', ['-rL', '--no-preserve=ownership', unpacked, join(work, 'tree')])
    await execute('chmod', ['-R', 'u=rwX,go=rX', join(work, 'tree')])
    await rename(join(work, 'tree'), place)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

export interface WordpressConfig {
  readonly database: string
  readonly user: string
  readonly password: string
  /** Of the names of its tables: two sites can share a database. */
  readonly prefix?: string
}

/** `wp-config.php`, as its own installer would write it; addresses follow the port that is asked. */
export function wordpressConfig({ database, user, password, prefix = 'wp_' }: WordpressConfig) {
  const quote = (text: string) => `'${text.replace(/['\\]/g, String.raw`\$&`)}'`
  return `<?php
define('DB_NAME', ${quote(database)});
define('DB_USER', ${quote(user)});
define('DB_PASSWORD', ${quote(password)});
define('DB_HOST', 'localhost');
define('DB_CHARSET', 'utf8mb4');
define('AUTH_KEY', 'a'); define('SECURE_AUTH_KEY', 'b'); define('LOGGED_IN_KEY', 'c'); define('NONCE_KEY', 'd');
define('AUTH_SALT', 'e'); define('SECURE_AUTH_SALT', 'f'); define('LOGGED_IN_SALT', 'g'); define('NONCE_SALT', 'h');
define('WP_HOME', (empty($_SERVER['HTTPS']) ? 'http' : 'https') . '://' . $_SERVER['HTTP_HOST']);
define('WP_SITEURL', WP_HOME);
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
$table_prefix = ${quote(prefix)};
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
`
}

/** What the second page of WordPress's installer sends. */
export const wordpressInstall = {
  weblog_title: '司の店',
  user_name: 'tenchou',
  admin_password: 'correct horse 7 battery',
  admin_password2: 'correct horse 7 battery',
  pw_weak: 'on',
  admin_email: 'tenchou@example.com',
  blog_public: '0',
}
