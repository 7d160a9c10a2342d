"""Paths: handles of directories that were reached without following a single symbolic link."""

# Accounts of the system are below this; domains and mailboxes start at 20000.
FIRST_CUSTOMER_ID = 1000

_ids = {}


def user_id(name):
    if isinstance(name, int):
        return name
    if ("u", name) not in _ids:
        try:
            _ids["u", name] = pwd.getpwnam(name).pw_uid
        except KeyError:
            raise Refused("E_UNKNOWN_USER", f"no such user: {name}")
    return _ids["u", name]


def group_id(name):
    if isinstance(name, int):
        return name
    if ("g", name) not in _ids:
        try:
            _ids["g", name] = grp.getgrnam(name).gr_gid
        except KeyError:
            raise Refused("E_UNKNOWN_GROUP", f"no such group: {name}")
    return _ids["g", name]


def real(path):
    return SETTINGS["root"] + path


def trusted(status):
    """Whether only the system can rename or plant something in a directory."""
    if status.st_uid >= FIRST_CUSTOMER_ID or status.st_mode & stat.S_IWOTH:
        return False
    return not (status.st_mode & stat.S_IWGRP and status.st_gid >= FIRST_CUSTOMER_ID)


class Tree:
    """Open directories by path. Every step is O_NOFOLLOW, so a customer's link is never followed."""

    LIMIT = 400

    def __init__(self):
        self.handles = {}

    def open(self, path):
        """(handle, whether all of the way is trusted)"""
        known = self.handles.get(path)
        if known:
            return known
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        if path == "/":
            handle, above = os.open(real("/"), flags & ~os.O_NOFOLLOW), True
        else:
            parent, name = path.rsplit("/", 1)
            over, above = self.open(parent or "/")
            handle = os.open(name, flags, dir_fd=over)
        if len(self.handles) >= self.LIMIT:
            self.close()
        self.handles[path] = (handle, above and trusted(os.fstat(handle)))
        return self.handles[path]

    def parent(self, path):
        """(handle of the directory that holds `path`, last name, whether the way is trusted)"""
        above, name = path.rsplit("/", 1)
        handle, safe = self.open(above or "/")
        return handle, name, safe

    def status(self, path):
        try:
            handle, name, _ = self.parent(path)
            return os.stat(name, dir_fd=handle, follow_symlinks=False)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            if error.errno == errno.ELOOP:
                return None
            raise

    def forget(self, path):
        known = self.handles.pop(path, None)
        if known:
            os.close(known[0])

    def close(self):
        for handle, _ in self.handles.values():
            os.close(handle)
        self.handles.clear()


@contextlib.contextmanager
def acting_as(uid, gid):
    """File access as a customer: what he may not do fails, wherever his links lead.

    Only the effective ids change, so the account can neither signal nor trace the agent.
    """
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(gid)
    os.seteuid(uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


# More than that, and syncing the whole file system is quicker, although others may be writing to it too.
SYNCED_ONE_BY_ONE = 48


def sync_all(handles):
    """Make what was written below these directories durable: each by itself, or whole file systems when many.

    Several at once, because a file system makes one write of what is asked for while it is busy with the last one.
    """
    if len(handles) <= SYNCED_ONE_BY_ONE:
        return at_once(os.fsync, handles)
    seen = set()
    for handle in handles:
        device = os.fstat(handle).st_dev
        if device not in seen:
            seen.add(device)
            libc.syncfs(handle)


def at_once(work, all):
    """What each of a few waits for the disk for, side by side. The first error, once all have ended."""
    if len(all) < 2:
        return [work(one) for one in all]
    with ThreadPoolExecutor(min(8, len(all))) as pool:
        return list(pool.map(work, all))


def sync_directories(tree, paths, more=()):
    """Directories by path, those that are gone by now need nothing; and `more` handles, which it closes."""
    handles = list(more)
    for path in paths:
        with contextlib.suppress(OSError):
            # Handles that the tree closes when it is full must not be used later: each is duplicated.
            handles.append(os.dup(tree.open(path)[0]))
    try:
        sync_all(handles)
    finally:
        for handle in handles:
            os.close(handle)


libc = ctypes.CDLL(None, use_errno=True)
