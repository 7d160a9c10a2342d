import type { DesiredServer, WebPort } from '#convergence/desired_server'
import type { FileResource } from '#convergence/resource'
import {
  acmeDirectory,
  frontRules,
  isTls,
  namesDirectory,
  pagesDirectory,
  ports,
  runDirectory,
  wakeSocket,
  webPorts,
} from '#convergence/services/apache/layout'
import { serverFiles, tlsDirectory } from '#convergence/services/apache/tls'
import { mailRules, mailServing } from '#convergence/services/autoconfig/front'
import { directive, section } from '#convergence/syntax/apache'
import { NotWritable } from '#convergence/syntax/not_writable'

/**
 * The front: TLS, HTTP/2 and the way to each domain's own web server. It reads no customer's file, and of a domain
 * it has only a certificate where there is one; which name leads where is one small file per name, read at each request.
 * So no domain can break it, and adding or suspending one needs no reload.
 */
export function frontConfiguration(server: DesiredServer): string {
  return [
    '# The front of all domains: it reads no file of a customer.',
    directive('ServerName', server.hostname),
    common.trimEnd(),
    directive('SSLCertificateFile', serverFiles(server).chain),
    directive('SSLCertificateKeyFile', serverFiles(server).key),
    ...challengeAnswer(server),
    ...webPorts.flatMap((port) => ['', directive('Listen', ...listen(port)), ...virtualHost(port)]),
    '',
    '# The first host of a port is for all names without a certificate of their own.',
    directive('IncludeOptional', `${tlsDirectory}/*.conf`),
    '',
  ].join('\n')
}

/** What each virtual host of a port includes. */
export function frontRulesOf(port: WebPort): FileResource {
  const content = `${frontPort(port).join('\n')}\n`
  const owned = { owner: 'root', group: 'root', mode: 0o644 } as const
  return { kind: 'file', path: frontRules(port), content, ...owned }
}

/**
 * WEB-09: the answer to an authority's question is the question and the fingerprint of the panel's key (RFC 8555, 8.1), so
 * nothing is brought here for it; nobody without that key can make use of it.
 */
function challengeAnswer({ acmeThumbprint }: DesiredServer): string[] {
  if (acmeThumbprint === null) return []
  if (!/^[A-Za-z0-9_-]{43}$/.test(acmeThumbprint)) throw new NotWritable(acmeThumbprint)
  return ['', `ErrorDocument 200 "%{reqenv:CHALLENGE}.${acmeThumbprint}"`]
}

function listen(port: WebPort) {
  return isTls(port) ? [ports[port].front, 'https'] : [ports[port].front]
}

function virtualHost(port: WebPort): string[] {
  return section('VirtualHost', `*:${ports[port].front}`, [
    directive('Include', frontRules(port)),
    ...(isTls(port) ? [directive('Protocols', 'h2', 'http/1.1')] : []),
  ])
}

function frontPort(port: WebPort): string[] {
  return [
    ...(isTls(port)
      ? [
          directive('SSLEngine', 'on'),
          // Instead of what the site says: the panel's setting is what its page shows (RFC 6797, 6.1).
          'Header set Strict-Transport-Security "max-age=%{HSTS}e" env=HSTS',
        ]
      : []),
    directive('RequestHeader', 'set', 'X-Forwarded-Proto', isTls(port) ? 'https' : 'http'),
    // Only here does a back end learn that it was asleep: the waker reads where the request was going.
    `RequestHeader set X-Tsukasa-Wake "%{ACCOUNT}e %{ADDRESS}e ${ports[port].back}" env=WAKE`,
    ...rules(port),
  ]
}

/**
 * mod_rewrite, in order: whose site, whether it is open, whether its server is awake. The path is taken from the
 * request line and sent on untouched, or a percent-encoded `?` or `/` would arrive as something else.
 */
function rules(port: WebPort): string[] {
  const { back } = ports[port]
  return `RewriteEngine On
RewriteMap lower int:tolower
# A page of our own, shown instead of an answer.
RewriteCond %{ENV:REDIRECT_STATUS} .
RewriteRule ^ - [END]

RewriteCond \${lower:%{HTTP_HOST}} ^([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)\\.?(?::[0-9]{1,5})?$
RewriteRule ^ - [E=SITE:%1]
# Whatever the site does or whether it is open: it is about the name alone.
RewriteCond %{ENV:SITE} .
RewriteCond ${acmeDirectory}/%{ENV:SITE} -f
RewriteRule ^/\\.well-known/acme-challenge/([A-Za-z0-9_-]{16,256})$ - [E=CHALLENGE:$1,R=200,L]
${mailRules}
RewriteCond %{ENV:SITE} ^$ [OR]
RewriteCond ${namesDirectory}/%{ENV:SITE} !-f
RewriteRule ^ - [R=404,L]
RewriteCond expr "file('${namesDirectory}/' . reqenv('SITE')) =~ m#^(d[0-9]+) (127\\.1\\.[0-9]+\\.[0-9]+) (open|suspended)(?: (https))?(?: hsts=([0-9]+))?\\s*$#"
RewriteRule ^ - [E=ACCOUNT:%1,E=ADDRESS:%2,E=STATE:%3,E=SECURE:%4,E=MAXAGE:%5]
RewriteCond %{ENV:STATE} =suspended
RewriteRule ^ - [E=PAGE:suspended,R=503,L]
RewriteCond %{ENV:STATE} !=open
RewriteRule ^ - [R=503,L]
RewriteRule ^/\\.well-known/tsukasa$ - [R=204,L]
${isTls(port) ? hstsRule : port === 'http' ? redirectRule : ''}
RewriteCond ${runDirectory}/%{ENV:ACCOUNT}/pid -f
RewriteCond ${runDirectory}/%{ENV:ACCOUNT}/asleep !-f
RewriteCond %{THE_REQUEST} "^[A-Z]+ (?:https?://[^/? ]*)?(/[^? ]*)"
RewriteRule ^ http://%{ENV:ADDRESS}:${back}%1 [P,NE]
RewriteCond %{THE_REQUEST} "^[A-Z]+ (?:https?://[^/? ]*)?(/[^? ]*)"
RewriteRule ^ unix:${wakeSocket}|http://%{ENV:ADDRESS}:${back}%1 [P,NE,E=WAKE:1]
RewriteRule ^ - [R=400,L]`.split('\n')
}

/** WEB-09: the way a name's certificate is; `secure` names have one that covers them. */
const redirectRule = `RewriteCond %{ENV:SECURE} .
RewriteCond %{REQUEST_URI} !^/\\.well-known/acme-challenge/
RewriteCond %{THE_REQUEST} "^[A-Z]+ (?:https?://[^/? ]*)?(/[^? ]*)"
RewriteRule ^ https://%{ENV:SITE}%1 [R=301,NE,L]
`
const hstsRule = `RewriteCond %{ENV:MAXAGE} .
RewriteRule ^ - [E=HSTS:%{ENV:MAXAGE}]
`

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
`
