"""What a domain's site has, looked at as the domain's own account: nothing of it is opened by root."""

FIRST_UID, LAST_UID = 20000, 1 << 31
MOST_PAGES = 10
INI_DIRECTORY = "var"

# Read by PHP's own reader, in the order in which PHP reads files, but without obeying any of it (php -n).
READ_INI = r"""
$found = []; $broken = [];
foreach (is_dir($argv[1]) ? scandir($argv[1]) : [] as $name) {
    $path = "$argv[1]/$name";
    if (!str_ends_with($name, '.ini') || !is_file($path) || count($found) > 200) continue;
    $text = (string) @file_get_contents($path, false, null, 0, 65536);
    $read = @parse_ini_string($text, true);
    if ($read === false) { $broken[] = $name; continue; }
    foreach ($read as $key => $value) {
        $values = is_array($value) ? (preg_match('/^(PATH|HOST)=/i', $key) ? [] : $value) : [$key => $value];
        foreach ($values as $each => $text) if (is_string($text)) $found[$each] = [substr($text, 0, 200), $name];
    }
}
echo json_encode(['values' => (object) $found, 'broken' => $broken], JSON_INVALID_UTF8_SUBSTITUTE);
"""


def as_domain(given):
    """Words in front of a command that make it the domain's own."""
    uid = given["uid"]
    if type(uid) is not int or not FIRST_UID <= uid < LAST_UID:
        raise Refused("E_UID", "not the uid of a domain")
    return ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--no-new-privs", "--"]


def root_of(given):
    if not isinstance(given["domain"], str) or not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", given["domain"]):
        raise Refused("E_DOMAIN", "not the name of a domain")
    return f"/data/domain/{given['domain']}"


@question
def web_pages(given, until):
    """WEB-01: which of the paths below `html` are files that the site can read."""
    root, paths = root_of(given), given["paths"]
    shape = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")
    if len(paths) > MOST_PAGES or not all(isinstance(path, str) and shape.fullmatch(path) for path in paths):
        raise Refused("E_PATH", "not paths of pages")
    return [path for path in paths if is_readable(given, f"{root}/html{path}", until)]


def is_readable(given, path, until):
    status, _ = ask_command([*as_domain(given), "test", "-f", path, "-a", "-r", path], until)
    return status == 0


@question
def php_ini(given, until):
    """WEB-03: what the customer's own files say, with the file that has the last word for each value."""
    if not isinstance(given["php"], str) or not re.fullmatch(r"\d\.\d{1,2}", given["php"]):
        raise Refused("E_VERSION", "not a version of PHP")
    argv = [*as_domain(given), f"php{given['php']}", "-n", "-r", READ_INI, "--", f"{root_of(given)}/{INI_DIRECTORY}"]
    status, output = ask_command(argv, until)
    if status:
        raise Refused("E_PHP", f"php: status {status}")
    return json.loads(output)
