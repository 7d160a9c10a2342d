"""Whether somebody changed the files of a domain's site (WEB-07).

Everything below its directories is looked at as the domain's account, from open directories and through no link; what
was found the last time lies beside them, where only root gets. A walk and what is kept are both in one order, so
they are compared as they go by, however many files there are.
"""

import codecs
import gzip
import zlib

# Read now: while it acts as a customer the agent may not be let into Python's own directories.
ENCODINGS = ("utf-8", "cp932", "euc_jp")
for name in (*ENCODINGS, "unicode_escape"):
    codecs.lookup(name)

WATCHED = ("html", "html.stage", "cgi-bin", "cgi-bin.stage", "cgi-data")
# Which change places with each other.
TWINS = {"html": "html.stage", "html.stage": "html", "cgi-bin": "cgi-bin.stage", "cgi-bin.stage": "cgi-bin"}

LARGE = 256 << 20
# Apparent size above which empty parts are left out of the digest: a file of 8 EiB takes a second to make.
SPARSE = 1 << 30
# Seconds of reading; what is then left is told as unread. All of the large ones together have their own share.
READING, READING_LARGE = 1200, 600
# Of one directory, and of all.
TAMPER_MOST_NAMES, TAMPER_MOST_ENTRIES = 300_000, 3_000_000
# Of a text that is kept to show later what changed in it, and of all of them.
KEPT_TEXT, KEPT_TEXTS = 64 * 1024, 32 << 20
# A page that is mapped may be written again without the file's times telling, until it went to the disk.
SETTLED = 600
# Seconds after which a file is read although nothing tells that it changed.
BELIEVED = 7 * 86400
MOST_FINDINGS = 500
# Of programs, of pages, and of the rest: thousands of pages hide no program.
MOST_OF = (300, 150, 500)
# Characters of all differences of a look, and of one.
MOST_DIFF, MOST_DIFF_OF_ONE = 100_000, 12_000
TAMPER_LONGEST_LINE = 300
MOST_EDITS = 300

# What a server acts on; what visitors' browsers act on.
PROGRAMS = re.compile(rb"\.(php\d?|phtml|phar|inc|cgi|pl|pm|py|rb|sh|shtml|htaccess|ini)$|^\.ht|^\.user\.ini$", re.I)
PAGES = re.compile(rb"\.(js|mjs|html?|svg)$", re.I)
# What somebody made of his own is the least remarkable, and the most.
TOLD_FIRST = ("changed", "unread", "removed", "added")
TAMPER_KINDS = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "link"}
TAMPER_FULL = (errno.ENOSPC, errno.EDQUOT)


