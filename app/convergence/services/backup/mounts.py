"""BKP-01: makes each domain's part of the storage for backups appear in its `backup`. Run at boot and when domains change.

`/data/backup` is a volume apart from the server's own disk, or whatever the provider mounts there. Where nothing is
mounted nothing is bound: a backup on the same disk would be none. What lies above both ends is root's own.
"""

import ctypes
import glob
import os
import re
import stat
import sys

STORAGE, SITES = "/data/backup", "/etc/tsukasa/web/d*/env"
BIND, DETACH = 0x1000, 2
ROOT = re.compile(r'^TSUKASA_ROOT="(/data/domain/[a-z0-9.-]+)"$', re.M)
PLACE = re.compile(r"^(?:\S+ ){4}(/data/domain/[a-z0-9.-]+/backup/contents) ", re.M)

libc = ctypes.CDLL(None, use_errno=True)


def text_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def places():
    """Where it is wanted, and what is to appear there."""
    if not os.path.ismount(STORAGE):
        return {}
    found = {}
    for path in glob.glob(SITES):
        root, account = ROOT.search(text_of(path)), path.split("/")[4]
        if root:
            found[f"{root[1]}/backup/contents"] = f"{STORAGE}/{account}"
    return {place: source for place, source in found.items() if all(map(is_ours, (place, source)))}


def is_ours(path):
    """A directory, and nobody but root can put something else in its place."""
    above = os.lstat(os.path.dirname(path)) if os.path.isdir(path) and not os.path.islink(path) else None
    return above is not None and stat.S_ISDIR(above.st_mode) and above.st_uid == 0 and not above.st_mode & 0o022


def main():
    wanted = places()
    mounted = set(PLACE.findall(text_of("/proc/self/mountinfo")))
    failed = [path for path in mounted - set(wanted) if libc.umount2(path.encode(), DETACH)]
    for path in set(wanted) - mounted:
        if libc.mount(wanted[path].encode(), path.encode(), None, BIND, None):
            failed.append(path)
    if failed:
        sys.exit(f"not changed: {' '.join(sorted(failed))}")


main()
