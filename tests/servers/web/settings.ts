import type Domain from '#models/domain'
import { webPorts, type WebPort } from '#models/domain/web_port'

/** Programs that say what the settings of a site made of them. */
export const settingPrograms: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['html', 'html.stage'].map((directory) => [
      `${directory}/version.php`,
      '<?php echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;',
    ])
  ),
  'html/ini.php': `<?php
// Not told by ini_get unless somebody set them.
$own = ['mbstring.detect_order' => implode(',', mb_detect_order()),
  'mbstring.substitute_character' => mb_substitute_character()];
foreach ($_GET['of'] as $name) echo ini_get($name) ?: $own[$name] ?? ini_get($name), '|';`,
  'html/sqlite.php': `<?php
$file = dirname($_SERVER['DOCUMENT_ROOT']) . '/cgi-data/test.sqlite';
$db = new PDO("sqlite:$file");
$db->exec('create table if not exists visits (version text)');
$db->prepare('insert into visits values (?)')->execute([PHP_VERSION]);
$old = new SQLite3($file);
echo $old->querySingle('select count(*) from visits where version = "' . PHP_VERSION . '"') > 0 ? 'kept' : 'lost';`,
  'cgi-bin/ini.cgi':
    '#!/usr/bin/php-cgi\n<?php echo ini_get("memory_limit"), "|", getenv("TMPDIR");\n',
  'cgi-bin/broken.cgi': '#!/bin/sh\nexit 1\n',
  'html/forbidden/.htaccess': 'Require ip 192.0.2.1\n',
  'html/forbidden/page.html': 'secret',
  'html/busy/.htaccess': 'Redirect 503 /busy/\n',
  'html/own/.htaccess': 'ErrorDocument 404 /own/404.html\n',
  'html/own/404.html': 'the directory’s own page',
  ...Object.fromEntries(
    ['403', '404', '500', '503'].map((status) => [
      `html/errors/${status}.html`,
      `<p>own page ${status}</p>`,
    ])
  ),
  'html.stage/errors/404.html': 'staged page',
}

/** What the four ports of a site are asked by. */
export const doors: Readonly<Record<WebPort, { readonly port: number; readonly tls: boolean }>> = {
  http: { port: 80, tls: false },
  https: { port: 443, tls: true },
  staging_http: { port: 11180, tls: false },
  staging_https: { port: 11443, tls: true },
}

/** As manuals, blogs, WordPress' plug-ins and other programs write it; the whole host or one directory. */
export const waysToHttps: readonly string[] = [
  ...[
    '%{HTTPS} off',
    '%{HTTPS} !on',
    '%{HTTPS} !=on [NC]',
    '%{ENV:HTTPS} !on [NC]',
    '%{SERVER_PORT} !443$',
    '%{REQUEST_SCHEME} =http',
    '%{HTTP:X-Forwarded-Proto} !https',
  ].map(
    (condition) =>
      `RewriteEngine On\nRewriteCond ${condition}\nRewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]\n`
  ),
  `<If "%{HTTPS} == 'off'">\nRedirect 301 "https://%{HTTP_HOST}%{REQUEST_URI}"\n</If>\n`,
]

export { webPorts }

export function as({ uid }: Pick<Domain, 'uid'>, ...argv: string[]) {
  return ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', ...argv]
}
