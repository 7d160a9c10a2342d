import { type Attack, plant } from '#tests/hostile/web_isolation/attack'

const fcgi = (socket: string) => `proxy:unix:${socket}|fcgi://z/`

/** Running code as somebody else, or changing how his code runs (the V rows). */
const execution: Attack[] = [
  {
    name: 'V2: SetEnv PHP_ADMIN_VALUE',
    files: (victim) => ({
      '.htaccess': `SetEnv PHP_ADMIN_VALUE "open_basedir=/\nauto_prepend_file=${victim.root}/cgi-data/private.txt"\n`,
      'own.php': '<?php echo @file_get_contents("x");',
    }),
    path: () => '/own.php',
  },
  {
    name: "V6: SetHandler to the other's PHP socket, with a file to prepend",
    files: (victim, own) => ({
      '.htaccess': `SetHandler "${fcgi(victim.socket)}"
SetEnvIf Request_URI . PHP_ADMIN_VALUE=auto_prepend_file=${own.html}/evil.txt
ProxyFCGISetEnvIf "true" SCRIPT_FILENAME "${victim.html}/secret.php"\n`,
      'evil.txt': plant(victim),
      'x.php': 'x',
    }),
    path: () => '/x.php',
    control: 'RAN',
  },
  {
    name: 'V7: RewriteRule H= with ProxyFCGISetEnvIf',
    files: (victim) => ({
      '.htaccess': `RewriteEngine On
RewriteRule ^x.php$ - [H=${fcgi(victim.socket)}]
ProxyFCGISetEnvIf "true" SCRIPT_FILENAME "${victim.html}/secret.php"\n`,
      'x.php': 'x',
    }),
    path: () => '/x.php',
    control: 'RAN',
  },
  {
    name: "V8: RewriteRule H= alone: the other's PHP runs a file of the attacker",
    files: (victim) => ({
      '.htaccess': `RewriteEngine On\nRewriteRule ^x.php$ - [H=${fcgi(victim.socket)}]\n`,
      'x.php': plant(victim),
    }),
    path: () => '/x.php',
  },
  {
    name: "V10: RewriteRule [P] to the other's PHP socket",
    files: (victim) => ({
      '.htaccess': `RewriteEngine On
RewriteRule ^x$ unix:${victim.socket}|fcgi://z${victim.html}/secret.php [P]\n`,
    }),
    path: () => '/x',
    control: 'RAN',
  },
  {
    name: 'V11: V10 with PHP_ADMIN_VALUE and PHP_VALUE',
    files: (victim, own) => ({
      '.htaccess': `RewriteEngine On
RewriteRule ^x$ unix:${victim.socket}|fcgi://z${victim.html}/secret.php [P,E=PHP_ADMIN_VALUE:auto_prepend_file=${own.html}/evil.txt,E=PHP_VALUE:auto_append_file=${own.html}/evil.txt]\n`,
      'evil.txt': plant(victim),
    }),
    path: () => '/x',
    control: 'RAN',
  },
  {
    name: 'V11b: several settings in one variable through %0a, and a data: URL to prepend',
    files: (victim) => ({
      '.htaccess': `RewriteEngine On
RewriteCond %{QUERY_STRING} ^(.*)$
RewriteRule ^x(.*)$ unix:${victim.socket}|fcgi://z${victim.html}/secret.php [P,E=PHP_ADMIN_VALUE:$1]\n`,
    }),
    path: () =>
      '/xallow_url_include=1%0aauto_prepend_file=data:text/plain;base64,PD9waHAgZWNobyAnQ0FOQVJZLVBMQU5URUQnOw%3D%3D',
  },
  {
    name: "V12: ErrorDocument to a URL that is handed to the other's PHP",
    files: (victim) => ({
      '.htaccess': `ErrorDocument 404 /x
RewriteEngine On
RewriteRule ^x$ unix:${victim.socket}|fcgi://z${victim.html}/secret.php [P]\n`,
    }),
    path: () => '/missing',
  },
  {
    name: "V14: [P] to the other's own web server",
    files: (victim) => ({
      '.htaccess': `RewriteEngine On\nRewriteRule ^x$ http://${victim.back}/secret.php [P]\n`,
    }),
    path: () => '/x',
  },
  {
    name: 'V14: [P] to the waker, with its header',
    files: (victim) => ({
      '.htaccess': `RewriteEngine On
RequestHeader set X-Tsukasa-Wake "d2 ${victim.back.replace(':', ' ')}"
RewriteRule ^x$ unix:/run/tsukasa/wake.sock|http://${victim.back}/secret.php [P]\n`,
    }),
    path: () => '/x',
  },
  {
    name: "V15: SSI that includes through the other's PHP",
    files: (victim) => ({
      '.htaccess': `RewriteEngine On
RewriteRule ^x$ unix:${victim.socket}|fcgi://z${victim.html}/secret.php [P]\n`,
      'i.shtml': '<!--#include virtual="/x" -->',
    }),
    path: () => '/i.shtml',
  },
  {
    name: 'V16: CGI that is a symbolic link to the other’s script',
    files: (victim) => ({ 'x.cgi': { link: `${victim.root}/cgi-bin/secret.cgi` } }),
    path: () => '/x.cgi',
    control: 'RAN',
  },
  {
    name: 'V17: Action with a script of the other',
    files: (victim) => ({
      '.htaccess': 'Action evil /x.cgi virtual\nAddHandler evil .txt\n',
      'x.cgi': { link: `${victim.root}/cgi-bin/secret.cgi` },
      'a.txt': 'a',
    }),
    path: () => '/a.txt',
    control: 'RAN',
  },
  {
    name: 'V18: suexec by SuexecUserGroup, and called by hand',
    files: (victim) => ({
      '.htaccess': 'Options +ExecCGI\n',
      'x.cgi': `#!/bin/sh
echo 'Content-Type: text/plain'; echo
/usr/lib/apache2/suexec d2 d2 secret.cgi 2>&1; cat ${victim.root}/cgi-data/private.txt 2>&1
su d2 -s /bin/sh -c id </dev/null 2>&1; cat ${victim.html}/secret.txt 2>&1
setpriv --reuid=20002 id 2>&1; ls ${victim.root} 2>&1; cat /etc/shadow 2>&1\n`,
    }),
    path: () => '/x.cgi',
  },
  {
    name: 'C1-C6: directives of another way of running PHP are no way in',
    files: (victim) => ({
      '.htaccess': `FcgidWrapper ${victim.root}/cgi-bin/secret.cgi .php
FcgidInitialEnv PHPRC ${victim.html}
SetEnv PHPRC ${victim.html}
SetEnv PHP_INI_SCAN_DIR ${victim.html}
php_value auto_prepend_file ${victim.root}/cgi-data/private.txt
AddHandler fcgid-script .php\n`,
      'own.php': '<?php echo ini_get("auto_prepend_file"), php_ini_scanned_files();',
    }),
    path: () => '/own.php',
  },
]

