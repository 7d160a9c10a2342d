"""The server's side of backups (BKP-02); this file goes on where the common part ends. Run as root, which it leaves at once or
keeps within a tree that nobody else can reach.
"""

import shutil
import stat
import time

DOMAIN = re.compile(r"[a-z0-9.-]{1,253}")
PARTS = ("html", "html.stage", "cgi-bin", "cgi-bin.stage", "cgi-data", "var", "home", "log", "tmp")
SHARE = "/data/share"
SHARE_WORK = "/data/.tsukasa-restore"
FIRST_UID = 20000
NOBODY = 65534
DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
NO_REPLACE, EXCHANGE = 1, 2


def root_of(name, uid):
    """The domain's root directory: root's own, and of the group that the panel knows."""
    if not DOMAIN.fullmatch(name):
        raise Refused("gone", "not a domain's name")
    try:
        status = os.stat(f"/data/domain/{name}", follow_symlinks=False)
    except FileNotFoundError:
        raise Refused("gone", name)
    if not stat.S_ISDIR(status.st_mode) or status.st_uid or status.st_gid != int(uid) or status.st_mode & 0o022:
        raise Refused("gone", f"{name} is not as the panel made it")
    return f"/data/domain/{name}"


def is_directory(path):
    try:
        return stat.S_ISDIR(os.stat(path, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return False


def slowly():
    os.nice(10)
    return ["/usr/bin/ionice", "-c2", "-n7"]


def read(words, *place):
    """rsync as a sender that may read everything and nothing else, with nothing in reach but the trees."""
    if place[0] == "share":
        trees, missing = {"share": SHARE}, []
    else:
        root = root_of(*place)
        there = {part: f"{root}/{part}" for part in PARTS}
        trees = {part: path for part, path in there.items() if is_directory(path)}
        missing = [part for part in PARTS if part not in trees]
    argv = rsync_server(json.loads(words), True)
    tell(missing=missing)
    niceness = slowly()
    confine(trees)
    os.execv("/usr/bin/setpriv", [*setpriv(NOBODY, ["dac_read_search"]), *niceness, *argv])


def work_of(place, number, make=False):
    """Where a restored tree is put together: below what only root can enter, on the same file system."""
    if place[0] == "test":
        over = TEST_WORK
    elif place[0] == "share":
        over = SHARE_WORK
    else:
        root = root_of(*place)
        if not is_directory(f"{root}/conf"):
            raise Refused("gone", "no conf")
        over = f"{root}/conf/restore"
    if make:
        with contextlib.suppress(FileExistsError):
            os.mkdir(over, 0o700)
    status = os.stat(over, follow_symlinks=False)
    if not stat.S_ISDIR(status.st_mode) or status.st_uid or status.st_mode & 0o077:
        raise Refused("failed", f"{over} is not root's alone")
    path = f"{over}/{int(number)}"
    if make:
        clear_below(over)
        os.mkdir(path, 0o700)
    return path


def clear_below(over):
    """From open directories and through no link (see shutil.rmtree): somebody may still have a directory of it open."""
    with os.scandir(over) as found:
        for entry in list(found):
            shutil.rmtree(entry.path) if entry.is_dir(follow_symlinks=False) else os.unlink(entry.path)


def room(needed, *place):
    """BKP-02: before anything is written. Asked by taking it for a moment: a volume's limit is in no figure of its file system."""
    path = {"share": SHARE, "test": "/var/lib/tsukasa"}.get(place[0]) or f"{root_of(*place)}/conf"
    wanted = int(int(needed) * 1.05) + (16 << 20)
    file = os.open(path, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        os.posix_fallocate(file, 0, wanted)
        enough = True
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        enough = False
    finally:
        os.close(file)
    print(json.dumps({"enough": enough, "wanted": wanted}))


def write(words, number, *place):
    """rsync as a receiver into a fresh tree: it may give files to their owners, and there is nothing else to give away."""
    argv = rsync_server(json.loads(words), False)
    path = work_of(place, number, make=True)
    niceness = slowly()
    confine(path, writable=True)
    kept = ["chown", "dac_override", "fowner", "fsetid"]
    os.execv("/usr/bin/setpriv", [*setpriv(0, kept), *niceness, *argv])


def rename(how, one, other):
    """Both in directories that only root writes to."""
    if libc.renameat2(-100, os.fsencode(one), -100, os.fsencode(other), how):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), other)


def switch(number, since, *place):
    """What was put together takes the place of what is there, part by part; what one part needs stops no other."""
    fresh, root = work_of(place, number), root_of(*place)
    done = {part: attempt(exchange, f"{fresh}/{part}", f"{root}/{part}") for part in PARTS if part not in ("home", "log")}
    done["log"] = attempt(bring_logs, f"{fresh}/log", f"{root}/log")
    for name in names_in(f"{fresh}/home"):
        done[f"home/{name}"] = attempt(exchange_home, f"{fresh}/home/{name}", f"{root}/home/{name}", float(since))
    forget_scripts(place)
    print(json.dumps({"parts": done}))


def attempt(work, fresh, *rest):
    if not is_directory(fresh):
        return "missing"
    try:
        work(fresh, *rest)
        return "done"
    except (OSError, Refused) as error:
        tell(problem=f"{rest[0]}: {error}"[:300])
        return code_of(error)


def names_in(path):
    return sorted(os.listdir(path)) if is_directory(path) else []


def exchange(fresh, there):
    if not is_directory(there):
        raise Refused("no_place", there)
    mode = os.stat(there, follow_symlinks=False)
    rename(EXCHANGE, fresh, there)
    # As the panel wants it, whatever it was when it was copied.
    os.chown(there, mode.st_uid, mode.st_gid, follow_symlinks=False)
    os.chmod(there, stat.S_IMODE(mode.st_mode))


def exchange_home(fresh, there, since):
    """Mail that came after the backup was made comes along."""
    exchange(fresh, there)
    uid, gid = (lambda status: (status.st_uid, status.st_gid))(os.stat(there))
    as_user(uid, gid, fresh, there, lambda name: arrived(name) >= since)


def bring_logs(fresh, there):
    """Only root writes there, and daemons have files open: what is there stays."""
    group = os.stat(there, follow_symlinks=False).st_gid
    for name in names_in(fresh):
        if not stat.S_ISREG(os.stat(f"{fresh}/{name}", follow_symlinks=False).st_mode):
            continue
        os.chown(f"{fresh}/{name}", 0, group, follow_symlinks=False)
        os.chmod(f"{fresh}/{name}", 0o640)
        try:
            rename(NO_REPLACE, f"{fresh}/{name}", f"{there}/{name}")
        except FileExistsError:
            bring_lines(f"{fresh}/{name}", f"{there}/{name}")


def bring_lines(fresh, there):
    """A log that was begun anew, by a server that was made anew: the older lines come first in a file of their own."""
    one, other = os.stat(fresh, follow_symlinks=False), os.stat(there, follow_symlinks=False)
    if stat.S_ISREG(one.st_mode) and (one.st_size, int(one.st_mtime)) != (other.st_size, int(other.st_mtime)) and one.st_size:
        with contextlib.suppress(FileExistsError):
            rename(NO_REPLACE, fresh, f"{there}.restored")


def forget_scripts(place):
    """PHP remembers files by their paths (services/staging)."""
    command = ["/usr/bin/python3", "-I", "-S", "/etc/tsukasa/staging/refresh.py", f"d{domain_id(place)}"]
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=30, check=False)
    name = place[0]
    subprocess.run(
        ["doveadm", "kick", f"*@{name}"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=30, check=False
    )


def domain_id(place):
    """The account of a uid is called after its domain."""
    import pwd

    return pwd.getpwuid(int(place[1])).pw_name[1:]


# ---- mail

FOLDER = re.compile(r"(?:\.[^/\0]{1,250})?")
# Time of delivery, and what makes it unique; flags come after a colon.
MESSAGE = re.compile(r"(\d{9,11})\.[^/:\0]{1,200}")
MAIL = "Maildir"


def arrived(name):
    return int(MESSAGE.match(name)[1])


def as_user(uid, gid, source, target, wanted):
    """Messages of one Maildir that another has not, by the mailbox's own user: nothing of root's follows what he made."""
    if uid < FIRST_UID:
        raise Refused("failed", "not a user's")
    handles = os.open(source, DIRECTORY), os.open(target, DIRECTORY)
    child = os.fork()
    if child:
        for handle in handles:
            os.close(handle)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status:
            raise Refused("no_space" if status == 3 else "failed", "mail was not merged")
        return
    status = 1
    try:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
        os.umask(0o077)
        merge(*handles, wanted)
        status = 0
    except BaseException as error:
        status = 3 if code_of(error) == "no_space" else 1
    finally:
        os._exit(status)


def opened(over, name, make=False):
    if make:
        with contextlib.suppress(FileExistsError):
            os.mkdir(name, 0o700, dir_fd=over)
    return os.open(name, DIRECTORY, dir_fd=over)


def merge(source, target, wanted):
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        old, new = opened(source, MAIL), opened(target, MAIL, make=True)
        known = {key for _, _, key, _ in messages(new)}
        for folder, kind, key, name in messages(old):
            if key in known or not wanted(key):
                continue
            bring_message(old, new, folder, kind, name)


def folders(mail):
    yield ""
    with os.scandir(mail) as found:
        for entry in found:
            if entry.name.startswith(".") and entry.is_dir(follow_symlinks=False) and FOLDER.fullmatch(entry.name):
                yield entry.name


def messages(mail):
    """(folder, new or cur, what makes it unique, name), through no link."""
    for folder in list(folders(mail)):
        for kind in ("new", "cur"):
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                over = opened(mail, folder) if folder else os.dup(mail)
                below = opened(over, kind)
                os.close(over)
                names = [entry.name for entry in os.scandir(below) if entry.is_file(follow_symlinks=False)]
                os.close(below)
                for name in names:
                    if MESSAGE.match(name):
                        yield folder, kind, name.split(":", 1)[0], name


def bring_message(old, new, folder, kind, name):
    """A second name for the same file, where the file system can; both Maildirs are on one."""
    over = opened(new, folder, make=True) if folder else os.dup(new)
    if folder:
        with contextlib.suppress(FileExistsError):
            os.close(os.open("maildirfolder", os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600, dir_fd=over))
    for each in ("tmp", "new", "cur"):
        below = opened(over, each, make=True)
        if each != kind:
            os.close(below)
        else:
            target = below
    source_over = opened(old, folder) if folder else os.dup(old)
    source = opened(source_over, kind)
    try:
        with contextlib.suppress(FileExistsError):
            os.link(name, name, src_dir_fd=source, dst_dir_fd=target, follow_symlinks=False)
    finally:
        for handle in (over, target, source_over, source):
            os.close(handle)


def mailbox(number, local_part, *place):
    """BKP-02: messages of a backup come back into a mailbox; what is there stays."""
    fresh, root = work_of(place, number), root_of(*place)
    if not re.fullmatch(r"[a-z0-9._+-]{1,64}", local_part):
        raise Refused("gone", "not a user's name")
    source, there = f"{fresh}/home/{local_part}", f"{root}/home/{local_part}"
    if not is_directory(there):
        raise Refused("gone", "no such user")
    if not is_directory(source):
        raise Refused("missing", "not in the backup")
    status = os.stat(there, follow_symlinks=False)
    as_user(status.st_uid, status.st_gid, source, there, lambda _: True)
    print(json.dumps({"done": True}))


# ---- the directory that all domains share


def switch_share(number):
    """Names that are free come back; what is there stays: it is other domains' as well."""
    fresh, done = f"{work_of(('share',), number)}/share", 0
    for name in names_in(fresh):
        with contextlib.suppress(FileExistsError):
            rename(NO_REPLACE, f"{fresh}/{name}", f"{SHARE}/{name}")
            done += 1
    print(json.dumps({"done": done}))


def clear(*place):
    over = {"share": SHARE_WORK, "test": TEST_WORK}.get(place[0]) or f"{root_of(*place)}/conf/restore"
    if is_directory(over):
        clear_below(over)
    print(json.dumps({"done": True}))


# ---- a look whether what is kept can be brought back

TEST_WORK = "/var/lib/tsukasa/restore-test"


def compare(number, owners):
    """What arrived, one line for each thing, as one sum; see `sum_of_tree` of the other end."""
    import hashlib

    known = {int(uid) for uid in owners.split(",")}
    print(json.dumps(sum_of_tree(work_of(("test",), number).encode(), known, lambda path: facts_here(path, hashlib))))


def facts_here(path, hashlib):
    status = os.lstat(path)
    content = os.readlink(path) if stat.S_ISLNK(status.st_mode) else b""
    if stat.S_ISREG(status.st_mode):
        with open(path, "rb") as file:
            content = hashlib.file_digest(file, "sha256").digest()
    return status.st_mode, status.st_uid, 0 if stat.S_ISLNK(status.st_mode) else int(status.st_mtime), content


VERBS = {"read": read, "room": room, "write": write, "switch": switch, "mailbox": mailbox, "switch_share": switch_share, "clear": clear, "compare": compare}


def main():
    os.umask(0o077)
    verb, *given = sys.argv[1:]
    try:
        VERBS[verb](*given)
    except (Refused, OSError, ValueError) as error:
        tell(error=code_of(error), words=str(error)[:300])
        sys.exit(1)


main()
