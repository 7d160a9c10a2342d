"""Where is my mail? Messages of one domain or one address out of the mail log, newest first (MAIL-11).

The log is read backwards in pieces, as far as the time allows: most of a big log is only searched for the bytes of
the domain. What others wrote (HELO, addresses, message ids, answers of other servers) stands in these lines, so each is read from
its beginning by what Postfix itself writes there, and what a sender can choose is never looked for behind it.
"""

MAIL_LOGS = "/var/log/mail"
PIECE = 1 << 20
# Lines of one message lie close together, but a piece ends somewhere.
MARGIN = 1 << 19
MOST_UNPACKED = 256 << 20
MOST_KEPT = 24 << 20
MOST_SIEVE = 8 << 20
MOST_FOLLOWED = 4 << 20
LONGEST_LINE = 64 << 10
MOST_FOUND = 100
MOST_RECIPIENTS = 20
MONTHS = {name: number for number, name in enumerate(b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}

ADDRESS = r'(?>"(?:[^"\\]|\\.)*+"@[^>]*+|[^>"]*+)'
LINE = re.compile(r"(?P<when>\w{3} [ \d]\d [\d:]{8}) \S+ (?P<program>postfix[\w./-]*)\[\d+\]: (?P<id>[0-9A-Za-z]{6,20}|NOQUEUE): (?P<rest>.*)", re.A)
DELIVERY = re.compile(
    rf"to=<(?P<to>{ADDRESS})>, (?:orig_to=<(?P<orig_to>{ADDRESS})>, )?relay=(?P<relay>[^,]*), "
    r"(?:conn_use=\d+, )?delay=[\d.]+, delays=[\d./]+, dsn=(?P<dsn>[\d.]+), status=(?P<status>[\w-]+) \((?P<text>.*)\)$"
)
QUEUED = re.compile(rf"from=<(?P<sender>{ADDRESS})>, size=(?P<size>\d+), nrcpt=\d+ ")
CLIENT = re.compile(r"client=(?P<client>[^\[\s]*\[[0-9A-Za-z:.]+\])(?::\d+)?(?:, sasl_method=[\w-]+, sasl_username=(?P<login>\S+))?$")
PICKED_UP = re.compile(rf"uid=(?P<uid>\d+) from=<(?P<sender>{ADDRESS})>")
MESSAGE_ID = re.compile(r"message-id=(?P<message_id>.*)$")
# Before the sender stands a recipient without his quotes, behind it a HELO: both can look like this, so it counts
# only where it is there once. Refusals before MAIL FROM have none of their own.
REFUSED_FROM = "; from=<"
REJECTED = re.compile(
    r"(?:milter-)?reject: (?P<stage>RCPT|DATA|BDAT|END-OF-MESSAGE) from (?P<client>[^\[\s]*\[[0-9A-Za-z:.]+\])(?::\d+)?: "
    rf"(?P<text>.*); from=<(?P<sender>{ADDRESS})>(?: to=<(?P<to>{ADDRESS})>)? proto="
)
# What a program handed in and nobody was there to hear refused.
DISCARDED = re.compile(
    r"milter-discard: (?P<stage>END-OF-MESSAGE) from (?P<client>[^\[\s]*\[[0-9A-Za-z:.]+\]): (?P<text>milter triggers DISCARD action)"
    rf"; from=<(?P<sender>{ADDRESS})>(?: to=<(?P<to>{ADDRESS})>)?(?: proto=\w+(?: helo=<[^>]*>)?)?$"
)
# The sender of a forwarded copy, as this server wrote it: SRS0=hash=time=domain=local@host.
FORWARDED = re.compile(r"SRS0[=+-][^=]+=[^=]+=(?P<domain>[^=@]+)=(?P<local>[^@]+)@[^@]+$", re.I)
LMTP_SESSION = re.compile(r"2\d\d [\d.]+ <[^>]*> (?P<session>[0-9A-Za-z+/]{8,40}) Saved$")
DOVECOT = re.compile(r"[\d-]{10} [\d:]{8} +lmtp\((?P<user>[^)\s]+)\)<\d+><(?P<session>[^>\s]+)>: (?:Info: )?sieve: (?P<rest>.*)$")
# Greedy up to the last: a message id can hold the same words.
SIEVE = (
    ("stored", re.compile(r".*: (?:fileinto action: )?stored mail into mailbox '(.*)'$")),
    ("forwarded", re.compile(r".*: (?:redirect action: )?forwarded to <([^>]*)>(?: .*)?$")),
    ("discarded", re.compile(r".*: (?:discard action: )?[Mm]arked message to be discarded if not explicitly delivered()(?: .*)?$")),
    ("replied", re.compile(r".*: (?:vacation action: )?sent vacation response to <([^>]*)>(?: .*)?$")),
)


class TooBig(OSError):
    """Does not fit into the memory that a question may take."""


def unpacked(path, until):
    """A rotated log, unpacked into memory."""
    import gzip

    handle = os.fdopen(os.memfd_create("mail-log"), "w+b")
    with gzip.open(real(path)) as packed:
        while part := packed.read(1 << 20):
            handle.write(part)
            if time.monotonic() > until:
                raise TimeoutError
            if handle.tell() > MOST_UNPACKED:
                raise TooBig
    handle.flush()
    return handle


class Log:
    """One file, in order of time. Its lines carry no year: they are not younger than the file."""

    def __init__(self, path, until):
        self.path = path
        self.newest = os.stat(real(path)).st_mtime
        self.handle = unpacked(path, until) if path.endswith(".gz") else open(real(path), "rb")
        self.size = os.fstat(self.handle.fileno()).st_size

    def read(self, low, high):
        """Less than that when the file was cut meanwhile."""
        low = max(0, low)
        return os.pread(self.handle.fileno(), max(0, min(high, self.size) - low), low)

    def moment(self, stamp):
        """Seconds since 1970 of `Nov 22 20:31:05` or `2026-11-22 20:31:05`; None for something else."""
        try:
            if stamp[:1].isdigit():
                return int(time.mktime(time.strptime(stamp[:19].decode(), "%Y-%m-%d %H:%M:%S")))
            clock = [int(part) for part in stamp[7:15].split(b":")]
            month, day = MONTHS[stamp[:3]], int(stamp[4:6])
            year = time.localtime(self.newest).tm_year
            moment = time.mktime((year, month, day, *clock, 0, 0, -1))
            return int(moment if moment <= self.newest + 86400 else time.mktime((year - 1, month, day, *clock, 0, 0, -1)))
        except (ValueError, KeyError, IndexError, TypeError, OverflowError):
            return None

    def line_start(self, offset):
        """The beginning of the first line that begins at or after the offset."""
        if offset <= 0:
            return 0
        while offset < self.size:
            part = self.read(offset - 1, offset + LONGEST_LINE)
            if not part:
                break
            end = part.find(b"\n")
            if end >= 0:
                return offset + end
            offset += len(part)
        return self.size

    def position(self, moment):
        """The first line that is not before the moment, by halving."""
        low, high = 0, self.size
        while low < high:
            middle = (low + high) // 2
            start = self.line_start(middle)
            if start >= high:
                high = middle
                continue
            found = self.moment(self.read(start, start + 19))
            if found is None or found < moment:
                low = start + 1
            else:
                high = middle
        return self.line_start(low)

    def pieces(self, low, high):
        """(beginning, end) of whole lines, the newest first."""
        while high > low:
            start = self.line_start(max(low, high - PIECE)) if high - PIECE > low else low
            start = start if start < high else low
            yield start, high
            high = start


def logs(name, since):
    """Paths of a log and what was rotated away from it, newest first, as far back as `since`."""
    rotated = sorted((entry for entry in listed(MAIL_LOGS) if re.fullmatch(re.escape(name) + r"-\d{8}(\.gz)?", entry)), reverse=True)
    for entry in [name] * os.path.exists(real(f"{MAIL_LOGS}/{name}")) + rotated:
        with contextlib.suppress(FileNotFoundError):
            if os.stat(real(f"{MAIL_LOGS}/{entry}")).st_mtime >= since:
                yield f"{MAIL_LOGS}/{entry}"


class Search:
    """Whose mail it is: `address` alone, or all of `domain` and of its programs (`senders`, `uids`)."""

    def __init__(self, given):
        self.domain, self.address = given["domain"].lower(), given.get("address")
        self.senders = {text.lower() for text in given.get("senders", [])}
        self.uids = {str(uid) for uid in given.get("uids", [])}
        self.sender, self.recipient = given.get("sender", "").lower(), given.get("recipient", "").lower()

    @property
    def needles(self):
        """What a line of every message that is looked for has in it, small letters."""
        for text in (self.recipient, self.sender):
            if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", text):
                local, _, domain = text.partition("@")
                return [text.encode(), f"={domain}={local}@".encode()]
        own = [self.address] if self.address else [f"@{self.domain}", *self.senders]
        return [text.encode() for text in own]

    def is_own(self, address):
        if address is None:
            return False
        address = address.lower()
        if self.address:
            return address == self.address
        return address.rpartition("@")[2] == self.domain or address in self.senders

    def wants(self, found):
        """Both filters, on what may be seen."""
        if self.sender not in found["sender"].lower():
            return False
        return any(self.recipient in text.lower() for one in found["recipients"] for text in (one["to"], one["orig_to"] or ""))


def lines_with(text, needle):
    """(offset, line) of those that have it, in small letters or not."""
    small, at = text.lower(), -1
    while (at := small.find(needle, at + 1)) >= 0:
        start, end = text.rfind(b"\n", 0, at) + 1, text.find(b"\n", at)
        end = len(text) if end < 0 else end
        yield start, text[start:end]
        at = end


class Messages:
    """Lines by message, put together from pieces of the log."""

    def __init__(self, search):
        self.search, self.lines, self.size, self.read = search, {}, 0, {}

    def take(self, log, low, high):
        text, ids = log.read(low, high), set()
        for needle in self.search.needles:
            for offset, line in lines_with(text, needle):
                parts = line[:200].split(b": ", 2)
                if len(parts) == 3 and parts[1] != b"NOQUEUE":
                    ids.add(parts[1])
                elif len(parts) == 3:
                    self.keep((log.path, low + offset), log, low + offset, line)
        if ids:
            start = log.line_start(low - MARGIN)
            self.collect(log, start, log.read(start, high + MARGIN), ids)

    def collect(self, log, offset, text, ids):
        for line in text.split(b"\n"):
            parts = line.split(b": ", 2)
            if len(parts) == 3 and parts[1] in ids:
                self.keep(parts[1], log, offset, line)
            offset += len(line) + 1

    def keep(self, key, log, offset, line):
        lines = self.lines.setdefault(key, {})
        if (log.newest, offset) not in lines:
            self.size += len(line)
            lines[(log.newest, offset)] = (log, line)

    def found(self, since, until):
        """What may be seen of them, newest first."""
        newest = sorted(self.lines.items(), key=lambda each: max(each[1]), reverse=True)
        told = (self.known(key, lines) for key, lines in newest)
        seen = [message for message in told if message and since <= message["at"] < until and self.search.wants(message)]
        return sorted(seen, key=lambda message: -message["at"])

    def known(self, key, lines):
        """Read again only when there are more lines of it than before."""
        if self.read.get(key, (0,))[0] != len(lines):
            self.read[key] = (len(lines), self.told(lines))
        return self.read[key][1]

    def told(self, lines):
        message = {"id": None, "at": None, "sender": "", "own": False, "login": None, "client": "", "size": None,
                   "message_id": "", "program": False, "notice": False, "recipients": [], "more": 0}
        for _, (log, line) in sorted(lines.items(), key=lambda each: each[0]):
            read = LINE.match(line.decode("utf-8", "replace"))
            if read:
                self.add(message, read, log.moment(line[:15]))
        if "[127.0.0.1]" in message["client"]:
            message["sender"] = unrewritten(message["sender"])
        return self.visible(message)

    def add(self, message, read, moment):
        rest = read["rest"]
        if moment is None:
            return
        if message["at"] is None:
            message["at"] = moment
        if read["id"] != "NOQUEUE":
            message["id"] = read["id"]
        if found := CLIENT.match(rest):
            message["client"], message["login"] = found["client"], found["login"]
            message["own"] |= self.search.is_own(found["login"])
        elif found := PICKED_UP.match(rest):
            message["sender"], own = found["sender"], found["uid"] in self.search.uids
            message["own"] |= own
            # The system's own accounts send warnings.
            message["program"], message["notice"] = own, int(found["uid"]) < 20000
        elif found := QUEUED.match(rest):
            message["sender"], message["size"] = found["sender"], int(found["size"])
        elif found := MESSAGE_ID.match(rest):
            message["message_id"] = found["message_id"][:500]
            # Of sending limits; whoever else comes from there (a port for Dovecot) has this name only by somebody's wish to look like one.
            message["notice"] |= "[127.0.0.1]" in message["client"] and message["message_id"].startswith("<tsukasa-notice.")
        elif found := DELIVERY.match(rest):
            self.deliver(message, found, read["program"], moment)
        elif rest.count(REFUSED_FROM) == 1 and (found := REJECTED.match(rest) or DISCARDED.match(rest)):
            self.refuse(message, found, read["program"], moment)

    def deliver(self, message, found, program, moment):
        """The last word about a recipient counts."""
        recipient = {name: found[name] for name in ("to", "orig_to", "relay", "dsn", "status")}
        recipient |= {"text": found["text"][:400], "at": moment, "by": program.rpartition("/")[2], "done": []}
        session = LMTP_SESSION.match(found["text"])
        # What a mailbox did with a message is its owner's business, not the sender's; a foreign server names no session.
        is_told = session and recipient["by"] == "lmtp" and "[private/" in found["relay"]
        is_told = is_told and (self.search.is_own(found["to"]) or self.search.is_own(found["orig_to"]))
        recipient["session"] = session["session"] if is_told else None
        if session:
            recipient["text"] = "250 2.0.0 Saved"
        rest = [one for one in message["recipients"] if (one["to"], one["orig_to"]) != (recipient["to"], recipient["orig_to"])]
        message["recipients"] = [*rest, recipient]

    def refuse(self, message, found, program, moment):
        message["sender"], message["client"] = found["sender"], found["client"]
        # On these ports a sender was proved to be his own before a recipient is looked at.
        submitted = program.split("/")[1:2] in (["submission"], ["submissions"]) and "Sender address rejected" not in found["text"]
        message["own"] |= submitted and self.search.is_own(found["sender"])
        message["recipients"] = [{
            "to": found["to"] or "", "orig_to": None, "relay": "", "dsn": "", "status": "refused",
            "text": found["text"][:600], "at": moment, "by": found["stage"], "done": [], "session": None,
        }]

    def visible(self, message):
        """Whoever only claims to be of the domain does not open to it what others received."""
        if not message["recipients"]:
            # Nothing became of it yet, or what did is outside of what was read.
            return message if message["own"] and message["id"] else None
        if not message["own"]:
            own = self.search.is_own
            message["recipients"] = [one for one in message["recipients"] if own(one["to"]) or own(one["orig_to"])]
        message["more"] = max(0, len(message["recipients"]) - MOST_RECIPIENTS)
        message["recipients"] = message["recipients"][:MOST_RECIPIENTS]
        return message if message["recipients"] else None


def unrewritten(address):
    """Who is behind a sender of forwarded mail."""
    found = FORWARDED.match(address)
    return f"{found['local']}@{found['domain']}" if found else address


def sieve_words(log, session, moment):
    """What Dovecot did with a delivery; it says so just before it answers."""
    high = log.position(moment + 3)
    text, done = log.read(max(log.position(moment - 60), high - MOST_SIEVE), high), []
    for _, line in lines_with(text, f"<{session}>: ".encode().lower()):
        read = DOVECOT.match(line.decode("utf-8", "replace"))
        if read and read["session"] == session:
            done += [{"what": what, "of": unrewritten(found[1])[:400]} for what, pattern in SIEVE if (found := pattern.match(read["rest"]))]
    return done[:MOST_RECIPIENTS * 2]


def add_sieve(messages, until):
    left = [one for message in messages for one in message["recipients"] if one["session"]]
    for path in logs("dovecot.log", min((one["at"] for one in left), default=0) - 60):
        if not left or time.monotonic() > until:
            return
        with contextlib.suppress(TimeoutError, OSError):
            log = Log(path, until)
            for one in left:
                if time.monotonic() < until:
                    one["done"] = sieve_words(log, one["session"], one["at"])
            left = [one for one in left if not one["done"]]


def add_forwards(messages, until):
    """What became of a forwarded copy: it has a queue id of its own and the same message id."""
    left = [message for message in messages if message["message_id"] and forwards_of(message)]
    for path in logs("postfix.log", min((message["at"] for message in left), default=0)):
        if not left or time.monotonic() > until:
            return
        with contextlib.suppress(TimeoutError, OSError):
            log = Log(path, until)
            for message in left:
                if time.monotonic() < until:
                    follow(log, message)


def forwards_of(message):
    return [done for one in message["recipients"] for done in one["done"] if done["what"] == "forwarded"]


def follow(log, message):
    low = log.position(message["at"] - 5)
    text = log.read(low, min(low + MOST_FOLLOWED, log.size))
    needle = f"message-id={message['message_id']}".encode().lower()
    parts = [line.split(b": ", 2) for _, line in lines_with(text, needle)]
    ids = {each[1] for each in parts if len(each) == 3} - {(message["id"] or "").encode()}
    copies = Messages(None)
    copies.collect(log, low, text, ids)
    for lines in copies.lines.values():
        reads = [LINE.match(line.decode("utf-8", "replace")) for _, line in lines.values()]
        rests = [read["rest"] for read in reads if read]
        if any((found := CLIENT.match(rest)) and "[127.0.0.1]" in found["client"] for rest in rests):
            attach(message, [found for rest in rests if (found := DELIVERY.match(rest))])


def attach(message, deliveries):
    for done in forwards_of(message):
        for found in deliveries:
            if found["to"].lower() == done["of"].lower():
                done |= {"status": found["status"], "relay": found["relay"], "text": found["text"][:600]}


def told_messages(messages, given, reached, until, skipped):
    found, most = messages.found(given["since"], given["before"]), min(int(given["most"]), MOST_FOUND)
    if reached is not None:
        found = [message for message in found if message["at"] >= reached]
    if len(found) > most:
        found = found[:most]
        reached = found[-1]["at"]
    add_sieve(found, until)
    add_forwards(found, until)
    return {"messages": found, "reached": reached, "skipped": skipped}


@question
def mail_log(given, until):
    """`reached`: all that is younger was looked at; None when all of the time asked for was. `skipped`: not even looked at."""
    since, before, skipped = given["since"], given["before"], []
    # The rest is for what became of the messages, and for a machine that is busy.
    half = until - (until - time.monotonic()) * 0.35
    messages, seen, reached = Messages(Search(given)), -1, before
    for path in logs("postfix.log", since):
        try:
            log = Log(path, half)
        except TimeoutError:
            return told_messages(messages, given, reached, until, skipped)
        except TooBig:
            skipped.append(path.rpartition("/")[2])
            continue
        for low, high in log.pieces(log.position(since), log.position(before)):
            messages.take(log, low, high)
            reached = log.moment(log.read(low, low + 19)) or reached
            enough = seen != messages.size and len(messages.found(since, before)) > given["most"]
            seen = messages.size
            if enough or seen > MOST_KEPT or time.monotonic() > half:
                return told_messages(messages, given, reached, until, skipped)
    return told_messages(messages, given, None, until, skipped)
