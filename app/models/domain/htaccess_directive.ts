/**
 * WEB-01: what `.htaccess` takes, by what people want to do. A test on a real server holds it against what that
 * server's Apache says of the modules and the `AllowOverride` that sites have: nothing is missing, nothing is promised
 * that would be refused.
 */
export interface HtaccessGroup {
  /** Key of its words in `resources/lang/ja/htaccess.json`. */
  readonly key: string
  readonly directives: readonly string[]
  /** A line or more that works as it is. */
  readonly example: string
}

const words = (text: string) => text.trim().split(/\s+/)

/** What `Options` may be; every site begins with FollowSymLinks, Includes and ExecCGI. */
export const htaccessOptions = [
  ...['Indexes', 'FollowSymLinks', 'SymLinksIfOwnerMatch', 'ExecCGI', 'Includes', 'IncludesNOEXEC'],
  ...['MultiViews', 'All', 'None'],
]

export const htaccessGroups: readonly HtaccessGroup[] = [
  {
    key: 'access',
    directives: words(`
      AuthType AuthName AuthUserFile AuthGroupFile AuthBasicProvider AuthBasicAuthoritative AuthBasicFake
      AuthBasicUseDigestAlgorithm AuthMerging AuthzSendForbiddenOnFailure CGIPassAuth Require <RequireAll> <RequireAny>
      <RequireNone> Satisfy Order Allow Deny <Limit> <LimitExcept>`),
    example: 'Require ip 192.0.2.0/24',
  },
  {
    key: 'redirect',
    directives: words(`
      Redirect RedirectMatch RedirectPermanent RedirectTemp RedirectRelative RewriteEngine RewriteBase RewriteCond
      RewriteRule RewriteOptions FallbackResource QualifyRedirectURL AliasPreservePath`),
    example:
      'RewriteEngine On\nRewriteCond %{REQUEST_SCHEME} =http\nRewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]',
  },
  {
    key: 'types',
    directives: words(`
      AddDefaultCharset AddCharset AddType AddEncoding AddLanguage DefaultLanguage DefaultType ForceType RemoveCharset
      RemoveType RemoveEncoding RemoveLanguage LanguagePriority ForceLanguagePriority MultiviewsMatch`),
    example: 'AddCharset Shift_JIS .html',
  },
  {
    key: 'headers',
    directives: words(`
      Header RequestHeader ExpiresActive ExpiresByType ExpiresDefault FileETag ContentDigest`),
    example: 'ExpiresActive On\nExpiresByType image/png "access plus 1 month"',
  },
  {
    key: 'index',
    directives: words(`
      DirectoryIndex DirectoryIndexRedirect DirectorySlash DirectoryCheckHandler Options IndexOptions IndexOrderDefault
      IndexIgnore IndexIgnoreReset IndexStyleSheet IndexHeadInsert HeaderName ReadmeName FancyIndexing AddIcon
      AddIconByType AddIconByEncoding AddAlt AddAltByType AddAltByEncoding AddDescription DefaultIcon`),
    example: 'Options +Indexes\nIndexOptions Charset=UTF-8',
  },
  {
    key: 'programs',
    directives: words(`
      AddHandler RemoveHandler SetHandler Action AcceptPathInfo CGIVar SetEnv UnsetEnv PassEnv SetEnvIf SetEnvIfNoCase
      SetEnvIfExpr BrowserMatch BrowserMatchNoCase XBitHack SSIErrorMsg SSITimeFormat SSIUndefinedEcho SSIEtag
      SSILastModified SSILegacyExprParser ProxyFCGIBackendType ProxyFCGISetEnvIf RLimitCPU RLimitMEM RLimitNPROC`),
    example: 'AddHandler cgi-script .py',
  },
  {
    key: 'errors',
    directives: words('ErrorDocument Error ServerSignature'),
    example: 'ErrorDocument 404 /errors/404.html',
  },
  {
    key: 'filters',
    directives: words(`
      AddOutputFilter AddOutputFilterByType AddInputFilter RemoveOutputFilter RemoveInputFilter SetOutputFilter
      SetInputFilter FilterDeclare FilterProvider FilterChain FilterProtocol DeflateInflateLimitRequestBody
      DeflateInflateRatioLimit DeflateInflateRatioBurst LimitRequestBody LimitXMLRequestBody EnableMMAP EnableSendfile
      LogIOTrackTTFB`),
    example: 'LimitRequestBody 10485760',
  },
  {
    key: 'conditions',
    directives: words(`
      <Files> <FilesMatch> <If> <ElseIf> <Else> <IfModule> <IfDefine> <IfFile> <IfDirective> <IfSection> <IfVersion>`),
    example: '<FilesMatch "\\.(bak|sql)$">\n  Require all denied\n</FilesMatch>',
  },
]
