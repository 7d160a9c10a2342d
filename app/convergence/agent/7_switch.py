"""The switch: directories and temporary files first, made durable together, then one quick pass of renames.

An operation is {"do": "put" | "remove", "kind", …}, in the order in which they are to happen.
"""


def put_directory(tree, operation):
    path, mode = operation["path"], operation["mode"]
    handle, name, safe = tree.parent(path)
    if operation.get("seed") and not safe:
        return put_seed_directory(tree, operation, handle, name)
    if not safe:
        raise Refused("E_UNTRUSTED", f"others can write above {path}", path=path)
    try:
        os.mkdir(name, 0o700, dir_fd=handle)
        tree.forget(path)
    except FileExistsError:
        if operation.get("seed"):
            return
    own, _ = tree.open(path)
    os.fchown(own, user_id(operation["owner"]), group_id(operation["group"]))
    os.fchmod(own, mode)
    # Whether the way below is trusted depends on the new owner.
    tree.forget(path)


def put_seed_directory(tree, operation, handle, name):
    with acting_as(user_id(operation["owner"]), group_id(operation["group"])):
        with contextlib.suppress(FileExistsError):
            os.mkdir(name, 0o700, dir_fd=handle)
            own = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=handle)
            os.fchmod(own, operation["mode"])
            os.close(own)


def write_new(handle, name, operation):
    """A new file; its handle, not yet durable."""
    file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=handle)
    try:
        content = memoryview(operation["content"].encode())
        while content:
            content = content[os.write(file, content) :]
        if os.geteuid() == 0:
            os.fchown(file, user_id(operation["owner"]), group_id(operation["group"]))
        os.fchmod(file, operation["mode"])
        return file
    except BaseException:
        os.close(file)
        raise


def put_seed(tree, operation):
    handle, name, safe = tree.parent(operation["path"])
    ids = (0, 0) if safe else (user_id(operation["owner"]), group_id(operation["group"]))
    with contextlib.suppress(FileExistsError), acting_as(*ids):
        os.close(write_new(handle, name, operation))


