import { pagesDirectory, runDirectory, webDirectory } from '#convergence/services/apache/layout'

/** Tells mod_rewrite and expressions that a visitor came by TLS: `resources/server_image/modules`. */
const frontTlsModule = '/usr/lib/apache2/modules/mod_front_tls.so'

/**
 * What every domain's own web server has in common. `account` comes from the unit's command line. The parent is
 * root, to take a port below 1024 and to open logs where only root writes; it never opens a customer's file.
 */
export const serverConfiguration = `# A domain's own web server, run as the domain's account: tsukasa-web@.service
ServerRoot "/etc/apache2"
PidFile "${runDirectory}/\${account}/pid"
DefaultRuntimeDir "/run"
ServerName localhost

${[
  'mpm_event',
  'authn_core authn_file authz_core authz_host authz_user authz_groupfile access_compat auth_basic',
  'alias dir mime negotiation autoindex actions env setenvif headers expires deflate filter include',
  'rewrite remoteip proxy proxy_fcgi cgi',
]
  .join(' ')
  .split(' ')
  .map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`)
  .join('\n')}
# Made with the server's image. A machine that was taken over may not have it: %{HTTPS} stays off there.
<IfFile "${frontTlsModule}">
  LoadModule front_tls_module "${frontTlsModule}"
</IfFile>

# One process is enough for a site; a second one comes when all threads of the first are busy.
StartServers 1
ServerLimit 2
ThreadLimit 25
ThreadsPerChild 25
MinSpareThreads 1
MaxSpareThreads 50
MaxRequestWorkers 50
ListenBacklog 64
Timeout 300
KeepAlive Off

ServerTokens Prod
ServerSignature Off
TraceEnable Off
UseCanonicalName Off
LogLevel warn
LogFormat "%a %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\"" combined

# The front is the only one who can connect; it removed what the visitor claimed.
RemoteIPHeader X-Forwarded-For
RemoteIPInternalProxy 127.0.0.0/8
RequestHeader unset X-Forwarded-For
RequestHeader unset X-Forwarded-Host
RequestHeader unset X-Forwarded-Server
RequestHeader unset X-Tsukasa-Wake
ProxyRequests Off
ProxyTimeout 300

TypesConfig /etc/mime.types
AddDefaultCharset Off
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
AddHandler cgi-script .cgi .pl
# php-cgi as an interpreter refuses to run without it.
SetEnv REDIRECT_STATUS 200
# PHP as a CGI program has the same settings as PHP of a site.
PassEnv PHP_INI_SCAN_DIR TSUKASA_ROOT TSUKASA_DOMAIN
DirectoryIndex index.html index.htm index.shtml index.php index.cgi index.pl
IndexIgnore .??* *~ HEADER* README*
AddOutputFilterByType DEFLATE text/html text/plain text/css text/javascript application/javascript application/json image/svg+xml

<Directory "/">
  Require all denied
  AllowOverride None
  Options None
</Directory>
<FilesMatch "^\\.ht">
  Require all denied
</FilesMatch>

Alias "/.tsukasa-pages/" "${pagesDirectory}/"
<Directory "${pagesDirectory}">
  Require all granted
  ForceType "text/html; charset=utf-8"
</Directory>
ErrorDocument 403 /.tsukasa-pages/403.html
ErrorDocument 404 /.tsukasa-pages/404.html
ErrorDocument 500 /.tsukasa-pages/500.html
ErrorDocument 503 /.tsukasa-pages/503.html

Include "${webDirectory}/\${account}/site.conf"
`
