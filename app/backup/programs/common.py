"""What the programs of backups have in common (BKP-02). They are sent over SSH and run at once: nothing of them is installed."""

import contextlib
import ctypes
import errno
import json
import os
import re
import subprocess
import sys

libc = ctypes.CDLL(None, use_errno=True)

NEW_MOUNTS, NEW_IPC, NEW_NETWORK = 0x00020000, 0x08000000, 0x40000000
READ_ONLY, NO_SUID, NO_DEV, NO_EXEC, REMOUNT, BIND, RECURSIVE, PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
DETACH = 2
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
PLACE = "/run/tsukasa-backup"


class Refused(Exception):
    """`code` is one of the panel's words; the message is for staff."""

    def __init__(self, code, message=""):
        super().__init__(message)
        self.code = code


def tell(**said):
    """A line for the panel. Standard output is data."""
    os.write(2, (json.dumps(said) + "\n").encode())


def code_of(error):
    if isinstance(error, Refused):
        return error.code
    return "no_space" if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT) else "failed"


def mount(source, target, kind, flags, data=None):
    if libc.mount(os.fsencode(source), os.fsencode(target), kind and kind.encode(), flags, data and data.encode()):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), target)


def bind(source, target, flags):
    mount(source, target, None, BIND)
    mount("none", target, None, BIND | REMOUNT | flags)


def confine(trees, writable=False, furnish=None):
    """
    From now on there is nothing but programs and the given directories (path by name below /tree): whatever links lead to lies
    within. What is mounted below them is not seen. No network, and nobody outside sees these mounts. Who needs the network needs
    more than that: `furnish` puts it into the given place.
    """
    # No directory of the name is left by somebody else: /run is root's.
    os.makedirs(PLACE, 0o700, exist_ok=True)
    if libc.unshare(NEW_MOUNTS | NEW_IPC | (0 if furnish else NEW_NETWORK)):
        raise OSError(ctypes.get_errno(), "unshare")
    mount("none", "/", None, RECURSIVE | PRIVATE)
    mask = os.umask(0o022)
    mount("none", PLACE, "tmpfs", NO_SUID | NO_DEV | NO_EXEC, "size=8M,mode=755")
    for name in ("usr", "tree", "dev"):
        os.mkdir(f"{PLACE}/{name}")
    for name in ("bin", "sbin", "lib", "lib64"):
        os.symlink(f"usr/{name}", f"{PLACE}/{name}")
    bind("/usr", f"{PLACE}/usr", READ_ONLY | NO_SUID | NO_DEV)
    os.close(os.open(f"{PLACE}/dev/null", os.O_CREAT | os.O_WRONLY, 0o666))
    mount("/dev/null", f"{PLACE}/dev/null", None, BIND)
    safe = NO_SUID | NO_DEV | NO_EXEC | (0 if writable else READ_ONLY)
    if isinstance(trees, str):
        bind(trees, f"{PLACE}/tree", safe)
    else:
        for name, path in trees.items():
            os.makedirs(f"{PLACE}/tree/{name}")
            bind(path, f"{PLACE}/tree/{name}", safe)
    if furnish:
        furnish(PLACE)
    mount("none", PLACE, None, REMOUNT | READ_ONLY | NO_SUID | NO_DEV)
    os.chdir(PLACE)
    if libc.syscall(PIVOT_ROOT[os.uname().machine], b".", b"."):
        raise OSError(ctypes.get_errno(), "pivot_root")
    libc.umount2(b".", DETACH)
    os.chdir("/")
    os.umask(mask)


def setpriv(uid, capabilities):
    """Words before a command: it has these capabilities, never more, and nobody else's groups."""
    kept = "".join(f",+{name}" for name in capabilities)
    return [
        "/usr/bin/setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--no-new-privs",
        f"--inh-caps=-all{kept}", f"--ambient-caps=-all{kept if uid else ''}", f"--bounding-set=-all{kept}",
    ]  # fmt: skip


OPTION = re.compile(r"-[A-Za-z.]{1,40}|-@-1|--(?:numeric-ids|compress-choice=lz4|new-compress|delete(?:-\w+)?|timeout=\d+|(?:user|group)map=[0-9:,-]{1,100000}|log-format=\S{1,20}|no-W|force|ignore-errors|preallocate|inplace|partial|fake-super|stats)")


def rsync_server(words, sending):
    """The argument list that rsync at the other end asks for, if it is one that we know."""
    words = words[words.index("rsync") :] if "rsync" in words else []
    expected = ["rsync", "--server", "--sender"] if sending else ["rsync", "--server"]
    options, place = words[len(expected) : -2], words[-2:]
    if words[: len(expected)] != expected or place != [".", "/tree/"] or not all(map(OPTION.fullmatch, options)):
        raise Refused("failed", f"unexpected words: {words}"[:300])
    return ["/usr/bin/rsync", *words[1:]]


def sum_of_tree(top, known, facts):
    """
    One sum of everything in a tree: names, kinds, modes, times, owners that are known, content. Both ends look at their own
    copy, so equal sums mean that what came back is what was kept.
    """
    import hashlib
    import stat

    total, count = hashlib.sha256(), 0
    for over, directories, names in os.walk(top):
        directories.sort()
        for name in sorted(directories + names):
            path = os.path.join(over, name)
            mode, uid, at, content = facts(path)
            kind = stat.S_IFMT(mode)
            told = (path[len(top) :], kind, 0 if kind == stat.S_IFLNK else stat.S_IMODE(mode), uid if uid in known else -1, at, content)
            total.update(repr(told).encode())
            count += 1
    return {"sum": total.hexdigest(), "count": count}
