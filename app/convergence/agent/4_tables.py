"""Rows of SQLite maps that daemons read live. Rows belong to a scope; a scope is replaced as a whole."""

NAME = re.compile(r"[a-z_][a-z0-9_]*")
# Small: when a restored server differs in everything, the tables of all its domains are one answer.
MAX_MARKS = 16 * 1024


def table_name(name):
    if not NAME.fullmatch(name):
        raise Refused("E_TABLE", f"not a table name: {name}")
    return name


def rows_digest(rows):
    if not rows:
        return ""
    digest = hashlib.sha256()
    for key, value in rows:
        digest.update(f"{key}\0{value}\0".encode())
    return digest.hexdigest()


def make_database(tree, path):
    """The file is readable for all; its directory decides who gets there."""
    handle, name, safe = tree.parent(path)
    if not safe:
        raise Refused("E_UNTRUSTED", f"others can write in the directory of {path}", path=path)
    if not os.path.lexists(real(path)):
        file = os.open(name, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600, dir_fd=handle)
        os.fchmod(file, 0o644)
        os.close(file)


def writing(path):
    """A connection for one transaction. A rollback journal, not WAL: daemons that may only read must be able to open it.

    `off`: SQLite waits for the disk three times a database, and that is what a small change would cost. Our own journal is
    durable before and says what to put back; whoever calls syncs the databases (`database_handles`) before he closes it.
    A process that dies in between is SQLite's to undo; after a power cut in between, `mend_database` looks at the pages.
    """
    connection = sqlite3.connect(real(path), timeout=20, isolation_level=None)
    connection.execute("pragma synchronous = off")
    # The empty journal stays beside the database: its directory need not be synced twice each time.
    connection.execute("pragma journal_mode = truncate")
    return contextlib.closing(connection)


def reading(path):
    """A connection that changes nothing; without a database an empty one."""
    if not os.path.exists(real(path)):
        return contextlib.closing(sqlite3.connect(":memory:"))
    return contextlib.closing(sqlite3.connect(f"file:{real(path)}?mode=ro", uri=True, timeout=20))


def create_table(connection, table):
    connection.execute(
        f"create table if not exists {table_name(table)}"
        " (scope text not null, key text not null, value text not null, primary key (scope, key)) without rowid"
    )
    connection.execute(f"create index if not exists {table}_key on {table} (key, value)")


def scope_rows(connection, table, scope):
    try:
        query = f"select key, value from {table_name(table)} where scope = ? order by key"
        return [list(row) for row in connection.execute(query, (scope,))]
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return []
        raise


def scope_digests(connection, table, scopes):
    """Digest of the rows of each scope, "" where it has none; nothing at all while there is no such table."""
    if not connection.execute("select 1 from sqlite_master where type = 'table' and name = ?", (table,)).fetchone():
        return {}
    digests = dict.fromkeys(scopes, "")
    if len(scopes) < 8:
        for scope in scopes:
            digests[scope] = rows_digest(scope_rows(connection, table, scope))
        return digests
    growing = {}
    query = f"select scope, key, value from {table_name(table)} order by scope, key"
    for scope, key, value in connection.execute(query):
        if scope not in growing:
            growing[scope] = hashlib.sha256()
        growing[scope].update(f"{key}\0{value}\0".encode())
    return digests | {scope: digest.hexdigest() for scope, digest in growing.items()}


def row_marks(connection, table, scope):
    """Key and the beginning of the value's digest a line, to name what differs; None of too many rows."""
    lines, length = [], 0
    for key, value in scope_rows(connection, table, scope):
        lines.append(f"{key} {hashlib.sha256(value.encode()).hexdigest()[:12]}")
        length += len(lines[-1]) + 1
        if length > MAX_MARKS:
            return None
    return "\n".join(lines)


def replace_rows(path, changes):
    """`changes`: (table, scope, rows). All of one database in one transaction; a reader sees all or none.

    Only rows that differ are touched: readers are shut out while pages are written.
    """
    _unsettled.add(path)
    with writing(path) as connection:
        connection.execute("begin immediate")
        for table, scope, rows in changes:
            create_table(connection, table)
            before, after = dict(scope_rows(connection, table, scope)), dict(rows)
            gone = [(scope, key) for key in before if key not in after]
            new = [(scope, key, value) for key, value in after.items() if before.get(key) != value]
            connection.executemany(f"delete from {table} where scope = ? and key = ?", gone)
            connection.executemany(f"insert or replace into {table} (scope, key, value) values (?, ?, ?)", new)
        connection.execute("commit")


# Databases whose emptied journals are not synced yet: one that comes back full would undo its transaction.
_unsettled = set()


def forget_transactions():
    handles = database_handles(_unsettled, "-journal")
    _unsettled.clear()
    for handle in handles:
        with contextlib.suppress(OSError):
            os.fsync(handle)
        os.close(handle)


def mend_database(path):
    """Empties one whose pages a power cut left torn, the same file, for those who have it open. A full apply fills it."""
    try:
        with writing(path) as connection:
            whole = connection.execute("pragma integrity_check(1)").fetchone()[0] == "ok"
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise
        whole = False
    for name in [] if whole else [path, f"{path}-journal"]:
        with contextlib.suppress(FileNotFoundError):
            os.truncate(real(name), 0)


def database_handles(paths, suffix=""):
    """Handles of databases to be synced; or, with "-journal", of SQLite's own journals."""
    handles = []
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            handles.append(os.open(real(path + suffix), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC))
    return handles
