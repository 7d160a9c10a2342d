"""What is there now. Only differences are answered, so that thousands of equal things cost nothing to send."""

MAX_SHOWN = 64 * 1024

_digests = {}


def file_digest(path, status):
    """sha256 of a file's content, remembered as long as the inode does not change."""
    mark = (status.st_dev, status.st_ino, status.st_ctime_ns, status.st_mtime_ns, status.st_size)
    known = _digests.get(path)
    if known and known[0] == mark:
        return known[1]
    handle = os.open(real(path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        digest = hashlib.sha256()
        while part := os.read(handle, 1 << 20):
            digest.update(part)
    finally:
        os.close(handle)
    _digests[path] = (mark, digest.hexdigest())
    return digest.hexdigest()


def file_text(path):
    """The beginning of a file as text, for differences shown to staff."""
    handle = os.open(real(path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        return os.read(handle, MAX_SHOWN).decode("utf-8", "replace")
    finally:
        os.close(handle)


KINDS = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "symlink"}


def same_owner(status, owner, group, mode):
    try:
        ids = (user_id(owner), group_id(group))
    except Refused:
        return False
    return (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (*ids, mode)


def state_of(path, status, show):
    state = {
        "type": KINDS.get(stat.S_IFMT(status.st_mode), "other"),
        "uid": status.st_uid,
        "gid": status.st_gid,
        "mode": stat.S_IMODE(status.st_mode),
    }
    if state["type"] == "file":
        state["digest"] = file_digest(path, status)
        if show:
            state["text"] = file_text(path)
    if state["type"] == "symlink":
        state["target"] = os.readlink(real(path))
    return state


def observe_path(kind, path, owner=None, group=None, mode=None, digest=None, show=0):
    """None when it is as wanted, otherwise {"is": state or None}."""
    try:
        status = os.lstat(real(path))
    except (FileNotFoundError, NotADirectoryError):
        return {"is": None}
    found = stat.S_IFMT(status.st_mode)
    if kind == "seed" or kind == "mount" and os.path.ismount(real(path)):
        return None
    if kind == "mount":
        return {"is": None}
    if kind == "file" and found == stat.S_IFREG and same_owner(status, owner, group, mode):
        if digest == file_digest(path, status):
            return None
    if kind == "directory" and found == stat.S_IFDIR and same_owner(status, owner, group, mode):
        return None
    if kind == "symlink" and found == stat.S_IFLNK and os.readlink(real(path)) == owner:
        return None
    return {"is": state_of(path, status, show)}


def observe_tables(wanted):
    """`wanted`: index → (database, table, scope, digest). One connection per database, one read per table."""
    different, databases = {}, {}
    for index, (path, table, scope, digest) in wanted.items():
        databases.setdefault(path, {}).setdefault(table, []).append((index, scope, digest))
    for path, tables in databases.items():
        with reading(path) as connection:
            for table, entries in tables.items():
                different.update(observe_table(connection, table, entries))
    return different


def observe_table(connection, table, entries):
    found = scope_digests(connection, table, [scope for _, scope, _ in entries])
    return {
        index: {"is": table_state(connection, table, scope, found.get(scope))}
        for index, scope, digest in entries
        if found.get(scope) != digest
    }


def table_state(connection, table, scope, digest):
    if not digest:
        return None
    text = row_marks(connection, table, scope)
    return {"type": "table", "digest": digest} | ({} if text is None else {"text": text})


def observe_units(wanted):
    """`wanted`: index → name of a unit that should be active."""
    if not wanted:
        return {}
    active = active_units(list(wanted.values()))
    return {index: {"is": None} for index, name in wanted.items() if name not in active}


def observe(entries):
    """[[index, {"is": …}]] of the entries that are not as wanted."""
    different, tables, units, databases = {}, {}, {}, {}
    for index, (kind, *wanted) in enumerate(entries):
        if kind == "table":
            tables[index] = wanted
        elif kind in DATABASE_KINDS:
            databases[index] = (kind, *wanted)
        elif kind == "unit":
            units[index] = wanted[0]
        elif kind == "exchange":
            if exchange_done(*wanted) is False:
                different[index] = {"is": None}
        else:
            try:
                found = observe_path(kind, *wanted)
            except OSError as error:
                raise refusal(error, wanted[0])
            if found:
                different[index] = found
    different.update(observe_tables(tables))
    different.update(observe_units(units))
    different.update(observe_databases(databases))
    return [[index, found["is"]] for index, found in sorted(different.items())]
