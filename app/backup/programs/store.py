"""The backup host's side (BKP-02); this file goes on where the common part ends, and offsite.py after it. Root makes the directory and leaves: everything that
a server says is read by an account of its own that may write below the set's directory and sees nothing else.

DIRECTORY/<set>/<id>/tree            as rsync --fake-super keeps it: plain files only, owners and kinds in attributes
                    /databases/*.sql.gz
                    /sums            SHA-256 of every file, made after the backup and compared later
                /<id>.part           of one that was not finished; the next goes on with it
On btrfs `tree` is a subvolume and a generation begins as a snapshot of the one before, so that it costs what changed and not one
link for each file; on other file systems generations share what did not change as hard links.
"""

import fcntl
import hashlib
import shutil
import signal
import stat
import struct
import threading
import time

ACCOUNT = 29999
SET = re.compile(r"[ds][1-9][0-9]{0,9}")
NUMBER = re.compile(r"[1-9][0-9]{0,11}")
DUMP = re.compile(r"[a-z0-9_]{1,40}")
PIECE = 1 << 20


def shaped(text, shape):
    if not shape.fullmatch(text):
        raise Refused("failed", f"unexpected: {text!r}"[:100])
    return text


def prepared(directory):
    """Nobody but the account sees copies."""
    path = os.path.normpath(directory)
    if not path.startswith("/") or path.count("/") < 2:
        raise Refused("failed", "not a directory for backups")
    os.makedirs(path, 0o700, exist_ok=True)
    os.chown(path, ACCOUNT, ACCOUNT)
    os.chmod(path, 0o700)
    return path


def leave_root():
    os.setgroups([])
    os.setgid(ACCOUNT)
    os.setuid(ACCOUNT)


def enter(directory, name):
    """From here on there is the set's directory alone, as /tree, and the account that it is of."""
    path = f"{prepared(directory)}/{shaped(name, SET)}"
    with contextlib.suppress(FileExistsError):
        os.mkdir(path, 0o700)
        os.chown(path, ACCOUNT, ACCOUNT)
    confine(path, writable=True)
    leave_root()


def space(directory):
    status = os.statvfs(directory)
    return {"free": status.f_bavail * status.f_frsize, "total": status.f_blocks * status.f_frsize}


def status_of(directory):
    print(json.dumps(space(prepared(directory))))


# ---- generations

CREATE, SNAPSHOT, DELETE, SET_FLAGS = 0x5000940E, 0x50009417, 0x5000940F, 0x4008941A  # linux/btrfs.h
READ_ONLY_TREE = 1 << 1
ROOT_OF_SUBVOLUME = 256


def is_subvolume(path):
    """Its root directory has a number of its own, and a device."""
    status = os.stat(path, follow_symlinks=False)
    return status.st_ino == ROOT_OF_SUBVOLUME and status.st_dev != os.stat(os.path.dirname(path)).st_dev


