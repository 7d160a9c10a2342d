"""Dumps in and out, and copies (WEB-04); this file goes on where the agent's part ends.

Whatever reads or runs what a customer brought does so as his domain's Unix account, and in MariaDB as the database's own account,
which may nothing outside of that one database. Progress is told line by line in JSON on standard output, of dumps on standard
error. When whoever asked is gone, so is the work.
"""

import zlib

SPOOL = "/var/lib/tsukasa/mariadb/spool"
LOCKS = "/run/tsukasa-database-transfers"
# Stays free on the disk that all domains share.
RESERVE = 1 << 30
MOST_UNPACKED = 40 << 30
CHARSETS = {"utf8mb4", "cp932", "eucjpms", "latin1"}
PIECE = 1 << 16
# Seconds: somebody else waits for his turn.
LONGEST = 3600


def tell(stream, **said):
    stream.write(json.dumps(said, ensure_ascii=False) + "\n")
    stream.flush()


def become(database):
    """The domain's account, for good. Its name and uid are the same as the database's prefix says."""
    account = pwd.getpwnam(literal(database, DATABASE_NAME).strip("'").split("_", 1)[0])
    if account.pw_uid < 20000:
        raise Refused("E_NAME", "not a domain")
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)


def owner_of(database):
    return ["--no-defaults", "--protocol=socket", f"--user={database}.owner"]


def dumping(database):
    """One consistent moment of all InnoDB tables, without keeping anybody from writing meanwhile."""
    return [
        *("timeout", "-k", "5", str(LONGEST)), "mariadb-dump", *owner_of(database), "--single-transaction", "--quick", "--no-tablespaces", "--routines", "--triggers",
        "--hex-blob", "--skip-dump-date", "--default-character-set=utf8mb4", "--max-allowed-packet=1G", "--", database,
    ]  # fmt: skip


def running(database, charset):
    return [
        *("timeout", "-k", "5", str(LONGEST)), "mariadb", *owner_of(database), "--sandbox", "--binary-mode", "--batch", "--skip-reconnect", f"--default-character-set={charset}",
        "--max-allowed-packet=1G", f"--database={database}",
    ]  # fmt: skip


def start(argv, **streams):
    return subprocess.Popen(argv, env=ENVIRONMENT | {"HOME": "/"}, cwd="/", **streams)


def words_of(error):
    """What MariaDB said, without the statement that the client repeats."""
    lines = [line for line in error.decode("utf-8", "replace").splitlines() if line.startswith(("ERROR", "mariadb-dump:"))]
    return " ".join(lines)[:500]