class Switch:
    """One pass over the operations of an apply."""

    def __init__(self, run_id, operations, tell=lambda done: None):
        self.run_id, self.operations, self.tell = run_id, list(enumerate(operations)), tell
        self.tree, self.touched, self.databases = Tree(), {}, {}

    def run(self, durable=True):
        try:
            written = self.stage(durable)
            if durable:
                self.sync(written)
            self.rename()
            self.exchange()
            self.replace_tables()
            self.change_databases()
            self.remove()
            if durable:
                sync_directories(self.tree, self.touched, database_handles(self.databases))
        finally:
            self.tree.close()

    def stage(self, durable):
        """Directories and temporary files, and seeds; nothing that a daemon reads changes yet."""
        handles = []
        for count, (number, operation) in enumerate(self.operations):
            if operation["do"] != "put" or operation["kind"] not in ("directory", "file", "exchange"):
                continue
            with about(operation):
                file = self.stage_one(number, operation)
            if file is not None:
                handles.append(os.dup(file) if durable and len(handles) <= SYNCED_ONE_BY_ONE else None)
                os.close(file)
            if count % 500 == 499:
                self.tell(count)
        return handles

    def stage_one(self, number, operation):
        path = operation["path"]
        if not operation.get("seed"):
            # Seeds need not outlive a power cut: those that daemons need come back with the next full apply.
            self.touched[path.rsplit("/", 1)[0] or "/"] = True
        if operation["kind"] == "exchange":
            return stage_mark(self.tree, temporary(self.run_id, number), operation)
        if operation["kind"] == "directory":
            return put_directory(self.tree, operation)
        if operation.get("seed"):
            return put_seed(self.tree, operation)
        handle, _, safe = self.tree.parent(path)
        if not safe:
            raise Refused("E_UNTRUSTED", f"others can write in the directory of {path}", path=path)
        return write_new(handle, temporary(self.run_id, number), operation)

    def sync(self, handles):
        """Few files one by one, many by their file systems."""
        try:
            if len(handles) <= SYNCED_ONE_BY_ONE:
                for handle in handles:
                    os.fsync(handle)
            else:
                sync_directories(self.tree, self.touched)
        finally:
            for handle in handles:
                if handle is not None:
                    os.close(handle)

    def rename(self):
        for number, operation in self.operations:
            if operation["do"] != "put" or operation.get("seed") or operation["kind"] not in ("file", "symlink"):
                continue
            with about(operation):
                handle, name, safe = self.tree.parent(operation["path"])
                spare = temporary(self.run_id, number)
                if operation["kind"] == "symlink":
                    if not safe:
                        raise Refused("E_UNTRUSTED", f"others can write in the directory of {operation['path']}")
                    self.touched[operation["path"].rsplit("/", 1)[0] or "/"] = True
                    make_link(handle, name, operation["target"], spare)
                else:
                    os.rename(spare, name, src_dir_fd=handle, dst_dir_fd=handle)

    def exchange(self):
        """After everything else that has a name, and all of them at once as far as anybody can see."""
        for number, operation in self.operations:
            if operation["kind"] == "exchange":
                with about(operation):
                    exchange_pairs(self.tree, temporary(self.run_id, number), operation)
                    self.touched.update(dict.fromkeys(directories_of(operation), True))

    def replace_tables(self):
        """What is to be put back is in our own journal for all databases."""
        for _, operation in self.operations:
            if operation["kind"] == "table":
                rows = operation["rows"] if operation["do"] == "put" else []
                changes = self.databases.setdefault(operation["database"], [])
                changes.append((operation["table"], operation["scope"], rows))
        for path, changes in self.databases.items():
            with about({"path": path}):
                make_database(self.tree, path)
                replace_rows(path, changes)

    def change_databases(self):
        for _, operation in self.operations:
            if operation["kind"] in DATABASE_KINDS:
                with about({"path": f"{operation['kind']}:{operation['name']}"}):
                    change_database(operation)

    def remove(self):
        for _, operation in self.operations:
            if operation["do"] == "remove" and operation["kind"] in ("file", "symlink", "directory"):
                with about(operation), contextlib.suppress(FileNotFoundError, NotADirectoryError):
                    self.remove_one(operation)

    def remove_one(self, operation):
        path = operation["path"]
        handle, name, safe = self.tree.parent(path)
        if not safe:
            raise Refused("E_UNTRUSTED", f"others can write in the directory of {path}", path=path)
        self.touched[path.rsplit("/", 1)[0] or "/"] = True
        if operation["kind"] != "directory":
            return os.unlink(name, dir_fd=handle)
        self.tree.forget(path)
        self.touched.pop(path, None)
        try:
            os.rmdir(name, dir_fd=handle)
        except OSError as error:
            # Somebody's data: it stays, and it is no longer ours.
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.EBUSY):
                raise


@contextlib.contextmanager
def about(operation):
    """Errors name the path that they are about."""
    try:
        yield
    except (OSError, Refused) as error:
        refused = refusal(error, operation.get("path"))
        refused.detail.setdefault("path", operation.get("path"))
        raise refused from error
    except sqlite3.Error as error:
        # A full disk comes as "database or disk is full".
        code = "ENOSPC" if "full" in str(error) else "E_TABLE"
        raise Refused(code, f"{operation.get('path')}: {error}", path=operation.get("path")) from error


def remove_tree(path, uid, gid, tell):
    """Everything below a directory as its owner, then the directory itself; False when something stays."""
    tree = Tree()
    try:
        handle, name, safe = tree.parent(path)
        if not safe:
            raise Refused("E_UNTRUSTED", f"others can write in the directory of {path}", path=path)
        own, _ = tree.open(path)
        with acting_as(user_id(uid), group_id(gid)):
            empty_directory(own, tell)
        os.rmdir(name, dir_fd=handle)
    except FileNotFoundError:
        return True
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.EBUSY, errno.ENOTDIR, errno.ELOOP):
            raise refusal(error, path)
        return False
    finally:
        tree.close()
    return True


def empty_directory(handle, tell, depth=0):
    """Links are unlinked, never followed. What the owner may not remove stays."""
    for count, entry in enumerate(list(os.scandir(handle))):
        if count % 2000 == 1999:
            tell({"phase": "prune", "done": count})
        with contextlib.suppress(OSError):
            if not entry.is_dir(follow_symlinks=False):
                os.unlink(entry.name, dir_fd=handle)
            elif depth < 100:
                # Its owner may have forbidden himself to change it.
                with contextlib.suppress(OSError):
                    os.chmod(entry.name, 0o700, dir_fd=handle)
                flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
                below = os.open(entry.name, flags, dir_fd=handle)
                try:
                    empty_directory(below, tell, depth + 1)
                finally:
                    os.close(below)
                os.rmdir(entry.name, dir_fd=handle)
