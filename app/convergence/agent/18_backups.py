"""BKP-01: the set of a domain that its people restore by themselves. It lies on storage apart from the server.

rsync does the copying, as the domain's own account and below directories that were opened step by step: whatever the
customer made of his backup or of his site, nothing is read or written that he could not read or write himself. rsync
writes each file beside its place and renames it, so whoever looks finds the old one or the new one, never half of one.
"""

BACKED_UP = ("html", "html.stage", "cgi-bin", "cgi-bin.stage", "cgi-data", "var")
BACKUP_STORAGE = "/data/backup"
BACKUP_MOUNTS = "/etc/tsukasa/backup.py"
BACKUP_MOST_NAMES = 100
BACKUP_MOST_PROBLEMS = 20
BACKUP_MOST_ENTRIES = 1000
MOST_RESTORED = 100
BACKUP_IDLE = ("ionice", "-c3", "nice", "-n15")
# Of a copy in which nothing moves, and for a pipe that somebody else holds open when its writer is gone.
BACKUP_STALLED = 120
BACKUP_DRAINED = 5
# What is cut off is gone on with the next night: whole files are not copied again.
BACKUP_LONGEST = 3600
BACKUP_FULL = (errno.ENOSPC, errno.EDQUOT)


def store_of(site):
    """A handle of the domain's part of the storage. A directory on the server's own disk is none."""
    path = f"{site.root}/backup/contents"
    for is_last in (False, True):
        handle = site.handle(path)
        if is_stored_apart(site, handle):
            return handle
        os.close(handle)
        if not is_last:
            # At boot, or when the storage was away, it may have come too late.
            site.tree.forget(f"{site.root}/backup")
            subprocess.run(["/usr/bin/python3", "-I", "-S", BACKUP_MOUNTS], capture_output=True, timeout=30, check=False)
    raise Refused("E_NO_STORAGE", "no storage for backups is mounted")


def is_stored_apart(site, handle):
    account = pwd.getpwuid(site.uid).pw_name
    try:
        stored = os.stat(f"{BACKUP_STORAGE}/{account}", follow_symlinks=False)
    except FileNotFoundError:
        return False
    here = os.fstat(handle)
    return os.path.ismount(BACKUP_STORAGE) and (here.st_dev, here.st_ino) == (stored.st_dev, stored.st_ino)


