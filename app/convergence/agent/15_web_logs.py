"""Logs of a domain: which there are, how they end, and what is found in them (ALOG-01).

They lie in a directory that only root can change. What is in them was written by visitors: lines of any length and bytes
of any kind. So each answer is bounded in time, lines and characters, and a search goes on where the last one ended.
"""

WEB_LOG = re.compile(r"(?P<log>(?:access|error)(?:\.stage)?|ftp)\.log(?:-(?P<day>\d{8})(?P<more>-\d+)?(?P<packed>\.gz)?)?", re.A)
LOG_PART = 1 << 20
MOST_TAIL = 256 << 10
MOST_LOG_LINES = 500
# As JSON a character can take six bytes.
MOST_LOG_CHARACTERS = 150_000
LONGEST_SHOWN = 2000
# Of a longer line only the beginning is looked at.
LONGEST_SEARCHED = 16 << 10
# The atomic group keeps a line of many quotes from taking for ever.
STATUS = re.compile(rb'\S+ \S+ (?>.*?\] ")(?:[^"\\]|\\.)*+" (\d{3}) ', re.S)


@contextlib.contextmanager
def log_handle(domain):
    """Of the directory; whatever a customer might have put in its place is refused."""
    tree = Tree()
    try:
        handle, safe = tree.open(f"/data/domain/{domain}/log")
        if not safe:
            raise Refused("E_NOT_TRUSTED", "others can change the directory of logs")
        yield handle
    finally:
        tree.close()


def log_files(handle):
    """[(match, name, status)], as time went: those of each day, then today's."""
    found = []
    for name in os.listdir(handle):
        match = WEB_LOG.fullmatch(name)
        if match:
            with contextlib.suppress(FileNotFoundError):
                status = os.stat(name, dir_fd=handle, follow_symlinks=False)
                if stat.S_ISREG(status.st_mode):
                    found.append((match, name, status))
    order = lambda match: (match["day"] or "99999999", int((match["more"] or "-0")[1:]), match["packed"] is None)
    return sorted(found, key=lambda each: order(each[0]))


def open_log(name, handle):
    return open(os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=handle), "rb")


@question
def web_logs(given, until):
    with log_handle(given["domain"]) as handle:
        return {"files": [{"name": name, "bytes": status.st_size, "at": int(status.st_mtime)} for _, name, status in log_files(handle)]}


def shown_line(line):
    text = line[:LONGEST_SHOWN * 4].decode("utf-8", "replace")
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"


def last_lines(lines, most):
    """As many of the newest as may be shown, and whether that is all."""
    kept, characters = [], 0
    for line in reversed(lines):
        text = shown_line(line)
        characters += len(text)
        if len(kept) == most or characters > MOST_LOG_CHARACTERS:
            return kept[::-1], False
        kept.append(text)
    return kept[::-1], True


@question
def web_log_tail(given, until):
    """What was added since `inode` and `offset`; without them the last lines. A line counts when it has ended."""
    most = min(given["most"], MOST_LOG_LINES)
    try:
        with log_handle(given["domain"]) as handle, open_log(f"{given['log']}.log", handle) as file:
            status = os.fstat(file.fileno())
            return tail_of(file, status, given, most)
    except FileNotFoundError:
        return {"inode": None, "offset": 0, "lines": [], "skipped": False}


def tail_of(file, status, given, most):
    known = given.get("inode") == status.st_ino and given["offset"] <= status.st_size
    # A new file after midnight is read from its beginning.
    first = given["offset"] if known else 0
    start = max(first, status.st_size - MOST_TAIL)
    text = os.pread(file.fileno(), status.st_size - start, start)
    whole, _, rest = text.rpartition(b"\n") if b"\n" in text else (b"", b"", text)
    lines = whole.split(b"\n") if b"\n" in text else []
    is_cut = start > first
    if is_cut:
        lines = lines[1:]
    # What is longer than that never gets an end here.
    offset = start + len(text) - (len(rest) if len(rest) < MOST_TAIL else 0)
    shown, is_all = last_lines(lines, most)
    return {"inode": status.st_ino, "offset": offset, "lines": shown, "skipped": known and (is_cut or not is_all)}