def dump(database):
    """gzip on standard output. The last line on standard error says whether it is whole."""
    become(database)
    writer = start(dumping(database), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    packer = start(["gzip", "-c", "-4"], stdin=writer.stdout)
    writer.stdout.close()
    error = writer.stderr.read(MAX_OUTPUT)
    good = packer.wait() == 0
    if not good:
        writer.kill()
    good = writer.wait() == 0 and good
    tell(sys.stderr, **({"done": True} if good else {"error": "dump", "words": words_of(error)}))


def receive(name, most):
    """Standard input into a file of ours, beside which enough of the disk must stay free."""
    os.makedirs(SPOOL, 0o700, exist_ok=True)
    path = spooled(name)
    size = 0
    try:
        with open(path, "xb") as file:
            while piece := os.read(0, 1 << 20):
                size += len(piece)
                if size > most:
                    return give_up(path, "too_large")
                disk = os.statvfs(SPOOL)
                if disk.f_bavail * disk.f_frsize < RESERVE:
                    return give_up(path, "no_space")
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return give_up(path, "no_space" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "failed")
    tell(sys.stdout, done=True, bytes=size)


def give_up(path, why):
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    tell(sys.stdout, error=why)


def spooled(name):
    return f"{SPOOL}/{literal(name, re.compile('[0-9]{1,12}')).strip(chr(39))}"


def unpacked(file):
    """Pieces of what is in a file, gzip or not; (position in the file, piece)."""
    head = file.read(PIECE)
    if not head.startswith(b"\x1f\x8b"):
        while head:
            yield file.tell(), head
            head = file.read(PIECE)
        return
    packed, total = zlib.decompressobj(wbits=31), 0
    while head or packed.unconsumed_tail:
        piece = packed.decompress(packed.unconsumed_tail + head, 1 << 20)
        total += len(piece)
        if total > MOST_UNPACKED:
            raise Refused("too_large", "")
        if piece:
            yield file.tell(), piece
        if packed.eof:
            # gzip allows several members one after the other.
            rest = packed.unused_data.lstrip(b"\0") or file.read(PIECE)
            if not rest:
                return
            packed, head = zlib.decompressobj(wbits=31), rest
        elif packed.unconsumed_tail:
            head = b""
        elif not (head := file.read(PIECE)):
            raise Refused("broken_gzip", "")


DEFINER = re.compile(rb"\s*\bDEFINER\s*=\s*(?:`[^`\n]{0,200}`|'[^'\n]{0,200}'|\w{1,200})@(?:`[^`\n]{0,200}`|'[^'\n]{0,200}'|[\w.%-]{1,200})", re.I)
# At the beginnings of lines of dumps of whole servers, or of others' servers: the database is chosen here, not there. What MariaDB
# allows to the owner of all tables is to drop the database as well; nobody who brings tables wants that.
ELSEWHERE = re.compile(
    rb"\s*(?:(?:/\*!\d{5,6}\s*)?(?:CREATE|DROP|ALTER)\s+(?:DATABASE|SCHEMA)\b[^;]*|USE\s*(?:`[^`\n]*`|\s\w+)\s*|SET\s+@@(?:GLOBAL\.GTID_PURGED|SESSION\.SQL_LOG_BIN)\b[^;]*)(?:;|$)",
    re.I,
)
CREATES = re.compile(rb"(?:/\*!\d{5,6}\s|CREATE\s)", re.I)


def adapted(line):
    """A line of a dump that fits here: made by somebody who is not known here, or for a database of another name."""
    while left_out := ELSEWHERE.match(line):
        line = line[left_out.end() :] or b"\n"
    return DEFINER.sub(b"", line, count=1) if CREATES.match(line) else line


class Adapter:
    """Looks at the beginnings of lines only: what is within them is data."""

    LONGEST = 4096

    def __init__(self):
        self.line, self.inside = b"", False

    def take(self, piece):
        out, lines = [], (self.line + piece).split(b"\n")
        self.line = lines.pop()
        for line in lines:
            out.append(line + b"\n" if self.inside or len(line) > self.LONGEST else adapted(line + b"\n"))
            self.inside = False
        if len(self.line) > self.LONGEST or self.inside:
            out.append(self.line)
            self.line, self.inside = b"", True
        return b"".join(out)

    def end(self):
        return self.line if self.inside else adapted(self.line)


UTF16 = (b"\xff\xfe", b"\xfe\xff")


def feed(pieces, size, client):
    """Progress at most twice a second; what a customer waits for is the client, not the file."""
    adapter, first, told = Adapter(), True, 0
    for position, piece in pieces:
        if first:
            if piece.startswith(UTF16) or piece.startswith(b"PK\x03\x04"):
                raise Refused("wrong_kind", "")
            piece, first = piece.removeprefix(b"\xef\xbb\xbf"), False
        client.stdin.write(adapter.take(piece))
        if time.monotonic() - told > 0.5:
            told = time.monotonic()
            tell(sys.stdout, at=position, of=size)
    client.stdin.write(adapter.end())
    client.stdin.close()


def bring(name, database, charset, own_charset, own_collation, afresh=""):
    """A received file into a database, which stops at the first statement that MariaDB refuses. `afresh`: nothing else stays in it."""
    path = spooled(name)
    try:
        if charset not in CHARSETS:
            raise Refused("E_NAME", "not a character set")
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            os.unlink(path)
            with at_once_only(database):
                # A program of the customer's, or a statement in the middle of a file, may have dropped it.
                if afresh:
                    sql(f"DROP DATABASE IF EXISTS `{literal(database, DATABASE_NAME)[1:-1]}`;")
                put_database(database, own_charset, own_collation)
                apart(database, lambda: load_into(database, charset, lambda client: feed(unpacked(file), size, client)))
                put_database(database, own_charset, own_collation)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(path)


@contextlib.contextmanager
def at_once_only(database):
    """One at a time for a database. Before root is left: the lock lies where no customer can take it."""
    os.makedirs(LOCKS, 0o700, exist_ok=True)
    handle = os.open(f"{LOCKS}/{literal(database, DATABASE_NAME)[1:-1]}", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Refused("busy", "")
    finally:
        os.close(handle)


def load_into(database, charset, work):
    client = start(running(database, charset), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    kept = bytearray()
    reader = threading.Thread(target=drain, args=(client.stderr, kept), daemon=True)
    reader.start()
    try:
        with contextlib.suppress(BrokenPipeError):
            work(client)
        with contextlib.suppress(BrokenPipeError):
            client.stdin.close()
        status = client.wait()
    except BaseException:
        client.kill()
        client.wait()
        raise
    reader.join(2)
    if status in (124, 137, -9, -15):
        raise Refused("interrupted", "")
    if status:
        raise Refused("refused", words_of(bytes(kept)))


def apart(database, work):
    """As the domain's account, in a process of its own; what went wrong there is raised here."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        answer = {}
        try:
            os.close(ours)
            become(database)
            work()
        except BaseException as error:
            answer = plain(error)
        with contextlib.suppress(OSError):
            os.write(theirs, json.dumps(answer).encode())
        os._exit(0)
    os.close(theirs)
    with open(ours, "rb") as answered:
        body = answered.read(MAX_OUTPUT)
    os.waitpid(child, 0)
    # What a client that was ended had begun would go on.
    sql(f"KILL HARD CONNECTION USER {literal(database, DATABASE_NAME)[:-1]}.owner'@'localhost';")
    answer = json.loads(body or b'{"error": "interrupted"}')
    if "error" in answer:
        raise Refused(answer["error"], answer.get("words", ""))


def plain(error):
    if isinstance(error, Refused):
        return {"error": error.code, "words": str(error)[:500]}
    if isinstance(error, zlib.error):
        return {"error": "broken_gzip"}
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    return {"error": "no_space" if full else "interrupted" if isinstance(error, BrokenPipeError) else "failed"}


def copy(source, database, own_charset, own_collation):
    """All tables of one database into another of the same domain; those of the same name are replaced."""
    if source.split("_", 1)[0] != database.split("_", 1)[0] or source == database:
        raise Refused("E_NAME", "not two databases of one domain")
    literal(source, DATABASE_NAME)
    with at_once_only(database):
        put_database(database, own_charset, own_collation)
        apart(database, lambda: pour(source, database))


def pour(source, database):
    writer = start(dumping(source), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    errors = bytearray()
    threading.Thread(target=drain, args=(writer.stderr, errors), daemon=True).start()
    try:
        load_into(database, "utf8mb4", lambda client: feed(pieces_of(writer.stdout), 0, client))
    except BaseException:
        writer.kill()
        raise
    if writer.wait():
        raise Refused("dump", words_of(bytes(errors)))


def pieces_of(stream):
    done = 0
    while piece := stream.read(PIECE):
        done += len(piece)
        yield done, piece


def main():
    os.umask(0o077)
    verb, *given = sys.argv[1:]
    if verb == "dump":
        return dump(*given)
    if verb == "receive":
        return receive(given[0], int(given[1]))
    try:
        {"import": bring, "copy": copy}[verb](*given)
        tell(sys.stdout, done=True)
    except BrokenPipeError:
        # Whoever asked is gone.
        os._exit(1)
    except (Refused, OSError) as error:
        tell(sys.stdout, **plain(error))


if __name__ == "__main__":
    main()