def order(number, over, words):
    """False where the file system has no such thing."""
    handle = os.open(over, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.ioctl(handle, number, bytearray(words))
        return True
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        return False
    finally:
        os.close(handle)


def make_subvolume(path):
    over, name = os.path.split(path)
    return order(CREATE, over, struct.pack("q4088s", 0, os.fsencode(name)))


def make_snapshot(source, path):
    over, name = os.path.split(path)
    handle = os.open(source, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        return order(SNAPSHOT, over, struct.pack("qQQ32s4040s", handle, 0, 0, b"", os.fsencode(name)))
    finally:
        os.close(handle)


def seal(tree, closed=True):
    """Nothing writes to a generation that is whole, by mistake or not. Of a plain directory: nothing."""
    if is_subvolume(tree):
        order(SET_FLAGS, tree, struct.pack("Q", READ_ONLY_TREE if closed else 0))


def begin_tree(tree, before):
    """Where rsync writes: what the generation before has, which it makes anew where it differs. Answers what else it needs to know."""
    if not os.path.isdir(tree):
        if before and is_subvolume(before) and make_snapshot(before, tree):
            return []
        if not make_subvolume(tree):
            os.mkdir(tree, 0o700)
    elif is_subvolume(tree):
        return []
    return [f"--link-dest={before}"] if before else []


def remove(path):
    """A generation, or what there is of one. A subvolume goes at once, however much is in it."""
    tree = f"{path}/tree"
    if os.path.isdir(tree) and is_subvolume(tree):
        seal(tree, closed=False)
        order(DELETE, path, struct.pack("q4088s", 0, b"tree"))
    shutil.rmtree(path)


# ---- rsync, whose other end is at the other end of this program's standard streams

# What rsync takes for its remote shell: tells what it is asked to run, then carries bytes.
PUMP = """
import json, os, sys, threading
def carry(source, target):
    try:
        while piece := os.read(source, 1 << 20):
            while piece:
                piece = piece[os.write(target, piece):]
    except OSError:
        pass
    # As a remote shell does: whichever end is over, so is the other.
    os._exit(0)
line = json.dumps(sys.argv[1:]).encode()
os.write(11, b"%d\\n" % len(line) + line)
# rsync leaves its remote shell an output that refuses what it can't take at once.
for handle in (0, 1, 10, 11):
    os.set_blocking(handle, True)
threading.Thread(target=carry, args=(0, 11), daemon=True).start()
carry(10, 1)
"""
SHELL = """/usr/bin/python3 -I -S -c "exec(__import__('os').environ['PUMP'])" """
TOO_LARGE = re.compile(rb"(.*) is over max-size\n", re.S)
FIGURE = re.compile(r"^(Number of regular files transferred|Number of files|Total file size|Total bytes received|Total bytes sent): ([0-9]+)", re.M)
REGULAR = re.compile(r"^Number of files: .*?reg: ([0-9]+)", re.M)


def rsync(options, source, target, reserve=0):
    os.dup2(0, 10, inheritable=True)
    os.dup2(1, 11, inheritable=True)
    # Times that differ within a second differ.
    argv = [
        "/usr/bin/rsync", "-rlptgoDHASXz", "--modify-window=-1", "--compress-choice=lz4", "--numeric-ids", "--fake-super", "--stats", "--no-h", "--timeout=900",
        *options, "-e", SHELL, source, target,
    ]  # fmt: skip
    child = subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=(10, 11),
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PUMP": PUMP},
        cwd="/",
        start_new_session=True,
    )
    os.set_inheritable(10, False)
    said = bytearray()
    reader = threading.Thread(target=keep_some, args=(child.stderr, said), daemon=True)
    reader.start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if reserve:
        threading.Thread(target=keep_free, args=(reserve, child, said), daemon=True).start()
    stats, large = heard(child.stdout)
    status = child.wait()
    reader.join(2)
    # In the words of its other complaints.
    said.extend(b"".join(b'rsync: "/tree/%s" is larger than its disk (27)\n' % name for name in large))
    return status, figures_of(stats), said.decode("utf-8", "replace")


def heard(stream):
    """What it says at the end, and the first names of what it left out."""
    end, large = b"", []
    for line in iter(lambda: stream.readline(PIECE), b""):
        end = (end + line)[-8192:]
        found = TOO_LARGE.fullmatch(line)
        if found and len(large) < 5:
            large.append(found[1][:200])
    return end.decode("utf-8", "replace"), large


def keep_free(reserve, child, said):
    """The disk is others' as well: what fills it is stopped while there is room for them."""
    while child.poll() is None:
        if space("/tree")["free"] < reserve:
            said.extend(b"No space left but what is kept free")
            # Its receiving half as well
            return os.killpg(child.pid, signal.SIGKILL)
        time.sleep(1)


def keep_some(stream, kept):
    while piece := stream.read1(8192):
        if len(kept) < 16384:
            kept.extend(piece[: 16384 - len(kept)])


def figures_of(stats):
    found = {name: int(value) for name, value in FIGURE.findall(stats)}
    regular = REGULAR.search(stats)
    sent = found.get("Total bytes received", 0) + found.get("Total bytes sent", 0)
    return {"files": int(regular[1]) if regular else 0, "bytes": found.get("Total file size", 0), "sent": sent}


# Some files could not be read, or went meanwhile: everything else was copied.
PARTIAL = {23, 24, 25}


def verdict(status, said):
    if "No space left" in said or "Disk quota exceeded" in said:
        return "no_space"
    if status == 0 and "is larger than its disk (27)" in said:
        return "partial"
    return "done" if status == 0 else "partial" if status in PARTIAL else "failed"


def numbers():
    return sorted(int(name) for name in os.listdir("/tree") if NUMBER.fullmatch(name))


def pull(directory, name, number, reserve, largest):
    """A generation, as far as files go; what an earlier one that was cut off has brought is not brought again."""
    enter(directory, name)
    part = f"/tree/{shaped(number, NUMBER)}.part"
    for left in sorted(os.listdir("/tree")):
        if left.endswith(".part") and f"/tree/{left}" != part:
            os.rename(f"/tree/{left}", part) if not os.path.exists(part) else remove(f"/tree/{left}")
    os.makedirs(f"{part}/databases", 0o700, exist_ok=True)
    before = [each for each in numbers() if each != int(number)]
    try:
        more = begin_tree(f"{part}/tree", f"/tree/{before[-1]}/tree" if before else None)
        status, figures, said = rsync(["--delete", f"--max-size={int(largest)}", "--info=skip1", *more], "server:/tree/", f"{part}/tree/", int(reserve))
        code = verdict(status, said)
    except OSError as error:
        status, figures, said, code = 1, {}, str(error), code_of(error)
    if code == "no_space":
        remove(part)
    tell(code=code, words=said[-600:], **figures)


def put(directory, name, number, dump):
    """A dump; whether it is whole, its sender says later (`finish`)."""
    enter(directory, name)
    path = f"/tree/{shaped(number, NUMBER)}.part/databases/{shaped(dump, DUMP)}.sql.gz"
    size = 0
    with open(path, "wb") as file:
        while piece := os.read(0, PIECE):
            file.write(piece)
            size += len(piece)
        file.flush()
        os.fsync(file.fileno())
    tell(bytes=size)


def sum_of(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def share_with(before, now):
    """A dump that is the same as the day before takes no room twice."""
    with contextlib.suppress(FileNotFoundError):
        if os.path.getsize(before) == os.path.getsize(now) and sum_of(before) == sum_of(now):
            os.link(before, f"{now}.same")
            os.rename(f"{now}.same", now)


def sync_of(path):
    """Of this file system alone: others on the machine are not waited for."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if libc.syncfs(handle):
            raise OSError(ctypes.get_errno(), "syncfs")
    finally:
        os.close(handle)


def finish(directory, name, number, kept, whole):
    """The generation gets its name; of the older ones those stay that are to be kept."""
    enter(directory, name)
    part, before = f"/tree/{shaped(number, NUMBER)}.part", numbers()
    for dump in os.listdir(f"{part}/databases"):
        if dump.removesuffix(".sql.gz") not in whole.split(","):
            os.unlink(f"{part}/databases/{dump}")
        elif before:
            share_with(f"/tree/{before[-1]}/databases/{dump}", f"{part}/databases/{dump}")
    seal(f"{part}/tree")
    sync_of("/tree")
    os.rename(part, f"/tree/{number}")
    for old in before[: max(0, len(before) + 1 - int(kept))]:
        remove(f"/tree/{old}")
    print(json.dumps({"kept": numbers()} | space("/tree")))


def forget(directory, name, *gone):
    """`all`, or some generations."""
    enter(directory, name)
    for entry in os.listdir("/tree"):
        if gone == ("all",) or entry.removesuffix(".part") in gone:
            remove(f"/tree/{entry}")
    print(json.dumps({"kept": numbers()}))


# ---- what is kept is looked at


def files_of(top):
    for over, directories, names in os.walk(top):
        directories.sort()
        for name in sorted(names):
            yield os.path.join(os.fsencode(over), os.fsencode(name)) if isinstance(over, str) else os.path.join(over, name)


def known_sums(path):
    """Sum by inode, size and time: a file that is shared with an earlier generation is the same one."""
    sums = {}
    with contextlib.suppress(FileNotFoundError), open(path, "rb") as file:
        for line in file:
            digest, inode, size, at, name = line.rstrip(b"\n").split(b" ", 4)
            sums[name] = (digest.decode(), int(inode), int(size), int(at))
    return sums


def verify(directory, name, number):
    """The first look writes sums; each later one compares them, all of them, with what is read from the disk."""
    enter(directory, name)
    top = f"/tree/{shaped(number, NUMBER)}"
    if not os.path.isdir(top):
        raise Refused("gone", number)
    kept, damaged, count, lines = known_sums(f"{top}/sums"), [], 0, []
    for path in files_of(f"{top}/tree".encode()):
        count += 1
        look(path, top, kept, damaged, lines)
    for path in files_of(f"{top}/databases".encode()):
        count += 1
        look(path, top, kept, damaged, lines)
        if subprocess.run(["/usr/bin/gzip", "-t", "--", path], capture_output=True, env={}).returncode:
            damaged.append(os.path.basename(path))
    damaged += list(kept.keys() - {line[4] for line in lines})
    if not kept:
        write_sums(f"{top}/sums", lines)
    names = sorted({each.decode("utf-8", "backslashreplace").replace("\\x0a", "\n") for each in damaged})
    print(json.dumps({"files": count, "damaged": len(names), "names": [each[:200] for each in names[:20]]}))


def look(path, top, kept, damaged, lines):
    name = path[len(top) + 1 :].replace(b"\\", b"\\\\").replace(b"\n", b"\\n")
    try:
        status = os.stat(path)
        digest = sum_of(path)
    except OSError:
        return damaged.append(name)
    if name in kept and kept[name][0] != digest:
        damaged.append(name)
    lines.append((digest, status.st_ino, status.st_size, status.st_mtime_ns, name))


def write_sums(path, lines):
    with open(f"{path}.new", "wb") as file:
        for digest, inode, size, at, name in lines:
            file.write(b"%s %d %d %d %s\n" % (digest.encode(), inode, size, at, name))
        file.flush()
        os.fsync(file.fileno())
    os.rename(f"{path}.new", path)


# ---- and comes back


def push(directory, name, number, maps, *parts):
    """Parts of a generation to a server. `maps`: whose everything is there."""
    enter(directory, name)
    top = f"/tree/{shaped(number, NUMBER)}/tree"
    if not os.path.isdir(top):
        raise Refused("gone", number)
    os.chdir(top)
    filters = []
    for part in parts:
        pieces = part.split("/")
        filters += [f"--include=/{'/'.join(pieces[: n + 1])}/" for n in range(len(pieces))] + [f"--include=/{part}/**"]
    given = [f"--usermap={maps}", f"--groupmap={maps}", *filters, *(["--exclude=*"] if parts else [])]
    status, figures, said = rsync(given, f"{top}/", "server:/tree/")
    tell(code=verdict(status, said), words=said[-4000:], **figures)


def get(directory, name, number, dump):
    """A dump on standard output, if it is whole: what it replaces is thrown away first."""
    enter(directory, name)
    path = f"/tree/{shaped(number, NUMBER)}/databases/{shaped(dump, DUMP)}.sql.gz"
    if os.path.exists(path) and subprocess.run(["/usr/bin/gzip", "-t", "--", path], capture_output=True, env={}).returncode:
        raise Refused("damaged", dump)
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            while piece := file.read(PIECE):
                os.write(1, piece)
    except FileNotFoundError:
        raise Refused("missing", dump)
    tell(bytes=size)


def list_of(directory, name, number):
    """What is in a generation: homes, databases and how much there is to bring back."""
    enter(directory, name)
    top = f"/tree/{shaped(number, NUMBER)}"
    if not os.path.isdir(top):
        raise Refused("gone", number)
    homes = sorted(os.listdir(f"{top}/tree/home")) if os.path.isdir(f"{top}/tree/home") else []
    dumps = sorted(each.removesuffix(".sql.gz") for each in os.listdir(f"{top}/databases"))
    sizes = {part: size_of(f"{top}/tree/{part}") for part in os.listdir(f"{top}/tree") if part != "home"}
    sizes |= {f"home/{each}": size_of(f"{top}/tree/home/{each}") for each in homes}
    print(json.dumps({"sizes": sizes, "databases": dumps}))


def size_of(top):
    total, seen = 0, set()
    for path in files_of(top.encode()):
        status = os.lstat(path)
        if status.st_ino not in seen:
            seen.add(status.st_ino)
            total += 4096 + status.st_blocks * 512
    return total


def tree_sum(directory, name, number, owners):
    """What a generation says of its tree: rsync keeps modes and owners in an attribute, and where links lead as content."""
    enter(directory, name)
    known = {int(uid) for uid in owners.split(",")}
    print(json.dumps(sum_of_tree(f"/tree/{shaped(number, NUMBER)}/tree".encode(), known, facts_kept)))


def facts_kept(path):
    status = os.lstat(path)
    mode, uid = status.st_mode, -1
    with contextlib.suppress(OSError):
        # As rsync writes it: mode, device numbers, owner and group.
        kept, _, owner = os.getxattr(path, "user.rsync.%stat").decode().split(" ")
        mode, uid = int(kept, 8), int(owner.split(":")[0])
    content = b""
    if stat.S_ISLNK(mode):
        with open(path, "rb") as file:
            return mode, uid, 0, file.read()
    if stat.S_ISREG(mode):
        content = bytes.fromhex(sum_of(path))
    return mode, uid, int(status.st_mtime), content


def dumps_whole(directory, name, number):
    """Every dump can be unpacked and ends as MariaDB ends one."""
    enter(directory, name)
    top, parts = f"/tree/{shaped(number, NUMBER)}/databases", {}
    for dump in sorted(os.listdir(top)):
        unpacked = subprocess.Popen(["/usr/bin/gzip", "-dc", "--", f"{top}/{dump}"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={})
        end = subprocess.run(["/usr/bin/tail", "-c", "200"], stdin=unpacked.stdout, stdout=subprocess.PIPE, env={}).stdout
        whole = unpacked.wait() == 0 and b"-- Dump completed" in end
        parts[dump.removesuffix(".sql.gz")] = "done" if whole else "damaged"
    print(json.dumps({"parts": parts}))


VERBS = {
    "status": status_of, "pull": pull, "put": put, "finish": finish, "forget": forget, "verify": verify, "push": push, "get": get, "list": list_of,
    "tree_sum": tree_sum, "dumps_whole": dumps_whole,
}  # fmt: skip