class LogSearch:
    """What a line must have. Text is found in the forms that logs write it in, capitals or not."""

    def __init__(self, given):
        import urllib.parse

        text, self.log = given["text"].lower(), given["log"]
        self.address, self.status = given["address"].lower().encode(), given["status"].encode()
        escaped = "".join(chr(byte) if byte < 128 else f"\\x{byte:02x}" for byte in text.encode())
        self.texts = {text.encode(), urllib.parse.quote(text, safe="".join(map(chr, range(33, 127)))).lower().encode(), escaped.encode()}

    def may_have(self, part):
        """Quick, of a megabyte."""
        small = part.lower()
        needles = [self.address, b'" ' + self.status if self.status else b""]
        return all(needle in small for needle in needles) and any(text in small for text in self.texts)

    def wants(self, line):
        line = line[:LONGEST_SEARCHED]
        small = line.lower()
        return any(text in small for text in self.texts) and self.is_from(small) and self.has_status(line)

    def is_from(self, small):
        if not self.address:
            return True
        if self.log.startswith("access"):
            return small.split(b" ", 1)[0] == self.address
        if self.log == "ftp":
            return self.address in small.split(b" ")[:8]
        return b"[client " + self.address + b":" in small

    def has_status(self, line):
        if not self.status:
            return True
        found = STATUS.match(line)
        return bool(found) and found[1].startswith(self.status)


class LogReader:
    """A file from an offset on, by whole lines; packed ones are counted as unpacked."""

    def __init__(self, name, handle, offset):
        import gzip

        raw = open_log(name, handle)
        self.file = gzip.GzipFile(fileobj=raw) if name.endswith(".gz") else raw
        self.offset = offset
        self.rest = b""

    def skip(self, until):
        """To the offset; False when that alone takes too long."""
        if not hasattr(self.file, "fileobj"):
            self.file.seek(self.offset)
            return True
        left = self.offset
        while left > 0 and (part := self.file.read(min(LOG_PART, left))):
            left -= len(part)
            if time.monotonic() > until:
                return False
        return True

    def part(self):
        """Whole lines; None at the end. The last line may have no end yet, and one that is too long is cut."""
        while text := self.rest + (more := self.file.read(LOG_PART)):
            end = text.rfind(b"\n") + 1
            if not more or (end == 0 and len(text) > LOG_PART):
                end = len(text)
            self.rest = text[end:]
            if end:
                return text[:end]
        return None


class Found:
    """What may be told at once."""

    def __init__(self, most):
        self.most, self.lines, self.characters, self.read = most, [], 0, 0

    def is_full(self):
        return len(self.lines) >= self.most or self.characters > MOST_LOG_CHARACTERS

    def add(self, name, line):
        text = shown_line(line)
        self.lines.append({"file": name, "text": text})
        self.characters += len(text)


def search_part(text, search, found, name):
    """Bytes that were looked at: all, or as far as it was full."""
    if not search.may_have(text):
        return len(text)
    at = 0
    while at < len(text):
        end = text.find(b"\n", at)
        end = len(text) if end < 0 else end
        if search.wants(text[at:end]):
            if found.is_full():
                return at
            found.add(name, text[at:end])
        at = end + 1
    return len(text)


def search_file(name, handle, offset, search, found, until):
    """Where it ended; None at the end of the file, False when it did not even get to the offset."""
    reader = LogReader(name, handle, offset)
    if not reader.skip(until):
        return False
    while text := reader.part():
        looked = search_part(text, search, found, name)
        offset += looked
        found.read += looked
        if looked < len(text) or time.monotonic() > until:
            return offset
    return None


@question
def web_log_search(given, until):
    """`next`: where to go on. `skipped`: files that are too large to be looked at. Lines stand as time went."""
    search, found, skipped = LogSearch(given), Found(min(given["most"], MOST_LOG_LINES)), []
    until -= 0.4
    with log_handle(given["domain"]) as handle:
        files = [name for match, name, _ in log_files(handle) if match["log"] == given["log"] and is_within(match["day"], given)]
        begin, offset = given.get("file"), given.get("offset") or 0
        if begin in files:
            files = files[files.index(begin) :]
        for index, name in enumerate(files):
            try:
                end = search_file(name, handle, offset if name == begin else 0, search, found, until)
            except (FileNotFoundError, EOFError, zlib_error()):
                end = None
            if end is False:
                skipped.append(name)
                end = None
            if end is not None or time.monotonic() > until:
                following = {"file": name, "offset": end} if end is not None else next_file(files, index)
                return {"lines": found.lines, "next": following, "skipped": skipped, "read": found.read}
    return {"lines": found.lines, "next": None, "skipped": skipped, "read": found.read}


def zlib_error():
    import zlib

    return zlib.error


def next_file(files, index):
    return {"file": files[index + 1], "offset": 0} if index + 1 < len(files) else None


def is_within(day, given):
    """Today's log has no day in its name."""
    return given["first"] <= (day or given["today"]) <= given["last"]