class Entry:
    """Something below a watched directory, as it was found. `unread`: why its content is not known."""

    __slots__ = ("path", "key", "kind", "mode", "size", "ino", "mtime", "ctime", "read", "digest", "text", "unread")

    def __init__(self, path, kind, mode=0, size=0, ino=0, mtime=0, ctime=0, read=0, digest=None, text=None, unread=None):
        # Components in order: what lies below a directory follows it.
        self.path, self.key = path, path.replace(b"/", b"\0")
        self.kind, self.mode, self.size, self.ino = kind, mode, size, ino
        self.mtime, self.ctime = mtime, ctime
        self.read, self.digest, self.text, self.unread = read, digest, text, unread

    @classmethod
    def of(cls, path, status, unread=None):
        kind = TAMPER_KINDS.get(stat.S_IFMT(status.st_mode), "other")
        size = 0 if kind == "directory" else status.st_size
        mode = stat.S_IMODE(status.st_mode)
        return cls(path, kind, mode, size, status.st_ino, status.st_mtime_ns, status.st_ctime_ns, unread=unread)

    def stamp(self):
        return (self.ino, self.size, self.mtime, self.ctime)

    def line(self):
        plain = [os.fsdecode(self.path), self.kind, self.mode, self.size, self.ino, self.mtime, self.ctime]
        return json.dumps([*plain, self.read, self.digest, self.text, self.unread], separators=(",", ":")).encode() + b"\n"

    @classmethod
    def from_line(cls, line):
        path, *rest = json.loads(line)
        return cls(os.fsencode(path), *rest)

    def facts(self):
        is_link = self.kind == "link"
        return {
            "bytes": min(self.size, 2**53 - 1),
            "mode": self.mode,
            "at": min(max(0, self.mtime // 10**9), 2**40 - 1),
            "digest": None if is_link else self.digest,
            "target": shown_name(bytes.fromhex(self.digest)) if is_link and self.digest else None,
        }


class Shelf:
    """`conf/tamper`: `baseline` and `last`, each with what a look found, and `work` for what is being made."""

    def __init__(self, site):
        self.site, self.path = site, f"{site.root}/conf/tamper"
        over, name, safe = site.tree.parent(self.path)
        if not safe:
            raise Refused("E_UNTRUSTED", f"others can write above {self.path}")
        with contextlib.suppress(FileExistsError):
            os.mkdir(name, 0o700, dir_fd=over)
        self.handle = os.open(name, DIRECTORY, dir_fd=over)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.handle)

    def open(self, name, flags=os.O_RDONLY):
        return os.open(name, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=self.handle)

    @contextlib.contextmanager
    def locked(self):
        lock = self.open("lock", os.O_CREAT | os.O_RDWR)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise Refused("E_BUSY", "another look at this domain is under way")
        finally:
            os.close(lock)

    def clear(self, name):
        try:
            handle = os.open(name, DIRECTORY, dir_fd=self.handle)
        except FileNotFoundError:
            return
        try:
            for below in os.listdir(handle):
                os.unlink(below, dir_fd=handle)
        finally:
            os.close(handle)
        os.rmdir(name, dir_fd=self.handle)

    def read(self, name):
        """None for what is not there, or was torn."""
        try:
            with gzip.open(os.fdopen(self.open(name), "rb")) as file:
                return json.loads(file.read())
        except (OSError, EOFError, ValueError):
            return None

    def write(self, name, value):
        with os.fdopen(self.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "wb") as raw:
            with gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=1) as file:
                file.write(json.dumps(value).encode())
            raw.flush()
            os.fsync(raw.fileno())

    def place(self, new, over):
        """What was made takes the place of what is there. A kill in between leaves it to be done once more."""
        self.clear("old")
        with contextlib.suppress(FileNotFoundError):
            os.rename(over, "old", src_dir_fd=self.handle, dst_dir_fd=self.handle)
        os.rename(new, over, src_dir_fd=self.handle, dst_dir_fd=self.handle)
        os.fsync(self.handle)
        self.clear("old")

    def choose(self, settled):
        """(directory to compare with or None, number of the look that found it)"""
        last, baseline = self.read("last/about"), self.read("baseline/about")
        if settled and last and last["look"] == settled:
            self.place("last", "baseline")
            baseline = last
        if baseline is None or not settled:
            return None, None
        return baseline, baseline["look"]


class Torn(Exception):
    """What was kept can't be read any more."""


class Kept:
    """What an earlier look found in a directory, entry by entry."""

    def __init__(self, shelf, name):
        self.file = None
        with contextlib.suppress(FileNotFoundError):
            self.file = gzip.open(os.fdopen(shelf.open(f"baseline/{name}"), "rb"))
        self.now = None
        self.step()

    def step(self):
        try:
            line = self.file.readline() if self.file else b""
            self.now = Entry.from_line(line) if line else None
        except (EOFError, ValueError, TypeError, zlib.error, gzip.BadGzipFile) as error:
            raise Torn from error