@contextlib.contextmanager
def working_on_backup(site):
    """A backup and a restore of a domain never meet."""
    handle = os.open(real(f"{site.root}/conf/backup.lock"), os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Refused("E_BUSY", "the backup of this domain is being worked on")
    finally:
        os.close(handle)


def die_with_parent():
    libc.prctl(1, signal.SIGKILL)


# `>f.st......`: what is done, to what kind of thing, and in which respects it differs. With `%b` it is told when it is done.
BACKUP_ITEM = re.compile(rb"([<>ch.*][fdLDS][^ ]{9}|\*deleting)\s+(\d+) \d+ (.*)", re.S)
BACKUP_TOO_LARGE = re.compile(rb"(.*) is over max-size", re.S)
BACKUP_ESCAPED = re.compile(rb"\\#(\d{3})")
BACKUP_FIGURE = re.compile(rb"(Number of files|Total file size): (\d+)")
# `rsync: [generator] mkdir "/x/html/a" failed: Permission denied (13)`
BACKUP_PROBLEM = re.compile(r'^rsync: (?:\[\w+\] )?(.*?) "(.*)"(.*?)\((\d+)\)$')


def unescaped(name):
    return BACKUP_ESCAPED.sub(lambda found: bytes([int(found[1], 8) & 255]), name)


class Pulse:
    """Whether anything of a group of processes has worked lately: time on a processor, or bytes that went in or out."""

    def __init__(self, group):
        self.group, self.last = group, None
        self.seen = self.looked = time.monotonic()

    def stopped(self):
        now = time.monotonic()
        if now - self.looked < 5:
            return False
        self.looked = now
        signs = [self.signs_of(name) for name in os.listdir("/proc") if name.isdecimal()]
        if (sign := sorted(filter(None, signs))) != self.last:
            self.last, self.seen = sign, now
        return now - self.seen > BACKUP_STALLED

    def signs_of(self, name):
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
            if int(fields[2]) != self.group:
                return None
            with open(f"/proc/{name}/io", "rb") as file:
                return name, fields[11], fields[12], file.read()
        except (OSError, IndexError):
            return None


class Mirror:
    """One run of rsync: a name below one open directory becomes the same below another."""

    def __init__(self, site, beat):
        self.site, self.beat = site, beat
        self.new = self.changed = self.touched = self.deleted = 0
        self.bytes = self.files = self.size = 0
        self.needed = self.largest = 0
        self.names, self.problems, self.problem_count, self.full = [], [], 0, False
        self.stalled = False

    def run(self, source, target, name, options, old=None, idle=False):
        """`old`: where what is replaced is looked up, to say how much room is needed. `idle`: visitors come first."""
        argv = [
            *BACKUP_IDLE[: len(BACKUP_IDLE) * idle],
            *("rsync", "-aHSAX", "--numeric-ids", "--stats", "--no-h", "--out-format=%i %l %b %n"),
            *options, "--", b"/proc/self/fd/%d/" % source + name, ".",
        ]  # fmt: skip
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            cwd=f"/proc/self/fd/{target}",
            pass_fds=[source],
            user=self.site.uid,
            group=self.site.uid,
            extra_groups=[],
            umask=0o077,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        try:
            self.listen(process, old)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            process.stdout.close()
            process.stderr.close()
        # 24: something went while it was being looked at.
        return process.returncode in (0, 24)

    def listen(self, process, old):
        """A process of the same account may stop this one, or hold its pipes open: neither keeps the next domain waiting."""
        pulse, over = Pulse(process.pid), None
        takers = {process.stdout.fileno(): functools.partial(self.take_line, old), process.stderr.fileno(): self.take_problem}
        rest = dict.fromkeys(takers, b"")
        while takers:
            ready = select.select(list(takers), [], [], 0.5)[0]
            self.beat.step(0)
            if process.poll() is not None:
                over = over or time.monotonic() + BACKUP_DRAINED
                if time.monotonic() > over:
                    break
            elif pulse.stopped():
                self.stalled = True
                os.killpg(process.pid, signal.SIGKILL)
            for handle in ready:
                part = os.read(handle, 1 << 16)
                *lines, last = (rest[handle] + part).split(b"\n")
                # No line of rsync's is as long; a process of the customer's may put anything here.
                rest[handle] = last[-(1 << 16) :]
                for line in lines:
                    takers[handle](line)
                if not part:
                    del takers[handle]
        process.wait()

    def take_line(self, old, line):
        large = BACKUP_TOO_LARGE.fullmatch(line)
        if large:
            return self.note_problem("large", unescaped(large[1]))
        figure = BACKUP_FIGURE.match(line)
        if figure:
            if figure[1].startswith(b"N"):
                self.files = int(figure[2])
            else:
                # Also of what is left out, however large it seems.
                self.size = min(int(figure[2]), 2**50)
            return
        item = BACKUP_ITEM.fullmatch(line)
        if not item:
            return
        self.beat.step()
        what, size, name = item[1], int(item[2]), item[3]
        if what == b"*deleting":
            self.deleted += 1
            self.remember("deleted", name)
        elif b"+++" in what:
            self.new += 1
            self.remember("new", name)
            if what.startswith(b">f"):
                self.count(size, 0)
        elif what[:1] in b">ch":
            self.changed += 1
            self.remember("changed", name)
            if what.startswith(b">f"):
                self.count(size, self.size_of(old, unescaped(name)))
        elif what[1:2] != b"d":
            self.touched += 1

    def count(self, size, before):
        self.bytes += size
        self.needed += max(0, size - before) + (FILE_COSTS if before == 0 else 0)
        if before:
            self.largest = max(self.largest, min(size, before))

    def size_of(self, old, name):
        if old is None:
            return 0
        try:
            with self.site.acting():
                return os.stat(name, dir_fd=old, follow_symlinks=False).st_size
        except (OSError, ValueError):
            return 0

    def remember(self, kind, name):
        if len(self.names) < BACKUP_MOST_NAMES:
            self.names.append([kind, shown_name(unescaped(name))])

    def take_problem(self, line):
        text = line[:4096].decode("utf-8", "backslashreplace")
        found = BACKUP_PROBLEM.match(text)
        if not found:
            return
        code = int(found[4])
        if code == errno.ENOENT and "vanished" in found[3]:
            return
        self.full = self.full or code in BACKUP_FULL
        name = re.sub(r"^/proc/self/fd/\d+/", "", found[2])
        name = re.sub(r"^/data/(?:domain|backup)/[^/]+/", "", name)
        why = "full" if code in BACKUP_FULL else "unreadable" if code in (errno.EACCES, errno.EPERM) else "other"
        self.note_problem(why, os.fsencode(name))

    def note_problem(self, why, name):
        self.problem_count += 1
        if len(self.problems) < BACKUP_MOST_PROBLEMS:
            self.problems.append([why, shown_name(name)])

    def plain(self):
        return {
            **{key: getattr(self, key) for key in ("new", "changed", "touched", "deleted", "bytes", "files", "size")},
            "needed": self.needed + self.largest,
            "names": self.names,
            "problems": self.problems,
            "problemCount": self.problem_count,
        }


def ended(mirror, good):
    if mirror.stalled:
        raise Refused("E_TOO_MUCH", "nothing moved any more")
    return "full" if mirror.full else "done" if good else "partial" if mirror.files else "failed"


def backup_store(site, request, beat):
    """Each directory by itself: what is the matter with one never keeps the others from being backed up."""
    contents, root = store_of(site), site.handle(site.root)
    try:
        with site.acting():
            os.fchmod(contents, 0o700)
        options = ["--delete", *bounds_of(site, request, beat, request.get("thorough"), (root, BACKED_UP))]
        parts = [store_part(site, beat, root, contents, name, options) for name in BACKED_UP]
        libc.syncfs(contents)
        return {"parts": parts}
    finally:
        os.close(contents)
        os.close(root)


def bounds_of(site, request, beat, thorough, *trees):
    """
    What seems larger than the disk of its domain has more holes than content, and to read them takes years. It is left out and told.
    rsync reads what it compares before it looks how large it is: where there is such a file, content is not compared.
    """
    largest = int(request["largest"])
    compared = thorough and not any(has_larger(site, beat, largest, handle, name) for handle, names in trees for name in names)
    return [f"--max-size={largest}", "--info=skip1", *(["--checksum"] if compared else [])]


def has_larger(site, beat, largest, handle, name):
    """A file, or many files together."""
    total = 0
    with site.acting():
        for size in sizes_below(handle, name):
            beat.step(0)
            total += size
            if size > largest or total > 4 * largest:
                return True
    return False


def sizes_below(handle, name):
    try:
        status = os.stat(name, dir_fd=handle, follow_symlinks=False)
    except OSError:
        return
    if not stat.S_ISDIR(status.st_mode):
        yield status.st_size
        return
    for _, _, names, over in os.fwalk(name, dir_fd=handle, follow_symlinks=False):
        for each in names:
            with contextlib.suppress(OSError):
                yield os.stat(each, dir_fd=over, follow_symlinks=False).st_size


def store_part(site, beat, root, contents, name, options):
    mirror = Mirror(site, beat)
    try:
        if not stat.S_ISDIR(os.stat(name, dir_fd=root, follow_symlinks=False).st_mode):
            return {"name": name, "state": "missing", **mirror.plain()}
    except FileNotFoundError:
        return {"name": name, "state": "missing", **mirror.plain()}
    good = mirror.run(root, contents, name.encode(), options, idle=True)
    return {"name": name, "state": ended(mirror, good), **mirror.plain()}


def restored_paths(names):
    if len(names) > MOST_RESTORED:
        raise Refused("E_TOO_MUCH", "too much was chosen")
    paths = chosen_paths(names)
    if any(os.fsdecode(path.split(b"/")[0]) not in BACKED_UP for path in paths):
        raise Refused("E_GONE", "not a path of a backup")
    return paths


def backup_restore(site, request, beat, is_look=False):
    """What was chosen, one after the other. With `is_look` nothing is written, only told what would be."""
    paths = restored_paths(request["chosen"])
    contents, root = store_of(site), site.handle(site.root)
    try:
        beat.total = request.get("planned") or 0
        compared = bounds_of(site, request, beat, True, (contents, paths), (root, paths))
        options = [*compared, *(["--delete"] if request.get("deletes") else []), *(["--dry-run"] if is_look else [])]
        parts = []
        for path in paths:
            found = restore_one(site, beat, Below(contents), Below(root), path, options, is_look)
            parts.append({"path": plain_name(path), "shown": shown_name(path), **found})
        return {"parts": parts}
    finally:
        os.close(contents)
        os.close(root)


def backup_look(site, request, beat):
    return backup_restore(site, request, beat, is_look=True)


def restore_one(site, beat, stored, live, path, options, is_look):
    mirror = Mirror(site, beat)
    with contextlib.ExitStack() as opened:
        try:
            source, name = opened.enter_context(reached(site, stored, path))
            with site.acting():
                os.stat(name, dir_fd=source, follow_symlinks=False)
        except (OSError, Refused):
            return {"state": "missing", **mirror.plain()}
        try:
            target, _ = opened.enter_context(reached(site, live, path, None if is_look else stored))
        except FileNotFoundError:
            # Only when looking: all of it would be made.
            good = mirror.run(source, opened.enter_context(empty_directory_of(site)), name, options)
            return {"state": ended(mirror, good), **mirror.plain()}
        except OSError as error:
            return {"state": "full" if error.errno in BACKUP_FULL else "blocked", **mirror.plain()}
        except Refused:
            return {"state": "blocked", **mirror.plain()}
        good = mirror.run(source, target, name, options, target)
        if not is_look:
            os.fsync(target)
    return {"state": ended(mirror, good), **mirror.plain()}


@contextlib.contextmanager
def reached(site, below, path, like=None):
    """The directory of a path and its last name, opened as the domain's account."""
    with site.acting():
        opened = below.parent(path, like)
        handle, name = opened.__enter__()
    try:
        yield handle, name
    finally:
        opened.__exit__(None, None, None)


@contextlib.contextmanager
def empty_directory_of(site):
    """Nothing is in it, and nothing comes into it. It is gone when it is closed."""
    path = f"/run/tsukasa-backup-{os.getpid()}"
    os.mkdir(path, 0o700)
    handle = os.open(path, DIRECTORY)
    os.fchown(handle, site.uid, site.uid)
    os.rmdir(path)
    try:
        yield handle
    finally:
        os.close(handle)


BACKUP = {"store": backup_store, "look": backup_look, "restore": backup_restore}


def back_up(request, tell, is_cut):
    with Site(request["domain"]) as site, working_on_backup(site):
        beat = Beat(tell, is_cut)
        beat.LONGEST = BACKUP_LONGEST
        return BACKUP[request["step"]](site, request, beat)


@question
def backup_entries(given, until):
    """What a directory of the backup holds: directories first, then by name."""
    found, complete, state = [], True, "there"
    with Site(given["domain"]) as site:
        try:
            handle = store_of(site)
            try:
                found, complete = backup_listing(site, handle, bytes_of(given["path"]), until)
            finally:
                os.close(handle)
        except Refused as refused:
            state = {"E_NO_STORAGE": "no_storage", "E_GONE": "gone"}[refused.code]
    found.sort(key=lambda entry: (entry["kind"] != "directory", entry["name"]))
    return {"state": state, "entries": found[:BACKUP_MOST_ENTRIES], "complete": complete and len(found) <= BACKUP_MOST_ENTRIES}


def backup_listing(site, contents, path, until):
    found = []
    with contextlib.ExitStack() as opened:
        handle = contents
        try:
            if path:
                over, name = opened.enter_context(reached(site, Below(contents), path))
                with site.acting():
                    handle = os.open(name, DIRECTORY, dir_fd=over)
                opened.callback(os.close, handle)
            with site.acting(), os.scandir(handle) as entries:
                for count, entry in enumerate(entries):
                    if count > 20 * BACKUP_MOST_ENTRIES or time.monotonic() > until - 0.3:
                        return [entry for entry in found if entry], False
                    name = os.fsencode(entry.name)
                    if path or os.fsdecode(name) in BACKED_UP:
                        found.append(backup_entry(handle, path, name))
        except (OSError, Refused):
            raise Refused("E_GONE", "no such directory in the backup")
    return [entry for entry in found if entry], True


def backup_entry(handle, path, name):
    with contextlib.suppress(OSError):
        status = os.stat(name, dir_fd=handle, follow_symlinks=False)
        kind = {stat.S_IFDIR: "directory", stat.S_IFREG: "file", stat.S_IFLNK: "link"}.get(stat.S_IFMT(status.st_mode), "other")
        full = path + b"/" + name if path else name
        return {"path": plain_name(full), "name": shown_name(name), "kind": kind, "bytes": status.st_size, "at": max(0, int(status.st_mtime))}
    return None
