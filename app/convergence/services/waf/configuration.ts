import type { DesiredDomain, DesiredWaf } from '#convergence/desired_server'
import { below } from '#convergence/services/apache/layout'
import { checkOnly, commonFile, pipesDirectory, rulesFile } from '#convergence/services/waf/layout'
import { directive } from '#convergence/syntax/apache'
import { NotWritable } from '#convergence/syntax/not_writable'

/** Debian's packages libapache2-mod-security2 and modsecurity-crs. */
const rules = '/usr/share/modsecurity-crs/rules'

/**
 * Of the CRS what looks at requests; not what watches whole visitors (912: it needs a database that all processes write
 * at each request) or asks others about addresses (910), and nothing of what sites answer.
 */
const files = [
  'REQUEST-911-METHOD-ENFORCEMENT',
  'REQUEST-913-SCANNER-DETECTION',
  'REQUEST-920-PROTOCOL-ENFORCEMENT',
  'REQUEST-921-PROTOCOL-ATTACK',
  'REQUEST-922-MULTIPART-ATTACK',
  'REQUEST-930-APPLICATION-ATTACK-LFI',
  'REQUEST-931-APPLICATION-ATTACK-RFI',
  'REQUEST-932-APPLICATION-ATTACK-RCE',
  'REQUEST-933-APPLICATION-ATTACK-PHP',
  'REQUEST-934-APPLICATION-ATTACK-NODEJS',
  'REQUEST-941-APPLICATION-ATTACK-XSS',
  'REQUEST-942-APPLICATION-ATTACK-SQLI',
  'REQUEST-943-APPLICATION-ATTACK-SESSION-FIXATION',
  'REQUEST-944-APPLICATION-ATTACK-JAVA',
  'REQUEST-949-BLOCKING-EVALUATION',
]

const exclusions: Readonly<Record<Exclude<DesiredWaf['program'], 'none'>, string>> = {
  drupal: 'REQUEST-903.9001-DRUPAL-EXCLUSION-RULES',
  wordpress: 'REQUEST-903.9002-WORDPRESS-EXCLUSION-RULES',
  nextcloud: 'REQUEST-903.9003-NEXTCLOUD-EXCLUSION-RULES',
  dokuwiki: 'REQUEST-903.9004-DOKUWIKI-EXCLUSION-RULES',
  xenforo: 'REQUEST-903.9006-XENFORO-EXCLUSION-RULES',
}

/** Bytes of a body, files not counted. */
const mostRead = 1_048_576

/** Before what is the domain's own: how requests are read. */
export const commonConfiguration = `# How ModSecurity reads requests to any site; the site's own file says what becomes of them.
LoadModule unique_id_module /usr/lib/apache2/modules/mod_unique_id.so
LoadModule security2_module /usr/lib/apache2/modules/mod_security2.so

SecRequestBodyAccess On
# Of files as much as the front lets through: they go to the domain's own tmp, where its quota counts. Of everything else
# what is looked at lies in memory.
SecRequestBodyLimit 1073741824
SecRequestBodyNoFilesLimit ${mostRead}
SecRequestBodyInMemoryLimit 131072
SecRequestBodyLimitAction Reject
SecRequestBodyJsonDepthLimit 128
SecArgumentsLimit 1000
SecUploadFileLimit 200
SecUploadKeepFiles Off
SecResponseBodyAccess Off
# A pattern that takes too long is given up; the others still look. (Long articles do that, so it's no reason to refuse.)
SecPcreMatchLimit 10000
SecPcreMatchLimitRecursion 10000
SecArgumentSeparator &
SecCookieFormat 0
SecUnicodeMapFile /etc/modsecurity/unicode.mapping 20127
SecStatusEngine Off
SecDataDir /nonexistent

# Noted for the page of events alone, instead of a line for each rule in the error log.
SecDefaultAction "phase:1,nolog,auditlog,pass"
SecDefaultAction "phase:2,nolog,auditlog,pass"
SecAuditEngine RelevantOnly
# Of itself it says 500 to JSON and XML that end too soon.
SecAuditLogRelevantStatus "^500$"
SecAuditLogFormat JSON
SecAuditLogType Serial
SecAuditLogParts ABHZ
<IfDefine !${checkOnly}>
  SecAuditLog "${pipesDirectory}/\${account}/pipe"
</IfDefine>

SecRule REQUEST_HEADERS:Content-Type "^(?:application(?:/soap\\+|/)|text/)xml" \\
  "id:200000,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=XML"
SecRule REQUEST_HEADERS:Content-Type "^application/(?:[a-z0-9.-]+[+])?json" \\
  "id:200001,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=JSON"
SecRule REQBODY_ERROR "!@eq 0" \\
  "id:200002,phase:2,t:none,deny,status:400,severity:2,msg:'The body of the request cannot be read',logdata:'%{reqbody_error_msg}'"
SecRule MULTIPART_STRICT_ERROR "!@eq 0" \\
  "id:200003,phase:2,t:none,deny,status:400,severity:2,msg:'The parts of the request are not separated as they should be'"
# Where nothing could be read there is nothing to look at.
SecRule REQBODY_ERROR "!@eq 0" "id:200012,phase:2,pass,nolog,t:none,skipAfter:TSUKASA_END"

ErrorDocument 400 /.tsukasa-pages/400.html
ErrorDocument 413 /.tsukasa-pages/413.html
`