class Keeping:
    """What is found now. Where there is no room for it, the look goes on without."""

    def __init__(self, shelf):
        self.shelf, self.whole, self.texts = shelf, True, 0
        self.file, self.lines = None, []
        shelf.clear("work")
        self.attempt(lambda: os.mkdir("work", 0o700, dir_fd=shelf.handle))

    def attempt(self, work):
        try:
            if self.whole:
                work()
        except OSError as error:
            if error.errno not in TAMPER_FULL:
                raise
            self.whole = False

    def begin(self, name):
        def work():
            self.raw = os.fdopen(self.shelf.open(f"work/{name}", os.O_WRONLY | os.O_CREAT | os.O_EXCL), "wb")
            self.file = gzip.GzipFile(fileobj=self.raw, mode="wb", compresslevel=1)

        self.attempt(work)

    def add(self, entry):
        if not self.whole:
            return
        if entry.text is not None:
            self.texts += len(entry.text)
            if self.texts > KEPT_TEXTS:
                entry.text = None
        self.lines.append(entry.line())
        if len(self.lines) >= 256 or entry.text is not None:
            self.flush()

    def flush(self):
        lines, self.lines = self.lines, []
        self.attempt(lambda: self.file.write(b"".join(lines)))

    def end(self):
        self.flush()

        def work():
            self.file.close()
            self.raw.flush()
            os.fsync(self.raw.fileno())

        self.attempt(work)
        for file in (self.file, self.raw) if self.file else ():
            with contextlib.suppress(OSError):
                file.close()
        self.file = None

    def finish(self, about, answer):
        def work():
            self.shelf.write("work/about", about)
            self.shelf.write("work/answer", answer)
            self.shelf.place("work", "last")

        self.attempt(work)
        self.shelf.clear("work")
        return self.whole


class Reading:
    """Contents of files, as far as the time goes."""

    def __init__(self, beat):
        self.beat, self.began, self.large = beat, time.monotonic(), 0.0

    def take(self, over, name, entry, old):
        """Fills in what `entry` holds: what is known already, where nothing can have changed since."""
        if old and old.kind == "file" and self.believes(old, entry):
            entry.read, entry.digest, entry.text = old.read, old.digest, old.text
            return
        try:
            self.file(over, name, entry)
        except BlockingIOError:
            # Somebody holds a lease.
            entry.unread = "busy"
        except PermissionError:
            entry.unread = "forbidden"
        except OSError as error:
            entry.unread = "gone" if error.errno == errno.ENOENT else "busy"
        if entry.unread and old and old.kind == "file":
            # Compared with what it was when it can be read again.
            entry.digest, entry.text, entry.read = old.digest, old.text, 0

    @staticmethod
    def believes(old, entry):
        # Only the kernel sets the time of a change. Ages differ, so that not all files are read anew in one night.
        age = time.time() - old.read
        return old.digest and not old.unread and 0 <= age < BELIEVED + old.ino % 86400 and old.stamp() == entry.stamp()

    def file(self, over, name, entry):
        handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=over)
        try:
            before = os.fstat(handle)
            if not stat.S_ISREG(before.st_mode):
                raise FileNotFoundError(errno.ENOENT, "no file any more")
            entry.size, entry.ino, entry.mtime, entry.ctime = before.st_size, before.st_ino, before.st_mtime_ns, before.st_ctime_ns
            began, now = time.monotonic(), time.time()
            digest, first = self.digest(handle, before.st_size)
            if before.st_size >= LARGE:
                self.large += time.monotonic() - began
            if digest is None:
                entry.unread = "no_time"
                return
            after = os.fstat(handle)
            is_still = (after.st_size, after.st_ctime_ns) == (before.st_size, before.st_ctime_ns)
            entry.read = int(now) if is_still and now - before.st_ctime_ns / 1e9 > SETTLED else 0
            entry.digest, entry.text = digest, text_of(first) if len(first) == before.st_size else None
        finally:
            os.close(handle)

    def is_late(self, size):
        now = time.monotonic()
        return now - self.began > READING or size >= LARGE and self.large > READING_LARGE

    def digest(self, handle, size):
        """(SHA-256 in hexadecimal or None when the time is up, the file's beginning)"""
        if self.is_late(size):
            return None, b""
        summed = hashlib.sha256()
        if size > SPARSE:
            return self.sparse(handle, size, summed), b""
        first, began, read = b"", time.monotonic(), 0
        while part := os.read(handle, 1 << 20):
            if not read and size <= KEPT_TEXT:
                first = part
            summed.update(part)
            read += len(part)
            self.beat.step(0)
            # What grows while it is read has no end.
            if read > size + LARGE or self.is_late(size) or size >= LARGE and self.large + time.monotonic() - began > READING_LARGE:
                return None, b""
        return summed.hexdigest(), first

    def sparse(self, handle, size, summed):
        """Of what is not empty, with its places: the same whether emptiness was written or left out."""
        began, at, step = time.monotonic(), 0, 1 << 16
        while at < size:
            try:
                at = os.lseek(handle, at, os.SEEK_DATA) // step * step
            except OSError:
                break
            part = os.pread(handle, step, at)
            if part.strip(b"\0"):
                summed.update(at.to_bytes(8, "big") + part)
            at += step
            self.beat.step(0)
            if self.is_late(size) or self.large + time.monotonic() - began > READING_LARGE:
                return None
        summed.update(size.to_bytes(8, "big"))
        return "z" + summed.hexdigest()


