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
        """One name after the other: a directory may have more of them than fit into memory."""
        try:
            with os.scandir(handle) as entries:
                for count, entry in enumerate(entries):
                    if count % 128 == 0 and time.monotonic() > self.until or depth > DEEPEST:
                        self.complete = False
                    if not self.complete:
                        return
                    self.take(handle, path, os.fsencode(entry.name), entry, depth)
        except OSError:
            self.complete = False

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
    """What both sides hold, or `only` some of it, and the number of the change that was carried out last."""
    names = [name for name in SIDES if name in given.get("only", SIDES)]
    with Site(given["domain"]) as site:
        found = {}
        for left, name in zip(range(len(names), 0, -1), names):
            now = time.monotonic()
            found[name] = look_at(site, name, now + max(0.05, (until - now - 0.2) / left))
        mark = mark_text(f"{site.work}/last")
    return {"sides": found, "last": int(mark) if mark and mark.strip().isdigit() else 0}


@contextlib.contextmanager
def working(site):
    """One at a time for a domain: an agent whose panel is gone may not have noticed yet."""
    handle = os.open(real(f"{site.work}/lock"), os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    until = time.monotonic() + 30
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise Refused("E_BUSY", "somebody else works on this domain's staging")
                time.sleep(0.2)
        yield
    finally:
        os.close(handle)


class Beat:
    """Tells the panel now and then how far it is, and ends the work when nobody listens any more."""

    LONGEST = 1800

    def __init__(self, tell, is_cut):
        self.tell, self.is_cut = tell, is_cut
        self.total, self.done = 0, 0
        self.told = self.began = time.monotonic()

    def step(self, count=1):
        self.done += count
        now = time.monotonic()
        if now - self.told < 0.4:
            return
        self.told = now
        self.tell({"phase": "copy", "done": min(99, 100 * self.done // max(1, self.total, self.done))})
        if self.is_cut():
            raise Refused("E_CUT_OFF", "nobody listens any more")
        if now - self.began > self.LONGEST:
            raise Refused("E_TOO_MUCH", "not finished after half an hour")


FICLONE = 0x40049409


class Copier:
    """A copy of a tree, made as the domain's account: links stay links, hard links stay together, times are kept.

    Blocks are shared with the original where the file system can do that. Without `links` every name is a file of its own.
    """

    def __init__(self, beat, top, links=True):
        self.beat, self.top, self.links = beat, top, links
        self.files = self.bytes = self.skipped = 0
        self.clones = True
        self.known = {}

    def tree(self, source, target, path=b"", depth=0):
        if depth > DEEPEST:
            raise Refused("E_TOO_DEEP", f"more than {DEEPEST} directories in each other")
        for name, _ in entries_of(source):
            self.beat.step()
            self.one(source, name, target, name, path, depth)

    def one(self, source, name, target, new, path, depth):
        """`path`: of `target`, below the top."""
        try:
            status = os.stat(name, dir_fd=source, follow_symlinks=False)
            kind = stat.S_IFMT(status.st_mode)
            if kind == stat.S_IFDIR:
                return self.directory(source, name, target, new, path, depth, status)
            if kind == stat.S_IFLNK:
                os.symlink(os.readlink(name, dir_fd=source), new, dir_fd=target)
                self.files += 1
            elif kind == stat.S_IFREG:
                self.file(source, name, target, new, path, status)
            else:
                self.skipped += 1
        except (FileNotFoundError, PermissionError):
            # It went meanwhile, or its own owner may not read it: then no visitor sees it, either.
            self.skipped += 1

    def directory(self, source, name, target, new, path, depth, status):
        below = os.open(name, DIRECTORY, dir_fd=source)
        try:
            os.mkdir(new, 0o700, dir_fd=target)
            made = os.open(new, DIRECTORY, dir_fd=target)
            try:
                self.tree(below, made, path + new + b"/", depth + 1)
                os.fchmod(made, stat.S_IMODE(status.st_mode))
                os.utime(made, ns=(status.st_atime_ns, status.st_mtime_ns))
            finally:
                os.close(made)
        finally:
            os.close(below)

    def file(self, source, name, target, new, path, status):
        linked = self.links and status.st_nlink > 1
        first = self.known.get((status.st_dev, status.st_ino)) if linked else None
        if first is not None:
            os.link(first, new, src_dir_fd=self.top, dst_dir_fd=target, follow_symlinks=False)
        else:
            self.content(source, name, target, new)
            if linked:
                self.known[status.st_dev, status.st_ino] = path + new
        self.files += 1

    def content(self, source, name, target, new):
        old = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=source)
        try:
            status = os.fstat(old)
            if not stat.S_ISREG(status.st_mode):
                raise FileNotFoundError
            made = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=target)
            try:
                self.fill(old, made, status.st_size)
                os.fchmod(made, stat.S_IMODE(status.st_mode))
                os.utime(made, ns=(status.st_atime_ns, status.st_mtime_ns))
            finally:
                os.close(made)
        finally:
            os.close(old)

    def fill(self, old, made, size):
        self.bytes += size
        if self.clones and size:
            try:
                fcntl.ioctl(made, FICLONE, old)
                return
            except OSError as error:
                if error.errno in (errno.ENOSPC, errno.EDQUOT):
                    raise
                self.clones = False
        while part := os.read(old, 1 << 20):
            self.beat.step(0)
            while part:
                part = part[os.write(made, part) :]


def shares_blocks(directory):
    """Whether copies of this file system's files take room of their own only when they are changed."""
    flags = os.O_RDWR | os.O_TMPFILE | os.O_CLOEXEC
    try:
        one, other = os.open(".", flags, 0o600, dir_fd=directory), os.open(".", flags, 0o600, dir_fd=directory)
    except OSError:
        return False
    try:
        os.write(one, b"\0" * 4096)
        fcntl.ioctl(other, FICLONE, one)
        return True
    except OSError:
        return False
    finally:
        os.close(one)
        os.close(other)


PLACE = re.compile(r"(change|generation)-[1-9][0-9]{0,14}")
# What a file takes besides its content, roughly.
FILE_COSTS = 1024


def place_of(site, name):
    if not PLACE.fullmatch(name):
        raise Refused("E_PLACE", "no such place")
    return f"{site.work}/{name}"


def make_place(site, name):
    """A new, empty directory of root's; what an earlier try left in it goes first."""
    path = place_of(site, name)
    clear_place(site, name)
    handle, last, _ = site.tree.parent(path)
    os.mkdir(last, 0o700, dir_fd=handle)
    return path


def make_own(site, path):
    """A directory of the domain's in one of root's: a handle."""
    handle, name, safe = site.tree.parent(path)
    if not safe:
        raise Refused("E_UNTRUSTED", f"others can write above {path}")
    os.mkdir(name, 0o700, dir_fd=handle)
    own = os.open(name, DIRECTORY, dir_fd=handle)
    os.fchown(own, site.uid, site.uid)
    return own


def refuse_without_room(site, sources, room, beat):
    """`room`: bytes that are left of the domain's volume, or None where nobody knows."""
    look = Look(time.monotonic() + 60)
    with site.acting():
        for source in sources:
            look.walk(source)
    beat.total = look.files + look.directories
    work, _ = site.tree.open(site.work)
    needed = look.files * FILE_COSTS + (0 if shares_blocks(work) else look.bytes)
    if room is not None and needed > room:
        raise Refused("E_NO_ROOM", f"{needed} bytes are needed, {room} are left")


def stage_copy(site, request, beat):
    """What is public, or a generation, into a place of its own. All of it, or nothing is left of it."""
    over = site.root if request["from"] == "public" else place_of(site, request["from"])
    sources = [site.handle(f"{over}/{name}") for name in ("html", "cgi-bin")]
    try:
        refuse_without_room(site, sources, request.get("room"), beat)
        path = make_place(site, request["into"])
        links = request.get("links", True)
        figures = [copy_into(site, source, f"{path}/{name}", beat, links) for source, name in zip(sources, ("html", "cgi-bin"))]
        # What is renamed later must be whole after a power cut.
        libc.syncfs(site.tree.open(path)[0])
    except BaseException:
        clear_place(site, request["into"])
        raise
    finally:
        for source in sources:
            os.close(source)
    return {key: sum(each[key] for each in figures) for key in ("files", "bytes", "skipped")}


def copy_into(site, source, path, beat, links):
    target = make_own(site, path)
    try:
        copier = Copier(beat, target, links)
        with site.acting():
            copier.tree(source, target)
    finally:
        os.close(target)
    return {"files": copier.files, "bytes": copier.bytes, "skipped": copier.skipped}


def remove_below(handle, beat, depth=0):
    """As the owner, who may have forbidden himself to."""
    for name, entry in entries_of(handle):
        if beat:
            beat.step()
        with contextlib.suppress(OSError):
            if not entry.is_dir(follow_symlinks=False):
                os.unlink(name, dir_fd=handle)
                continue
            if depth > DEEPEST + 1:
                continue
            with contextlib.suppress(OSError):
                os.chmod(name, 0o700, dir_fd=handle)
            below = os.open(name, DIRECTORY, dir_fd=handle)
            try:
                remove_below(below, beat, depth + 1)
            finally:
                os.close(below)
            os.rmdir(name, dir_fd=handle)


def clear_place(site, name, beat=None):
    """False when something stays, such as what somebody writes meanwhile whose directory it was."""
    path = place_of(site, name)
    try:
        site.tree.forget(path)
        place, _ = site.tree.open(path)
    except FileNotFoundError:
        return True
    for below, entry in entries_of(place):
        if not entry.is_dir(follow_symlinks=False):
            os.unlink(below, dir_fd=place)
            continue
        own = os.open(below, DIRECTORY, dir_fd=place)
        try:
            with site.acting():
                remove_below(own, beat)
        finally:
            os.close(own)
        with contextlib.suppress(OSError):
            os.rmdir(below, dir_fd=place)
    site.tree.forget(path)
    handle, last, _ = site.tree.parent(path)
    try:
        os.rmdir(last, dir_fd=handle)
        return True
    except OSError:
        return False


def stage_clear(site, request, beat):
    return {"left": [name for name in request["places"] if not clear_place(site, name, beat)]}


STAGE = {"copy": stage_copy, "clear": stage_clear}


def stage(request, tell, is_cut):
    with Site(request["domain"]) as site, working(site):
        return STAGE[request["step"]](site, request, Beat(tell, is_cut))
