import type { DesiredServer, WebPort } from '#convergence/desired_server'
import {
  isTls,
  namesDirectory,
  pagesDirectory,
  ports,
  runDirectory,
  wakeSocket,
  webPorts,
} from '#convergence/services/apache/layout'
import { mailRules, mailServing } from '#convergence/services/autoconfig/front'
import { directive, section } from '#convergence/syntax/apache'

/**
 * The front: TLS, HTTP/2 and the way to each domain's own web server. It has no configuration per domain and
 * reads no customer's file; which name leads where is one small file per name, read at each request.
 * So no domain can break it, and adding or suspending one needs no reload.
 */
export function frontConfiguration(server: DesiredServer): string {
  return [
    '# The front of all domains: it reads no file of a customer.',
    directive('ServerName', server.hostname),
    common,
    ...webPorts.flatMap((port) => ['', directive('Listen', ...listen(port)), ...virtualHost(port)]),
    '',
  ].join('\n')
}

function listen(port: WebPort) {
  return isTls(port) ? [ports[port].front, 'https'] : [ports[port].front]
}

function virtualHost(port: WebPort): string[] {
  return section('VirtualHost', `*:${ports[port].front}`, [
    ...(isTls(port)
      ? [directive('SSLEngine', 'on'), directive('Protocols', 'h2', 'http/1.1')]
      : []),
    directive('RequestHeader', 'set', 'X-Forwarded-Proto', isTls(port) ? 'https' : 'http'),
    // Only here does a back end learn that it was asleep: the waker reads where the request was going.
    `RequestHeader set X-Tsukasa-Wake "%{ACCOUNT}e %{ADDRESS}e ${ports[port].back}" env=WAKE`,
    ...rules(ports[port].back),
  ])
}

/**
 * mod_rewrite, in order: whose site, whether it is open, whether its server is awake. The path is taken from the
 * request line and sent on untouched, or a percent-encoded `?` or `/` would arrive as something else.
 */
function rules(back: number): string[] {
  return `RewriteEngine On
RewriteMap lower int:tolower
# A page of our own, shown instead of an answer.
RewriteCond %{ENV:REDIRECT_STATUS} .
RewriteRule ^ - [END]

RewriteCond \${lower:%{HTTP_HOST}} ^([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)\\.?(?::[0-9]{1,5})?$
RewriteRule ^ - [E=SITE:%1]
${mailRules}
RewriteCond %{ENV:SITE} ^$ [OR]
RewriteCond ${namesDirectory}/%{ENV:SITE} !-f
RewriteRule ^ - [R=404,L]
RewriteCond expr "file('${namesDirectory}/' . reqenv('SITE')) =~ m#^(d[0-9]+) (127\\.1\\.[0-9]+\\.[0-9]+) (open|suspended)\\s*$#"
RewriteRule ^ - [E=ACCOUNT:%1,E=ADDRESS:%2,E=STATE:%3]
RewriteCond %{ENV:STATE} =suspended
RewriteRule ^ - [E=PAGE:suspended,R=503,L]
RewriteCond %{ENV:STATE} !=open
RewriteRule ^ - [R=503,L]
RewriteRule ^/\\.well-known/tsukasa$ - [R=204,L]

RewriteCond ${runDirectory}/%{ENV:ACCOUNT}/pid -f
RewriteCond ${runDirectory}/%{ENV:ACCOUNT}/asleep !-f
RewriteCond %{THE_REQUEST} "^[A-Z]+ (?:https?://[^/? ]*)?(/[^? ]*)"
RewriteRule ^ http://%{ENV:ADDRESS}:${back}%1 [P,NE]
RewriteCond %{THE_REQUEST} "^[A-Z]+ (?:https?://[^/? ]*)?(/[^? ]*)"
RewriteRule ^ unix:${wakeSocket}|http://%{ENV:ADDRESS}:${back}%1 [P,NE,E=WAKE:1]
RewriteRule ^ - [R=400,L]`.split('\n')
}

const modules = [
  'mpm_event authz_core log_config alias rewrite headers setenvif env reqtimeout',
  'ssl socache_shmcb http2 proxy proxy_http',
]

const common = `ServerRoot "/etc/apache2"
PidFile "/run/apache2/apache2.pid"
DefaultRuntimeDir "/run/apache2"
User www-data
Group www-data

${modules
  .join(' ')
  .split(' ')
  .filter((name) => name !== 'log_config')
  .map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`)
  .join('\n')}

# A thread here waits while a site answers, so there are many: one slow site must not take them all.
StartServers 1
ServerLimit 16
ThreadLimit 64
ThreadsPerChild 64
MinSpareThreads 32
MaxSpareThreads 192
MaxRequestWorkers 1024
GracefulShutdownTimeout 10
Timeout 300
KeepAlive On
KeepAliveTimeout 5
RequestReadTimeout handshake=10 header=10-30,MinRate=500 body=30,MinRate=500
LimitRequestBody 1073741824

ServerTokens Prod
ServerSignature Off
TraceEnable Off
UseCanonicalName Off
AllowEncodedSlashes NoDecode
ErrorLog /var/log/apache2/error.log
LogLevel warn
LogFormat "%{Host}i %a %t \\"%r\\" %>s %O %D \\"%{User-Agent}i\\"" front
CustomLog /var/log/apache2/access.log front

<Directory "/">
  Require all denied
  AllowOverride None
</Directory>
Alias "/.tsukasa-pages/" "${pagesDirectory}/"
<Directory "${pagesDirectory}">
  Require all granted
  ForceType "text/html; charset=utf-8"
</Directory>
${mailServing}
ErrorDocument 400 /.tsukasa-pages/400.html
ErrorDocument 404 /.tsukasa-pages/unknown.html
ErrorDocument 502 /.tsukasa-pages/503.html
ErrorDocument 503 /.tsukasa-pages/503%{reqenv:PAGE}.html
ErrorDocument 504 /.tsukasa-pages/503.html

ProxyRequests Off
ProxyPreserveHost On
ProxyTimeout 300
# FastCGI and CGI have no bodies of unknown length: those are collected here first.
SetEnv proxy-sendcl 1
# What a visitor claims about himself is not passed on; mod_proxy adds the truth.
RequestHeader unset X-Forwarded-For early
RequestHeader unset X-Forwarded-Host early
RequestHeader unset X-Forwarded-Server early
RequestHeader unset X-Forwarded-Proto early
RequestHeader unset X-Real-IP early
RequestHeader unset Forwarded early
RequestHeader unset Proxy early
RequestHeader unset X-Tsukasa-Wake early

SSLProtocol -all +TLSv1.2 +TLSv1.3
SSLCipherSuite ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305
SSLHonorCipherOrder off
SSLSessionTickets off
SSLSessionCache shmcb:/run/apache2/ssl_scache(512000)
SSLCertificateFile /etc/tsukasa/tls/server.crt
SSLCertificateKeyFile /etc/tsukasa/tls/server.key`
