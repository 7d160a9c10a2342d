"""How much room databases take (WEB-04, PNL-05), looked at every half minute; this file goes on where the agent's part ends.

A domain whose databases and volume together take more than it has may look, delete and export, but not grow: its users lose
the rights for that, and whoever is signed in is thrown out, because MariaDB looks at rights only when a connection begins. They
come back when there is room again.
"""

LIMITS = "/var/lib/tsukasa/mariadb/limits.sqlite"
SEEN = "/var/lib/tsukasa/mariadb/seen.json"
FIRST_DOMAIN_UID = 20000
# Where dumps lie until they are brought in; what is older than a day waits for nothing any more.
SPOOL, LONGEST_WAIT = "/var/lib/tsukasa/mariadb/spool", 86400
# Sizes below this are not worth asking a volume for; asked anew when they change by so much, or after so long.
SMALL, STEP, RESTS = 8 << 20, 8 << 20, 300


def domains():
    with contextlib.closing(sqlite3.connect(f"file:{LIMITS}?mode=ro", uri=True, timeout=10)) as connection:
        return {key: json.loads(value) for key, value in connection.execute("select key, value from limits")}


def taken():
    """Bytes by account."""
    sizes = {}
    for entry in os.scandir(DATABASES):
        if DATABASE_NAME.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False):
            account = entry.name.split("_", 1)[0]
            sizes[account] = sizes.get(account, 0) + size_of(entry.path)
    return sizes


def size_of(path):
    size = 0
    for entry in os.scandir(path):
        with contextlib.suppress(FileNotFoundError):
            size += entry.stat(follow_symlinks=False).st_blocks * 512
    return size


def has_room(domain, size):
    """Whether the domain's volume could take its databases as well: asked by taking the room for a moment, as the domain."""
    if domain["uid"] < FIRST_DOMAIN_UID:
        return True
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 3
    try:
        os.setgroups([])
        os.setgid(domain["uid"])
        os.setuid(domain["uid"])
        file = os.open(f"{domain['root']}/tmp", os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
        os.posix_fallocate(file, 0, size)
    except OSError as error:
        os._exit(3 if error.errno in (errno.ENOSPC, errno.EDQUOT) else 0)
    os._exit(0)


def is_over(name, domain, size, seen, now):
    """`seen`: what was found out lately, by account."""
    if size > domain["quotaMb"] << 20:
        return True
    if size < SMALL:
        return False
    known = seen.get(name)
    if known and abs(known["size"] - size) < STEP and known["quota"] == domain["quotaMb"] and now - known["at"] < (20 if known["over"] else RESTS):
        return known["over"]
    over = not has_room(domain, size)
    seen[name] = {"size": size, "quota": domain["quotaMb"], "at": now, "over": over}
    return over


def load(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (FileNotFoundError, ValueError):
        return {}


def store(path, text):
    with open(f"{path}.part", "w", encoding="utf-8") as file:
        file.write(text)
    os.rename(f"{path}.part", path)


def rearrange(domain):
    """Rights of the domain's users as they should be now."""
    over = over_limit()
    _, users = database_states([], [name for name, _ in domain["users"]])
    for name, rights in domain["users"]:
        state = users.get(name)
        wanted = rights_now(name, rights, over)
        if state and state["rights"] != wanted:
            put_user(name, state | {"rights": wanted})


def look():
    limited, sizes, seen, now = domains(), taken(), load(SEEN), time.time()
    over = {name for name, domain in limited.items() if is_over(name, domain, sizes.get(name, 0), seen, now)}
    store(SEEN, json.dumps({name: known for name, known in seen.items() if name in limited}))
    changed = over ^ over_limit()
    if changed:
        store(OVER_LIMIT, "".join(f"{name}\n" for name in sorted(over)))
    for name in sorted(changed & limited.keys()):
        print(f"{name}: {'over its limit' if name in over else 'has room again'}", flush=True)
        rearrange(limited[name])


@contextlib.contextmanager
def alone():
    """Not while an apply changes the same users."""
    handle = os.open("/var/lib/tsukasa/lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    until = time.monotonic() + 60
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() > until:
                raise SystemExit("an apply takes long")
            time.sleep(0.1)
    try:
        yield
    finally:
        os.close(handle)


def sweep():
    with contextlib.suppress(FileNotFoundError):
        for entry in os.scandir(SPOOL):
            if time.time() - entry.stat(follow_symlinks=False).st_mtime > LONGEST_WAIT:
                os.unlink(entry.path)


if __name__ == "__main__":
    sweep()
    # Most times nothing is near a limit, and nobody is kept waiting for that.
    if os.path.exists(LIMITS):
        with alone():
            look()