def text_of(content):
    if content is None or b"\0" in content:
        return None
    for encoding in ENCODINGS:
        with contextlib.suppress(UnicodeDecodeError):
            return content.decode(encoding)
    return None


class Walk:
    """Everything below a directory, parents before what they hold, names in the order of their bytes."""

    def __init__(self, beat):
        self.beat, self.count = beat, 0

    def below(self, handle, names, path=b"", depth=0):
        """(handle of the directory, name, Entry); a directory that can't be looked into is told as unread."""
        for name in names:
            self.count += 1
            self.beat.step()
            if self.count > TAMPER_MOST_ENTRIES:
                raise Refused("E_TOO_MUCH", f"more than {TAMPER_MOST_ENTRIES} files")
            try:
                entry = Entry.of(path + name, os.stat(name, dir_fd=handle, follow_symlinks=False))
            except FileNotFoundError:
                continue
            except OSError:
                entry = Entry(path + name, "unknown", unread="forbidden")
            if entry.kind == "directory":
                yield from self.inside(handle, name, entry, depth)
            else:
                yield handle, name, entry

    def inside(self, over, name, entry, depth):
        handle, names = None, ()
        try:
            if depth >= DEEPEST:
                raise Refused("too_deep", "")
            handle = os.open(name, DIRECTORY, dir_fd=over)
            names = self.names(handle)
        except Refused as refusal:
            entry.unread = refusal.code
        except OSError:
            entry.unread = "forbidden"
        try:
            yield over, name, entry
            yield from self.below(handle, names, entry.path + b"/", depth + 1)
        finally:
            if handle is not None:
                os.close(handle)

    @staticmethod
    def names(handle):
        found = []
        with os.scandir(handle) as entries:
            for entry in entries:
                if len(found) == TAMPER_MOST_NAMES:
                    raise Refused("too_many", "")
                found.append(os.fsencode(entry.name))
        return sorted(found)


