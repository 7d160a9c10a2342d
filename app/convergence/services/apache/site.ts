import type { DesiredDomain, WebPort } from '#convergence/desired_server'
import {
  backAddress,
  below,
  isStaging,
  isTls,
  ports,
  webPorts,
} from '#convergence/services/apache/layout'
import { phpSocket } from '#convergence/services/php/layout'
import { checkTogether, domainConfiguration } from '#convergence/services/waf/layout'
import { directive, section } from '#convergence/syntax/apache'
import type { AbsolutePath } from '#convergence/syntax/names'

/**
 * What one domain's own web server adds to `server.conf`: four virtual hosts, one for each port that a
 * visitor can use. Which names lead here is the front's business.
 */
export function siteConfiguration(domain: DesiredDomain): string {
  const hosts = webPorts.flatMap((port) => ['', ...virtualHost(domain, port)])
  const own = [
    directive('User', domain.unixName),
    directive('Group', domain.unixName),
    directive('ErrorLog', below(domain.root, 'log', 'error.log')),
    // Of CGI programs; what is in there counts as the domain's (PNL-05).
    directive('SetEnv', 'TMPDIR', below(domain.root, 'tmp')),
  ]
  return [`# ${domain.name}`, ...own, ...guard(domain), ...hosts, ''].join('\n')
}

/** OPT-12. */
function guard({ unixName, waf }: DesiredDomain): string[] {
  if (waf === null || waf.mode === 'off') return []
  const include = directive('Include', domainConfiguration(unixName))
  return [`<IfDefine !${checkTogether}>`, `  ${include}`, '</IfDefine>']
}

function virtualHost(domain: DesiredDomain, port: WebPort): string[] {
  const { back, front } = ports[port]
  const suffix = isStaging(port) ? '.stage' : ''
  const html = below(domain.root, `html${suffix}`)
  const scheme = isTls(port) ? 'https' : 'http'
  return [
    directive('Listen', `${backAddress(domain)}:${back}`),
    ...section('VirtualHost', `${backAddress(domain)}:${back}`, [
      // The scheme and port that a visitor sees: redirects to a directory's slash are made from them.
      directive('ServerName', `${scheme}://${domain.name}:${front}`),
      directive('DocumentRoot', html),
      directive('ScriptAlias', '/cgi-bin/', `${below(domain.root, `cgi-bin${suffix}`)}/`),
      ...(isTls(port) ? encrypted : []),
      directive('ErrorLog', below(domain.root, 'log', `error${suffix}.log`)),
      directive('CustomLog', below(domain.root, 'log', `access${suffix}.log`), 'combined'),
      ...errorPages(domain),
      ...section('Directory', html, phpHandler(domain, port)),
      ...section('Directory', below(domain.root, `cgi-bin${suffix}`), cgiDirectory),
    ]),
  ]
}

/**
 * TLS ends at the front. Programs read the variable, and `%{ENV:HTTPS}` of `.htaccess`, which SetEnv would be too late for;
 * `%{HTTPS}` there asks the connection.
 */
const encrypted = [
  directive('SetEnvIf', 'Request_URI', '^', 'HTTPS=on'),
  ...section('IfModule', 'front_tls_module', [directive('FrontTLS', 'On')]),
]

/**
 * WEB-01: the customer's own pages. `.htaccess` may name others. When the file is not there any more, visitors get the
 * server's page again instead of Apache's words about a second error.
 */
function errorPages({ errorPages: pages }: DesiredDomain): string[] {
  if (pages.length === 0) return []
  // mod_rewrite reads its own words and leaves a backslash as it is, so there is none.
  return [
    directive('RewriteEngine', 'On'),
    ...pages.flatMap(({ status, path }) => [
      directive('ErrorDocument', status, path),
      directive('RewriteCond', '%{ENV:REDIRECT_STATUS}', `=${status}`),
      directive('RewriteCond', `%{DOCUMENT_ROOT}${path}`, '!-f'),
      directive(
        'RewriteRule',
        `^${path.replaceAll('.', '[.]')}$`,
        `/.tsukasa-pages/${status}.html`,
        '[PT,L]'
      ),
    ]),
  ]
}

/** WEB-03: each port has its own PHP version. The socket is the domain's, and nobody else may open it. */
function phpHandler(domain: DesiredDomain, port: WebPort): string[] {
  const socket: AbsolutePath = phpSocket(domain.unixName, domain.php[port])
  return [
    ...htmlDirectory,
    ...section('FilesMatch', '\\.php$', [
      directive('SetHandler', `proxy:unix:${socket}|fcgi://${domain.unixName}/`),
      // PHP_VALUE of a request stays in the worker that served it: a later visitor would get it too.
      directive('ProxyFCGISetEnvIf', 'true', '!PHP_VALUE'),
      directive('ProxyFCGISetEnvIf', 'true', '!PHP_ADMIN_VALUE'),
      // A page that is not there gets the page that says so, rather than PHP's bare "File not found.". Put this way
      // round because <If> comes last: it takes a handler away, and never one back that `.htaccess` took away.
      ...section('If', '! -f %{REQUEST_FILENAME}', [directive('SetHandler', 'none')]),
    ]),
  ]
}

/**
 * Everything a visitor's request touches runs as the domain's own account, so `.htaccess` can only hurt its owner: every
 * group of directives, and every option, is his. php_value and the like are for another way of running PHP: what
 * Apache does not know is ignored rather than answered with 500.
 */
const overrides = directive(
  'AllowOverride',
  'AuthConfig',
  'FileInfo',
  'Indexes',
  'Limit',
  // Without a list it would be all but these two, which packages of other people's programs bring along.
  'Options=All,MultiViews,SymLinksIfOwnerMatch',
  'Nonfatal=Unknown'
)

const htmlDirectory = [
  directive('Require', 'all', 'granted'),
  directive('Options', 'FollowSymLinks', 'Includes', 'ExecCGI'),
  overrides,
]

const cgiDirectory = [
  directive('Require', 'all', 'granted'),
  directive('Options', 'FollowSymLinks', 'ExecCGI'),
  overrides,
  directive('SetHandler', 'cgi-script'),
  // An index that is no program would be run as one.
  directive('DirectoryIndex', 'index.cgi', 'index.pl'),
]
