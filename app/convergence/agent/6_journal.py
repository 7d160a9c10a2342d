"""The journal: how everything was, durable before anything is touched, so that any later process can put it back.

/var/lib/tsukasa/journal/<run>/undo.jsonl: first a line with what to re-activate, then a line for each
operation, then a last one. Without its last line nothing had been changed yet.
"""

STATE = "/var/lib/tsukasa"
JOURNALS = f"{STATE}/journal"
END = '"end"\n'


def open_state():
    """Our own directory on the server."""
    for path, mode in ((STATE, 0o755), (JOURNALS, 0o700)):
        if not os.path.isdir(real(path)):
            os.makedirs(real(path), mode)


class Lock:
    """One apply at a time on a server, whoever asks. It ends with the process that holds it."""

    def __init__(self):
        self.handle = None

    def take(self, patience):
        if self.handle is not None:
            return
        open_state()
        handle = os.open(real(f"{STATE}/lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        until = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self.handle = handle
                return
            except BlockingIOError:
                if time.monotonic() > until:
                    os.close(handle)
                    raise Refused("E_BUSY", "another apply holds this server")
                time.sleep(0.05)

    def drop(self):
        if self.handle is not None:
            os.close(self.handle)
            self.handle = None


class Journal:
    """Written once by `record`, read by `undo`, which may be another process after a crash."""

    def __init__(self, run_id):
        self.name = str(run_id)
        self.path = f"{JOURNALS}/{self.name}"
        self.log = real(f"{self.path}/undo.jsonl")

    def record(self, tree, operations, activations, starts, stops):
        open_state()
        shutil.rmtree(real(self.path), ignore_errors=True)
        os.mkdir(real(self.path), 0o700)
        head = {"boot": boot_id(), "activations": activations, "started": starts, "stopped": stops}
        with open(self.log, "x", encoding="utf-8") as log, contextlib.ExitStack() as databases:
            log.write(json.dumps(head) + "\n")
            connect = functools.cache(lambda path: databases.enter_context(reading(path)))
            states = states_of(operations)
            for number, operation in enumerate(operations):
                of_mariadb = operation["kind"] in DATABASE_KINDS
                note = before_database(operation, states) if of_mariadb else self.before(tree, number, operation, connect)
                log.write(json.dumps(note) + "\n")
            log.write(END)
            log.flush()
            os.fsync(log.fileno())
        if len(os.listdir(real(self.path))) > 1:
            folder = os.open(real(self.path), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            os.fsync(folder)
            os.close(folder)

    def before(self, tree, number, operation, connect):
        """How one thing is now; what must be kept of it is kept beside the log."""
        kind, path = operation["kind"], operation.get("path")
        if kind == "table":
            rows = scope_rows(connect(operation["database"]), operation["table"], operation["scope"])
            return {"kind": "table", **{k: operation[k] for k in ("database", "table", "scope")}, "rows": rows}
        if kind == "exchange":
            return exchange_before(tree, number, operation)
        note = {"kind": kind, "path": path, "number": number, "was": None}
        if operation.get("seed"):
            note["seed"] = [user_or_none(operation["owner"], user_id), user_or_none(operation["group"], group_id)]
            note["digest"] = hashlib.sha256(operation.get("content", "").encode()).hexdigest()
        status = tree.status(path)
        if status:
            note["was"] = {"type": "kept"} if operation.get("seed") else self.keep(tree, number, path, status)
        return note

    def keep(self, tree, number, path, status):
        was = {"type": KINDS.get(stat.S_IFMT(status.st_mode), "other")}
        was |= {"uid": status.st_uid, "gid": status.st_gid, "mode": stat.S_IMODE(status.st_mode)}
        handle, name, _ = tree.parent(path)
        if was["type"] == "symlink":
            was["target"] = os.readlink(name, dir_fd=handle)
        if was["type"] == "file":
            self.keep_file(handle, name, number)
        return was

    def keep_file(self, handle, name, number):
        """A second name of the same inode; a copy where the file lies on another file system."""
        kept = real(f"{self.path}/{number}")
        try:
            os.link(name, kept, src_dir_fd=handle, follow_symlinks=False)
        except OSError as error:
            if error.errno not in (errno.EXDEV, errno.EMLINK, errno.EPERM):
                raise
            source = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=handle)
            with open(source, "rb") as old, open(kept, "xb") as copy:
                shutil.copyfileobj(old, copy)
                copy.flush()
                os.fsync(copy.fileno())

    def exists(self):
        try:
            with open(self.log, "rb") as log:
                log.seek(max(0, os.fstat(log.fileno()).st_size - len(END)))
                return log.read() == END.encode()
        except FileNotFoundError:
            return False

    def read(self):
        with open(self.log, encoding="utf-8") as log:
            head, *notes, _ = [json.loads(line) for line in log]
        return head, notes

    def close(self):
        """Nothing to put back any more. Without its log a journal is only rubbish."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.log)
        shutil.rmtree(real(self.path), ignore_errors=True)

    def undo(self):
        """Everything as it was, last change first. May be repeated: a half-done undo is finished by the next."""
        tree, touched, databases = Tree(), {}, {}
        head, notes = self.read()
        if head["boot"] != boot_id():
            for path in {note["database"] for note in notes if note["kind"] == "table"}:
                if os.path.exists(real(path)):
                    mend_database(path)
        try:
            # First what only takes room: on a full disk the rest needs it.
            for note in notes:
                remove_temporary(tree, note, self)
            for note in reversed(notes):
                undo_one(tree, note, self)
                if note["kind"] == "table":
                    databases[note["database"]] = True
                elif note["kind"] not in DATABASE_KINDS:
                    touched.update(dict.fromkeys(directories_of(note), True))
            sync_directories(tree, touched, database_handles(databases))
            forget_transactions()
        finally:
            tree.close()
        return head


def user_or_none(name, resolve):
    try:
        return resolve(name)
    except Refused:
        return None


def temporary(run_id, number):
    return f".tsukasa-{run_id}.{number}"


def remove_temporary(tree, note, journal):
    if note["kind"] in ("file", "symlink", "exchange") and not note.get("seed"):
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            handle, _, _ = tree.parent(note["path"])
            os.unlink(temporary(journal.name, note["number"]), dir_fd=handle)


def undo_one(tree, note, journal):
    if note["kind"] in DATABASE_KINDS:
        try:
            return undo_database(note)
        except Refused as error:
            # A MariaDB that does not come up must not hold up everything else; a full apply puts right what it lost.
            return print(f"not undone: {note['name']}: {error}", file=sys.stderr)
    if note["kind"] == "table":
        if os.path.exists(real(note["database"])):
            make_database(tree, note["database"])
            replace_rows(note["database"], [(note["table"], note["scope"], note["rows"])])
        return
    if note["kind"] == "exchange":
        return undo_exchange(tree, note, journal)
    try:
        handle, name, _ = tree.parent(note["path"])
    except (FileNotFoundError, NotADirectoryError):
        return
    if note.get("seed"):
        return undo_seed(tree, note, handle, name)
    was = note["was"]
    if was is None:
        remove_made(tree, note, handle, name)
    elif was["type"] == "directory":
        restore_directory(tree, note["path"], handle, name, was)
    elif was["type"] == "symlink":
        make_link(handle, name, was["target"], temporary(journal.name, note["number"]))
    elif was["type"] == "file":
        restore_file(handle, name, real(f"{journal.path}/{note['number']}"), was, temporary(journal.name, note["number"]))


def remove_made(tree, note, handle, name):
    """What was not there before. A directory that something else fills by now stays."""
    if note["kind"] == "directory":
        tree.forget(note["path"])
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            try:
                os.rmdir(name, dir_fd=handle)
            except OSError as error:
                if error.errno not in (errno.ENOTEMPTY, errno.EBUSY, errno.EEXIST):
                    raise
        return
    with contextlib.suppress(FileNotFoundError, IsADirectoryError):
        os.unlink(name, dir_fd=handle)


def undo_seed(tree, note, handle, name):
    """A seed is taken back only when it was made now and is still as it was made."""
    if note["was"] is not None or None in note["seed"]:
        return
    with contextlib.suppress(OSError), acting_as(*note["seed"]):
        if note["kind"] == "directory":
            tree.forget(note["path"])
            os.rmdir(name, dir_fd=handle)
            return
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=handle)
        with open(file, "rb") as made:
            if hashlib.sha256(made.read(1 << 20)).hexdigest() == note["digest"]:
                os.unlink(name, dir_fd=handle)


def restore_directory(tree, path, handle, name, was):
    with contextlib.suppress(FileExistsError):
        os.mkdir(name, 0o700, dir_fd=handle)
        tree.forget(path)
    own, _ = tree.open(path)
    os.fchown(own, was["uid"], was["gid"])
    os.fchmod(own, was["mode"])


def restore_file(handle, name, kept, was, spare):
    """The kept inode comes back under its name; its second name stays so that this can be repeated."""
    try:
        os.link(kept, spare, dst_dir_fd=handle)
    except OSError as error:
        if error.errno not in (errno.EXDEV, errno.EMLINK, errno.EPERM):
            raise
        if is_copy_of(handle, name, kept, was):
            return
        copy = os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=handle)
        with open(kept, "rb") as old, open(copy, "wb") as new:
            shutil.copyfileobj(old, new)
            os.fchown(copy, was["uid"], was["gid"])
            os.fchmod(copy, was["mode"])
            new.flush()
            os.fsync(copy)
    os.rename(spare, name, src_dir_fd=handle, dst_dir_fd=handle)
    # rename() of two names of one inode does nothing, and leaves both.
    with contextlib.suppress(FileNotFoundError):
        os.unlink(spare, dir_fd=handle)


def is_copy_of(handle, name, kept, was):
    """Whether nothing has happened to a file yet: on a full disk there is no room to write it again."""
    try:
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=handle)
    except OSError:
        return False
    with open(file, "rb") as here, open(kept, "rb") as old:
        status = os.fstat(file)
        if (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) != (was["uid"], was["gid"], was["mode"]):
            return False
        return status.st_size == os.fstat(old.fileno()).st_size and here.read() == old.read()


def make_link(handle, name, target, spare):
    with contextlib.suppress(FileNotFoundError):
        os.unlink(spare, dir_fd=handle)
    os.symlink(target, spare, dir_fd=handle)
    os.rename(spare, name, src_dir_fd=handle, dst_dir_fd=handle)


def forget_closed_journals():
    """A closed journal that a power cut brings back would undo what has been told as done."""
    with contextlib.suppress(OSError):
        handle = os.open(real(JOURNALS), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def open_journals():
    """Runs that were begun and neither committed nor undone. Rubbish of finished ones is cleared away."""
    if not os.path.isdir(real(JOURNALS)):
        return []
    names = sorted(os.listdir(real(JOURNALS)), key=lambda name: (len(name), name))
    journals = [Journal(name) for name in names]
    for journal in journals:
        if not journal.exists():
            journal.close()
    return [journal for journal in journals if journal.exists()]
