/** Programs of a customer, as he would put them on his site; each says who runs it. */
export const programs: Readonly<Record<string, string>> = {
  'html/who.php':
    '<?php echo posix_getpwuid(posix_geteuid())["name"], " ", PHP_VERSION, " ", $_SERVER["REMOTE_ADDR"], " ", $_SERVER["HTTPS"] ?? "off", " ", $_SERVER["SERVER_PORT"];',
  'html/upload.php':
    '<?php echo $_FILES["file"]["size"] ?? "none", " ", $_FILES["file"]["error"] ?? "";',
  'html/limit.php': '<?php echo ini_get("memory_limit");',
  'html/slow.php': '<?php usleep(3000000); echo "done";',
  'html/page.shtml': '<!--#exec cmd="id -un" -->',
  'html/in_html.cgi': '#!/bin/sh\necho "Content-Type: text/plain"; echo; id -un\n',
  'html/in_html.pl':
    '#!/usr/bin/perl\nprint "Content-Type: text/plain\\n\\n", scalar(getpwuid($>)), "\\n";\n',
  'html/directory/index.html': 'in a directory',
  'html/what?is 日本%2F.txt': 'an odd name',
  'html.stage/who.php': '<?php echo "stage ", PHP_VERSION, " ", $_SERVER["SERVER_PORT"];',
  'html.stage/directory/index.html': 'staged',
  'cgi-bin/perl.cgi':
    '#!/usr/bin/perl\nprint "Content-Type: text/plain\\n\\n", scalar(getpwuid($>)), "\\n";\n',
  'cgi-bin/python.cgi':
    '#!/usr/bin/python3\nimport os, pwd\nprint("Content-Type: text/plain\\n\\n" + pwd.getpwuid(os.geteuid()).pw_name)\n',
  'cgi-bin/ruby.cgi':
    '#!/usr/bin/ruby\nrequire "etc"\nputs "Content-Type: text/plain\\n\\n#{Etc.getpwuid(Process.euid).name}"\n',
  'cgi-bin/php.cgi': '#!/usr/bin/php-cgi\n<?php echo posix_getpwuid(posix_geteuid())["name"];\n',
  'cgi-bin/text.txt': 'not a program',
}

/** Writes them as the domain's account; the base directory and the files come on standard input. */
export const install = `
import json, os, sys
base, files = json.load(sys.stdin)
for name, content in files.items():
    path = os.path.join(base, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as file:
        file.write(content)
    os.chmod(path, 0o755 if content.startswith('#!') else 0o644)
`