/** Reading somebody else's files, or learning about them (the S rows). */
const reading: Attack[] = [
  {
    name: 'S1: symbolic link to a file',
    files: (victim) => ({ 'x.txt': { link: `${victim.html}/secret.txt` } }),
    path: () => '/x.txt',
    control: 'STATIC',
  },
  {
    name: 'S2: symbolic link to a directory',
    files: (victim) => ({ x: { link: victim.html } }),
    path: () => '/x/secret.txt',
    control: 'STATIC',
  },
  {
    name: 'S3: Options FollowSymLinks, and the source of PHP as text',
    files: (victim) => ({
      '.htaccess':
        'Options +FollowSymLinks +Indexes\nRemoveHandler .php\n<FilesMatch .>\nSetHandler default-handler\nForceType text/plain\n</FilesMatch>\n',
      'x': { link: victim.html },
    }),
    path: () => '/x/secret.php',
    control: 'CODE',
  },
  ...['file', 'filesize'].map((reader) => ({
    name: `S4: ${reader}() in an expression of RewriteCond`,
    files: ({ html }: { html: string }) => ({
      '.htaccess': `RewriteEngine On
RewriteCond expr "${reader}('${html}/secret.txt') =~ /(.+)/"
RewriteRule ^x$ /y?%1 [R]\n`,
    }),
    path: () => '/x',
  })),
  {
    name: 'S5: file() in ErrorDocument',
    files: (victim) => ({
      '.htaccess': `ErrorDocument 404 "%{file:${victim.html}/secret.txt}"\n`,
    }),
    path: () => '/missing',
  },
  {
    name: 'S6: file() in Header',
    files: (victim) => ({
      '.htaccess': `Header always set X-Stolen "expr=%{file:${victim.html}/secret.txt}"\n`,
      'a.txt': 'a',
    }),
    path: () => '/a.txt',
  },
  {
    name: 'S7: file() in If and Require',
    files: (victim) => ({
      '.htaccess': `<If "file('${victim.html}/secret.txt') =~ /CANARY/">
Header set X-Stolen CANARY-STATIC
</If>
Require expr "file('${victim.html}/secret.txt') =~ /CANARY/"\n`,
      'a.txt': 'a',
    }),
    path: () => '/a.txt',
  },
  {
    name: 'S9: .htaccess is a symbolic link to a file of the other, read out of the error log',
    files: (victim) => ({
      '.htaccess': { link: `${victim.root}/cgi-data/private.txt` },
      'a.txt': 'a',
    }),
    path: () => '/a.txt',
  },
  {
    name: 'S9: .htaccess is a symbolic link to /etc/shadow',
    files: () => ({ '.htaccess': { link: '/etc/shadow' }, 'a.txt': 'a' }),
    path: () => '/a.txt',
  },
  {
    name: 'S10: SSI include file, virtual and exec',
    files: (victim) => ({
      's': { link: victim.html },
      'x.shtml': `<!--#include file="s/secret.txt" --><!--#include virtual="/s/secret.txt" -->
<!--#exec cmd="cat ${victim.html}/secret.txt ${victim.root}/cgi-data/private.txt 2>&1" --><!--#fsize virtual="/s/secret.txt" -->`,
    }),
    path: () => '/x.shtml',
    control: 'STATIC',
  },
  {
    name: 'S12: is there such a file? (-f in RewriteCond)',
    files: (victim) => ({
      '.htaccess': `RewriteEngine On
RewriteCond ${victim.html}/secret.txt -f
RewriteRule ^x$ - [R=410,L,E=yes:1]
Header always set X-Stolen CANARY-STATIC env=yes\n`,
    }),
    path: () => '/x',
  },
  {
    name: 'S13: Alias, DocumentRoot and Include are no words of .htaccess',
    files: (victim) => ({
      '.htaccess': `Alias /x ${victim.html}\nDocumentRoot ${victim.html}\nInclude ${victim.html}/secret.txt\n`,
    }),
    path: () => '/x/secret.txt',
  },
  {
    name: 'S14: RewriteMap, ScriptAlias and a directory index elsewhere',
    files: (victim) => ({
      '.htaccess': `DirectoryIndex ../../../${victim.root}/html/secret.txt ${victim.html}/secret.txt\n`,
    }),
    path: () => '/',
  },
  {
    name: 'S15: RewriteRule to a path of the file system',
    files: (victim) => ({
      '.htaccess': `RewriteEngine On\nRewriteRule ^x$ ${victim.html}/secret.txt [L]\nRewriteRule ^y$ /etc/shadow [L]\n`,
    }),
    path: () => '/x',
  },
  {
    name: "S17: the other's .htpasswd as AuthUserFile",
    files: (victim) => ({
      '.htaccess': `AuthType Basic
AuthName x
AuthUserFile ${victim.html}/.htpasswd
Require valid-user
ErrorDocument 401 "CANARY-STATIC: it was read"\n`,
      'a.txt': 'CANARY-STATIC: it was believed',
    }),
    path: () => '/a.txt',
    // The user in the other's file: anything but a server error would say something about his password.
    headers: { authorization: `Basic ${Buffer.from('b:secret').toString('base64')}` },
  },
]

export const attacks: readonly Attack[] = [...execution, ...reading]
