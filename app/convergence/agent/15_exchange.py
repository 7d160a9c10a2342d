"""Directories that change places (WEB-02): each by one rename that the kernel makes atomic, and one mark for all of them.

Who the directories were before is in the journal by inode, so whoever undoes it sees how far it went, whatever a kill
or a power cut left: a pair is changed back only when it is found changed.
"""

RENAME_NOREPLACE, RENAME_EXCHANGE = 1, 2


def rename_how(how, over, name, other_over, other):
    """rename() that replaces nothing, or exchanges. Names are relative to open directories; bytes or text."""
    if libc.renameat2(over, os.fsencode(name), other_over, os.fsencode(other), how):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), os.fsdecode(other))


def mark_text(path):
    try:
        with open(real(path), encoding="utf-8") as file:
            return file.read(64)
    except (FileNotFoundError, NotADirectoryError):
        return None


def exchange_done(path, serial):
    return mark_text(path) == f"{serial}\n"


def directories_of(thing):
    """The directories whose entries something changes."""
    paths = [thing["path"], *(path for pair in thing.get("pairs", []) for path in pair[:2])]
    return {path.rsplit("/", 1)[0] or "/" for path in paths}


def inode_of(tree, path):
    """Of a directory whose place only root can give to something else."""
    handle, name, safe = tree.parent(path)
    if not safe:
        raise Refused("E_UNTRUSTED", f"others can write in the directory of {path}", path=path)
    status = os.stat(name, dir_fd=handle, follow_symlinks=False)
    if not stat.S_ISDIR(status.st_mode):
        raise Refused("E_NOT_A_DIRECTORY", f"not a directory: {path}", path=path)
    return status.st_ino


def exchange_before(tree, number, operation):
    with about(operation):
        pairs = [[one, other, inode_of(tree, one), inode_of(tree, other)] for one, other in operation["pairs"]]
    path = operation["path"]
    return {"kind": "exchange", "path": path, "number": number, "pairs": pairs, "mark": mark_text(path)}


def stage_mark(tree, spare, operation):
    handle, _, safe = tree.parent(operation["path"])
    if not safe:
        raise Refused("E_UNTRUSTED", f"others can write in the directory of {operation['path']}")
    content = {"content": f"{operation['serial']}\n", "owner": 0, "group": 0, "mode": 0o600}
    return write_new(handle, spare, content)


def exchange_pair(tree, one, other):
    inode_of(tree, one), inode_of(tree, other)
    # Handles of what lies below are those of the other tree from now on.
    for path in [path for path in tree.handles if any(f"{path}/".startswith(f"{top}/") for top in (one, other))]:
        tree.forget(path)
    first, first_name, _ = tree.parent(one)
    first = os.dup(first)
    try:
        second, second_name, _ = tree.parent(other)
        rename_how(RENAME_EXCHANGE, first, first_name, second, second_name)
    finally:
        os.close(first)


def exchange_pairs(tree, spare, operation):
    for one, other in operation["pairs"]:
        exchange_pair(tree, one, other)
    handle, name, _ = tree.parent(operation["path"])
    os.rename(spare, name, src_dir_fd=handle, dst_dir_fd=handle)


def undo_exchange(tree, note, journal):
    for one, other, first, second in reversed(note["pairs"]):
        if (inode_of(tree, one), inode_of(tree, other)) == (second, first):
            exchange_pair(tree, one, other)
    handle, name, _ = tree.parent(note["path"])
    with contextlib.suppress(FileNotFoundError):
        if note["mark"] is None:
            return os.unlink(name, dir_fd=handle)
    if note["mark"] is not None and mark_text(note["path"]) != note["mark"]:
        spare = temporary(journal.name, note["number"])
        content = {"content": note["mark"], "owner": 0, "group": 0, "mode": 0o600}
        file = write_new(handle, spare, content)
        os.fsync(file)
        os.close(file)
        os.rename(spare, name, src_dir_fd=handle, dst_dir_fd=handle)
