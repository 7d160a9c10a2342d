"""The two sides of a domain (WEB-02): what lies there, and copies of it.

Everything below a directory of the customer's is looked at, read and written as the domain's own account, step by step
from an open directory and never through a link. So whatever he renames meanwhile, it stays his own.
"""

SIDES = ("html", "html.stage", "cgi-bin", "cgi-bin.stage")
FIRST_DOMAIN_ID = 20000
DEEPEST = 200
DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


class Site:
    """A domain's root directory, which is root's own, and the account that everything in it is of."""

    def __init__(self, domain):
        if not re.fullmatch(r"[a-z0-9.-]{1,253}", domain):
            raise Refused("E_DOMAIN", "not a domain's name")
        self.tree = Tree()
        self.root = f"/data/domain/{domain}"
        handle, safe = self.tree.open(self.root)
        self.uid = os.fstat(handle).st_gid
        if not safe or self.uid < FIRST_DOMAIN_ID:
            raise Refused("E_UNTRUSTED", f"{self.root} is not as the panel made it")
        self.work = f"{self.root}/conf/staging"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.tree.close()

    def acting(self):
        return acting_as(self.uid, self.uid)

    def handle(self, path):
        """Of a directory whose place is root's to give; the caller closes it."""
        over, name, safe = self.tree.parent(path)
        if not safe:
            raise Refused("E_UNTRUSTED", f"others can write above {path}")
        return os.open(name, DIRECTORY, dir_fd=over)


def entries_of(handle):
    """Names as bytes, with what they are; in one order, whatever the file system says."""
    with os.scandir(handle) as found:
        return [(os.fsencode(entry.name), entry) for entry in found]


def shown_name(name):
    """For people: what is no text, or would not be seen, as an escape."""
    text = name.decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)[:300]


class Look:
    """Counts a tree, as far as the time goes."""

    def __init__(self, until):
        self.until, self.complete = until, True
        self.files = self.directories = self.bytes = 0
        self.newest = []

    def walk(self, handle, path=b"", depth=0):
        try:
            entries = entries_of(handle)
        except OSError:
            self.complete = False
            return
        for count, (name, entry) in enumerate(entries):
            if count % 128 == 0 and time.monotonic() > self.until or depth > DEEPEST:
                self.complete = False
            if not self.complete:
                return
            self.take(handle, path, name, entry, depth)

    def take(self, handle, path, name, entry, depth):
        with contextlib.suppress(OSError):
            status = os.stat(name, dir_fd=handle, follow_symlinks=False)
            if not stat.S_ISDIR(status.st_mode):
                self.files += 1
                self.bytes += status.st_size
                return self.remember(status.st_mtime, path + name)
            self.directories += 1
            below = os.open(name, DIRECTORY, dir_fd=handle)
            try:
                self.walk(below, path + name + b"/", depth + 1)
            finally:
                os.close(below)

    def remember(self, at, name):
        if len(self.newest) < 5 or at > self.newest[-1][0]:
            self.newest = sorted([*self.newest, (at, name)], reverse=True)[:5]

    def plain(self):
        return {
            "files": self.files,
            "directories": self.directories,
            "bytes": self.bytes,
            "newest": [[shown_name(name), max(0, int(at))] for at, name in self.newest],
            "complete": self.complete,
        }


def look_at(site, name, until):
    handle = site.handle(f"{site.root}/{name}")
    look = Look(until)
    try:
        with site.acting():
            look.walk(handle)
    finally:
        os.close(handle)
    return look.plain()


@question
def staging_sides(given, until):
    """What both sides hold, and the number of the change that was carried out last."""
    with Site(given["domain"]) as site:
        found = {}
        for left, name in zip(range(len(SIDES), 0, -1), SIDES):
            now = time.monotonic()
            found[name] = look_at(site, name, now + max(0.05, (until - now - 0.2) / left))
        mark = mark_text(f"{site.work}/last")
    return {"sides": found, "last": int(mark) if mark and mark.strip().isdigit() else 0}
