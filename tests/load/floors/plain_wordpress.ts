import { runThere } from '#tests/load/stage/site_files'
import type { ManagedServer } from '#tests/load/stage/managed_server'

/** Where the usual way is asked, in the same container. */
export const plainPort = 18098

const place = '/var/lib/plain-wordpress'

const modules =
  'mpm_event authz_core dir mime alias env setenvif deflate filter rewrite proxy proxy_fcgi'

const apache = `ServerRoot /etc/apache2
ServerName localhost
PidFile ${place}/apache.pid
DefaultRuntimeDir /run
User www-data
Group www-data
${modules
  .split(' ')
  .map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`)
  .join('\n')}
Listen ${plainPort}
TypesConfig /etc/mime.types
DirectoryIndex index.php index.html
DocumentRoot ${place}/html
ErrorLog ${place}/error.log
LogFormat "%h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\"" combined
CustomLog ${place}/access.log combined
AddOutputFilterByType DEFLATE text/html text/css
<Directory ${place}/html>
  Require all granted
  Options FollowSymLinks
  AllowOverride All
  <FilesMatch "\\.php$">
    SetHandler "proxy:unix:${place}/fpm.sock|fcgi://localhost/"
  </FilesMatch>
</Directory>
`

/** As Debian's pool is, with as many workers as a site here may have. */
const pool = `[global]
error_log = ${place}/fpm.log
[www]
user = www-data
group = www-data
listen = ${place}/fpm.sock
listen.owner = www-data
pm = dynamic
pm.max_children = 20
pm.start_servers = 4
pm.min_spare_servers = 2
pm.max_spare_servers = 6
`

const program = `
import json, os, shutil, subprocess, sys
place, source, version, files = json.load(sys.stdin)
os.makedirs(place, exist_ok=True)
for name, content in files.items():
    with open(f"{place}/{name}", "w") as file:
        file.write(content)
shutil.copytree(source, f"{place}/html", symlinks=True)
os.system(f"chmod -R u=rwX,go=rX {place}")
for unit, argv in {
    "plain-fpm": [f"php-fpm{version}", "--nodaemonize", "-y", f"{place}/fpm.conf"],
    "plain-apache": ["apache2", "-D", "FOREGROUND", "-f", f"{place}/apache.conf"],
}.items():
    subprocess.run(["systemd-run", "-q", f"--unit={unit}", *argv], check=True)
`

/** Plain Apache and FPM, as everybody has them, with a copy of that directory and the same database. */
export async function startPlain(server: ManagedServer, source: string, version: string) {
  const files = { 'apache.conf': apache, 'fpm.conf': pool }
  const given = JSON.stringify([place, source, version, files])
  await runThere(server, ['python3', '-c', program], given)
}