class Tampering:
    """Compares, directory by directory, and collects what is to be told."""

    def __init__(self, beat, keeping, is_first):
        self.keeping, self.is_first = keeping, is_first
        self.walk, self.reading = Walk(beat), Reading(beat)
        self.counts = dict.fromkeys(("added", "removed", "changed", "unread"), 0)
        self.files = self.bytes = self.diffed = 0
        self.told = {(place, state): [] for place in range(len(MOST_OF)) for state in TOLD_FIRST}
        # Whether what is kept would be any different.
        self.is_new = is_first

    def directory(self, name, handle, kept):
        self.name, self.blind, self.is_blind_again = name, None, False
        for over, last, entry in self.top(handle):
            while kept.now and kept.now.key < entry.key:
                self.gone(kept)
            old = kept.now if kept.now and kept.now.key == entry.key else None
            self.take(over, last, entry, old)
            if old:
                kept.step()
        while kept.now:
            self.gone(kept)

    def top(self, handle):
        try:
            names = self.walk.names(handle)
        except Refused as refusal:
            yield None, b".", Entry(b"", "directory", unread=refusal.code)
        else:
            yield from self.walk.below(handle, names)

    def take(self, over, name, entry, old):
        if entry.kind == "file":
            self.reading.take(over, name, entry, old)
            if entry.unread == "gone":
                # Between its name and its content.
                return self.tell("removed", old, None, []) if old else None
            self.files += 1
            self.bytes += entry.size
        elif entry.kind == "link":
            self.link(over, name, entry)
        elif entry.kind == "directory" and entry.unread:
            self.blind = entry.key + b"\0" if entry.key else b""
            self.is_blind_again = self.is_forbidden_still(old, entry)
        self.compare(old, entry)
        if entry.path:
            self.keep(old, entry)

    @staticmethod
    def is_forbidden_still(old, entry):
        """Its owner forbade himself to read it, and nothing of it has changed since that was told."""
        is_same = old and old.stamp() == entry.stamp() and old.mode == entry.mode
        return is_same and old.unread == entry.unread == "forbidden" and entry.kind in ("file", "directory")

    @staticmethod
    def link(over, name, entry):
        try:
            entry.digest = os.readlink(name, dir_fd=over).hex()
        except OSError:
            entry.unread = "busy"

    def keep(self, old, entry):
        if old is None or (old.stamp(), old.mode, old.digest, old.read, old.unread) != (
            entry.stamp(),
            entry.mode,
            entry.digest,
            entry.read,
            entry.unread,
        ):
            self.is_new = True
        self.keeping.add(entry)

    def gone(self, kept):
        old = kept.now
        kept.step()
        # Nobody could look there: as far as anybody knows it is still as it was.
        if self.blind is not None and old.key.startswith(self.blind):
            self.counts["unread"] += not self.is_blind_again
            return self.keeping.add(old)
        self.is_new = True
        self.tell("removed", old, None, [])

    def compare(self, old, entry):
        if entry.unread and not self.is_forbidden_still(old, entry):
            self.tell("unread", old, entry, [entry.unread])
        if self.is_first:
            return
        if old is None:
            return None if entry.unread else self.tell("added", None, entry, [])
        if aspects := list(self.aspects(old, entry)):
            self.tell("changed", old, entry, aspects)

    @staticmethod
    def aspects(old, entry):
        if old.kind != entry.kind:
            if "unknown" not in (old.kind, entry.kind):
                yield "kind"
            return
        # Of what could not be read its size tells at least something.
        is_read = not entry.unread
        if entry.kind == "file" and (is_read and old.digest and old.digest != entry.digest or not is_read and old.size != entry.size):
            yield "content"
        if entry.kind == "link" and is_read and old.digest != entry.digest:
            yield "target"
        if old.mode != entry.mode and entry.kind not in ("link", "unknown"):
            yield "mode"

    def tell(self, state, old, entry, aspects):
        self.counts[state] += 1
        it = entry or old
        place = self.place_of(it)
        told = self.told[place, state]
        if len(told) >= MOST_OF[place]:
            return
        diff, why = self.difference(state, old, entry, aspects, MOST_DIFF // 2 if place else MOST_DIFF)
        told.append(
            {
                "directory": self.name,
                "name": shown_name(it.path or b"."),
                "state": state,
                "kind": it.kind,
                "aspects": aspects,
                "before": old and old.facts(),
                "after": entry and entry.facts(),
                "diff": diff,
                "noDiff": why,
            }
        )

    @staticmethod
    def place_of(entry):
        name = entry.path.rsplit(b"/", 1)[-1]
        if entry.kind == "link" or entry.kind == "file" and (entry.mode & 0o111 or PROGRAMS.search(name)):
            return 0
        return 1 if entry.kind == "file" and PAGES.search(name) else 2

    def difference(self, state, old, entry, aspects, most):
        """(lines or None, why there are none)"""
        if state == "unread" or (entry or old).kind != "file" or state == "changed" and "content" not in aspects:
            return None, None
        sides = [side for side in (old, entry) if side and side.kind == "file"]
        if any(side.size > KEPT_TEXT for side in sides):
            return None, "large"
        if entry and entry.kind == "file" and entry.text is None and entry.size:
            return None, "binary"
        if old and old.kind == "file" and old.text is None and old.size:
            return None, "not_kept"
        if self.diffed > most:
            return None, "enough"
        before, after = ((side.text if side and side.kind == "file" else "") or "" for side in (old, entry))
        lines = lines_between(before, after)
        if lines is None:
            return None, "too_different"
        self.diffed += sum(len(text) for _, text in lines)
        return lines, None

    def findings(self):
        listed = []
        for place, most in enumerate(MOST_OF):
            listed += [found for state in TOLD_FIRST for found in self.told[place, state]][:most]
        return listed[:MOST_FINDINGS]


def edits_between(before, after):
    """(sign, line) of a shortest way from one list to the other (Myers), or None when it is too long."""
    furthest, trace = {1: 0}, []
    for count in range(min(MOST_EDITS, len(before) + len(after)) + 1):
        trace.append(dict(furthest))
        for way in range(-count, count + 1, 2):
            is_down = way == -count or way != count and furthest[way - 1] < furthest[way + 1]
            x = furthest[way + 1] if is_down else furthest[way - 1] + 1
            y = x - way
            while x < len(before) and y < len(after) and before[x] == after[y]:
                x, y = x + 1, y + 1
            furthest[way] = x
            if x >= len(before) and y >= len(after):
                return way_back(before, after, trace)
    return None


def way_back(before, after, trace):
    x, y, edits = len(before), len(after), []
    for count in range(len(trace) - 1, -1, -1):
        furthest, way = trace[count], x - y
        is_down = way == -count or way != count and furthest[way - 1] < furthest[way + 1]
        last = way + 1 if is_down else way - 1
        from_x = furthest[last] if count else 0
        from_y = from_x - last if count else 0
        while x > from_x and y > from_y:
            x, y = x - 1, y - 1
            edits.append((" ", before[x]))
        if count:
            edits.append(("+", after[from_y]) if is_down else ("-", before[from_x]))
            x, y = from_x, from_y
    return edits[::-1]


def lines_between(before, after, around=2):
    """What a person needs to see: changed lines with a few around them, cut to what fits."""
    one, other = before.splitlines(), after.splitlines()
    # Only ends of lines, or what is no line, differ.
    if one == other:
        return [["@", ""]]
    if not one or not other:
        edits = [("-", line) for line in one] + [("+", line) for line in other]
    else:
        start = 0
        while start < min(len(one), len(other)) and one[start] == other[start]:
            start += 1
        end = 0
        while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
            end += 1
        middle = edits_between(one[start : len(one) - end], other[start : len(other) - end])
        if middle is None:
            return None
        edits = [(" ", line) for line in one[:start]] + middle + [(" ", line) for line in one[len(one) - end :]]
    return cut(shown_edits(edits, around))


def shown_edits(edits, around):
    near = set()
    for place, (sign, _) in enumerate(edits):
        if sign != " ":
            near.update(range(place - around, place + around + 1))
    last = -1
    for place, (sign, line) in enumerate(edits):
        if place not in near:
            continue
        if place != last + 1:
            yield ["@", ""]
        yield [sign, shown_changed_line(line, other_line(edits, place))]
        last = place
    if last != len(edits) - 1:
        yield ["@", ""]


def other_line(edits, place):
    """What a changed line was, or became: of a long one only where they differ is of interest."""
    sign = edits[place][0]
    beside = place + 1 if sign == "-" else place - 1
    if sign != " " and 0 <= beside < len(edits) and {edits[beside][0], sign} == {"-", "+"}:
        return edits[beside][1]
    return None


def shown_changed_line(line, other=None):
    start = 0
    if other is not None and len(line) > TAMPER_LONGEST_LINE:
        while start < min(len(line), len(other)) and line[start] == other[start]:
            start += 1
        start = max(0, start - 60)
    part = line[start : start + TAMPER_LONGEST_LINE]
    text = "".join(c if c.isprintable() or c == "\t" else c.encode("unicode_escape", "backslashreplace").decode() for c in part)
    return ("…" if start else "") + text[: 2 * TAMPER_LONGEST_LINE] + ("…" if start + TAMPER_LONGEST_LINE < len(line) else "")


def cut(lines):
    shown, length = [], 0
    for sign, text in lines:
        length += len(text) + 2
        if length > MOST_DIFF_OF_ONE:
            shown.append(["@", ""])
            break
        shown.append([sign, text])
    return shown


def sources_of(site, handles, baseline):
    """Of which directory what was kept is to be compared with each: the one that lay there then."""
    inodes = {name: os.fstat(handle).st_ino for name, handle in handles.items()}
    known = (baseline or {}).get("inodes", {})
    chosen = {name: twin for name, twin in TWINS.items() if inodes.get(name) and inodes.get(name) == known.get(twin)}
    sources = {}
    for name in WATCHED:
        twin = TWINS.get(name)
        # Of a pair of which one went to the other's place, the other took its own.
        sources[name] = twin if name in chosen or chosen.get(twin) == name else name
    return inodes, sources


def open_watched(site):
    handles = {}
    for name in WATCHED:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            handles[name] = site.handle(f"{site.root}/{name}")
    return handles


def tamper_look(site, shelf, request, beat):
    """`look`: its number; `settled`: that of the look whose findings are right. Asked twice it is done once."""
    last = shelf.read("last/about")
    if last and last["look"] == request["look"] and (answer := shelf.read("last/answer")):
        return answer
    baseline, number = shelf.choose(request["settled"])
    keeping = Keeping(shelf)
    tampering = Tampering(beat, keeping, baseline is None)
    handles = open_watched(site)
    try:
        inodes, sources = sources_of(site, handles, baseline)
        beat.total = (baseline or {}).get("entries") or count_entries(site, handles)
        for name in WATCHED:
            kept = Kept(shelf, sources[name])
            keeping.begin(name)
            if name in handles:
                with site.acting():
                    tampering.directory(name, handles[name], kept)
            else:
                tampering.name, tampering.blind = name, None
                while kept.now:
                    tampering.gone(kept)
            keeping.end()
    finally:
        for handle in handles.values():
            os.close(handle)
    answer = told(tampering, baseline, number, sources)
    about = {"look": request["look"], "entries": tampering.walk.count, "inodes": inodes}
    answer["saved"] = bool(tampering.is_new or answer["moved"]) and keeping.finish(about, {**answer, "saved": True})
    shelf.clear("work")
    return answer


def told(tampering, baseline, number, sources):
    findings = tampering.findings()
    return {
        "first": baseline is None,
        "baseline": number,
        **tampering.counts,
        "files": tampering.files,
        "bytes": min(tampering.bytes, 2**53 - 1),
        "findings": findings,
        "unlisted": max(0, sum(tampering.counts.values()) - len(findings)),
        "moved": [[source, name] for name, source in sources.items() if baseline and source != name],
    }


def count_entries(site, handles):
    look = Look(time.monotonic() + 10)
    with site.acting():
        for handle in handles.values():
            look.walk(handle)
    return look.files + look.directories


def tamper(request, tell, is_cut):
    with contextlib.suppress(OSError):
        # Sites come first.
        os.nice(10)
    with Site(request["domain"]) as site, Shelf(site) as shelf, shelf.locked():
        try:
            return tamper_look(site, shelf, request, Beat(tell, is_cut))
        except Torn:
            shelf.clear("baseline")
            return tamper_look(site, shelf, request, Beat(tell, is_cut))