/**
 * What is too large to lie in memory, and is no upload of files: refused, or let through unseen where it is only noted
 * or was excepted. After the exceptions.
 */
const tooLarge = `
SecRule REQUEST_HEADERS:Content-Type "!@beginsWith multipart/form-data" \\
  "id:200008,phase:1,t:none,t:lowercase,deny,status:413,severity:2,msg:'The body of the request is too large',chain"
  SecRule REQUEST_HEADERS:Content-Length "@gt ${mostRead}" "t:none"
SecRule REQUEST_HEADERS:Content-Type "!@beginsWith multipart/form-data" \\
  "id:200018,phase:1,t:none,t:lowercase,pass,nolog,chain"
  SecRule REQUEST_HEADERS:Content-Length "@gt ${mostRead}" "t:none,ctl:requestBodyAccess=Off"
`

/** After what is the domain's own. */
export const rulesConfiguration = `# The OWASP CRS as Debian has it.
SecAction "id:900990,phase:1,pass,t:none,nolog,setvar:tx.crs_setup_version=337"
Include ${rules}/REQUEST-901-INITIALIZATION.conf
${tooLarge}
# It would open a database at each request, for rules that are not here.
SecRuleRemoveById 901318 901321
SecAction "id:100000,phase:1,pass,t:none,nolog,setvar:'tx.real_ip=%{remote_addr}'"
`

const ruleFiles = files.map((name) => `Include ${rules}/${name}.conf`).join('\n')

/** What one domain's own Apache includes. */
export function wafConfiguration(domain: DesiredDomain, waf: DesiredWaf): string {
  const everywhere = waf.exceptions.filter(({ path }) => path === null)
  return [
    `# ${domain.name}`,
    directive('Include', commonFile),
    directive('SecRuleEngine', waf.mode === 'block' ? 'On' : 'DetectionOnly'),
    directive('SecTmpDir', below(domain.root, 'tmp')),
    directive('SecUploadDir', below(domain.root, 'tmp')),
    action(900000, `setvar:tx.paranoia_level=${numeral(waf.level)}`),
    ...(waf.program === 'none'
      ? []
      : [action(900130, `setvar:tx.crs_exclusions_${waf.program}=1`)]),
    ...waf.exceptions.flatMap(exception),
    directive('Include', rulesFile),
    ...(waf.program === 'none'
      ? []
      : [directive('Include', `${rules}/${exclusions[waf.program]}.conf`)]),
    ruleFiles,
    directive('SecMarker', 'TSUKASA_END'),
    // It takes each letter with the byte BE in UTF-8 (例, 体, 京 …) for a `<` of an old encoding.
    directive('SecRuleRemoveById', 941_310),
    ...everywhere.map(({ rule }) => directive('SecRuleRemoveById', numeral(rule))),
    '',
  ].join('\n')
}

function action(id: number, does: string) {
  return directive('SecAction', `id:${id},phase:1,pass,t:none,nolog,${does}`)
}

/** Before the rules, because those of the first phase can only be told then. */
function exception({ rule, path }: DesiredWaf['exceptions'][number], index: number): string[] {
  const id = 110_000 + index * 10
  const skip = `ctl:ruleRemoveById=${numeral(rule)}`
  const where = path === null ? '@beginsWith /' : operator(path)
  return [
    directive('SecRule', 'REQUEST_FILENAME', where, `id:${id},${quietly},${skip}`),
    // What cannot be read as JSON or XML is not even tried, or the request would fail at that.
    ...(rule === unreadable
      ? [
          directive('SecRule', 'REQUEST_FILENAME', where, `id:${id + 1},${quietly},chain`),
          directive(
            'SecRule',
            'REQUEST_HEADERS:Content-Type',
            '@rx (?:json|xml)',
            't:none,t:lowercase,ctl:requestBodyProcessor=URLENCODED'
          ),
        ]
      : []),
  ]
}

const unreadable = 200_002
const quietly = 'phase:1,pass,nolog,t:none,t:urlDecode,t:normalizePath'

/** Compared with the path as people read it, and after `..` was resolved: what Apache will look for. */
function operator(path: string) {
  const all = path.endsWith('*')
  const text = all ? path.slice(0, -1) : path
  if (!/^\/[\p{L}\p{N}\p{M}/._~!$&()+,;=:@-]*$/u.test(text)) throw new NotWritable(path)
  return `${all ? '@beginsWith' : '@streq'} ${text}`
}

function numeral(value: number): string {
  if (!Number.isInteger(value) || value < 1) throw new NotWritable(String(value))
  return String(value)
}
