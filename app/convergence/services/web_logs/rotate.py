"""Rotates, keeps and packs the logs of all domains of a server (ALOG-01).

    rotate.py rotate         at midnight in Japan: a new file for each log, and what is too old goes
    rotate.py pack           compresses what was rotated earlier than last midnight
    rotate.py prune ACCOUNT  what is too old goes, now: somebody changed how long logs are kept
    rotate.py forget ACCOUNT the domain is gone

`access.log` becomes `access.log-20261122` (the day that ended), one midnight later `access.log-20261122.gz`. All of it is
safe to kill and to run again: what is to be renamed is written down with inode numbers first, and a packed file
replaces the other one only when it is complete. Nothing follows a link, and nothing is done in a directory that
anybody but root can change. Days are those of Japan.
"""

import contextlib
import datetime
import errno
import fcntl
import gzip
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import time

TOP = "/"
CONFIGURATION, STATE, SITES = "/etc/tsukasa/web_logs/domains", "/var/lib/tsukasa/web_logs", "/run/tsukasa/web"
JAPAN = datetime.timezone(datetime.timedelta(hours=9))
LOGS = [f"{kind}{stage}.log" for kind in ("access", "error") for stage in ("", ".stage")] + ["ftp.log"]
OLD = re.compile(r"(?P<log>(?:access|error)(?:\.stage)?\.log|ftp\.log)-(?P<day>\d{8})(?P<more>-\d+)?(?P<packed>\.gz)?(?P<part>\.part)?", re.A)
ACCOUNT = re.compile(r"d[1-9]\d{0,14}", re.A)
# A clock that jumped must not take all logs with it: a run counts time as at most so many days later than the last one.
DAYS_A_RUN = 2
# Seconds that a site may take to start.
STARTS_WITHIN = 15
AT_ONCE = 20
OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def today():
    return datetime.datetime.now(JAPAN).date()


def day_of(text):
    return datetime.datetime.strptime(text, "%Y%m%d").date()


@contextlib.contextmanager
def directory(path):
    """A handle that was reached without following a link. Only root may change anything on the way."""
    handle = os.open(TOP, OPEN | os.O_DIRECTORY)
    try:
        for name in path.strip("/").split("/"):
            below = os.open(name, OPEN | os.O_DIRECTORY, dir_fd=handle)
            os.close(handle)
            handle = below
            status = os.fstat(handle)
            if status.st_uid != 0 or status.st_mode & 0o022:
                raise PermissionError(errno.EPERM, "others can change it", name)
        yield handle
    finally:
        os.close(handle)


def log_directory(domain):
    return directory(f"{domain['root']}/log")


def regular(name, handle):
    """Its status; None for what is not there or no file."""
    try:
        status = os.stat(name, dir_fd=handle, follow_symlinks=False)
    except FileNotFoundError:
        return None
    return status if stat.S_ISREG(status.st_mode) else None


def old_logs(handle):
    """[(match, name)] of what was rotated, the oldest first."""
    found = [(OLD.fullmatch(name), name) for name in os.listdir(handle)]
    known = [(match, name) for match, name in found if match and regular(name, handle)]
    return sorted(known, key=lambda each: (each[0]["day"], each[1]))


def save(path, text):
    with open(f"{path}.part", "w", encoding="ascii") as file:
        file.write(text)
    os.rename(f"{path}.part", path)


def state_of(account):
    """`day`: when it was last rotated; `moves`: [inode, name, new name] that were begun."""
    try:
        with open(f"{STATE}/{account}", encoding="ascii") as file:
            state = json.load(file)
            return {"day": day_of(state["day"]), "moves": list(state["moves"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {"day": None, "moves": []}


def save_state(account, day, moves):
    save(f"{STATE}/{account}", json.dumps({"day": f"{day:%Y%m%d}", "moves": moves}))


def free_name(handle, name, day):
    taken = set(os.listdir(handle))
    for number in range(1, 1000):
        new = f"{name}-{day:%Y%m%d}" + (f"-{number}" if number > 1 else "")
        if not {new, f"{new}.gz"} & taken:
            return new
    raise FileExistsError(errno.EEXIST, "no name is free", name)


def moves_of(handle, day):
    """What has something in it."""
    found = [(regular(name, handle), name) for name in LOGS]
    return [[status.st_ino, name, free_name(handle, name, day)] for status, name in found if status and status.st_size]


def move(handle, moves):
    for inode, name, new in moves:
        status = regular(name, handle)
        if status and status.st_ino == inode and not regular(new, handle):
            os.rename(name, new, src_dir_fd=handle, dst_dir_fd=handle)


def rotate(account, domain, now):
    state = state_of(account)
    with log_directory(domain) as handle:
        if state["moves"]:
            move(handle, state["moves"])
            save_state(account, state["day"], [])
        if state["day"] is None or state["day"] > now:
            # New here, or the clock was ahead: the next midnight is the first one.
            return save_state(account, now, [])
        if state["day"] < now and (moves := moves_of(handle, now - datetime.timedelta(1))):
            save_state(account, now, moves)
            move(handle, moves)
        if state["day"] < now:
            save_state(account, now, [])


def has_writers(file):
    """The kernel gives no read lease while somebody has the file open to write."""
    try:
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES):
            return True
        raise
    fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False


def is_written(name, handle):
    file = os.open(name, OPEN, dir_fd=handle)
    try:
        return has_writers(file)
    finally:
        os.close(file)


def writes_old(domain):
    """Whether its site still writes to a log that was rotated."""
    with log_directory(domain) as handle:
        plain = [name for match, name in old_logs(handle) if not match["packed"] and match["log"] != "ftp.log"]
        return any(is_written(name, handle) for name in plain)


def wait_for(accounts):
    """Until those have started that are just starting: told too early, a web server would end."""
    until = time.monotonic() + STARTS_WITHIN
    while starting := [account for account in accounts if os.path.isdir(f"{SITES}/{account}") and not os.path.exists(f"{SITES}/{account}/pid")]:
        if time.monotonic() > until:
            return [account for account in accounts if account not in starting]
        time.sleep(0.1)
    return accounts


def reopen(accounts):
    """Gracefully: requests under way go on, and are logged in the old file. Who sleeps is left asleep."""
    awake = wait_for([account for account in accounts if os.path.isdir(f"{SITES}/{account}")])
    for start in range(0, len(awake), AT_ONCE):
        units = [f"tsukasa-web@{account}.service" for account in awake[start : start + AT_ONCE]]
        subprocess.run(["systemctl", "try-reload-or-restart", "--", *units], stdin=subprocess.DEVNULL, timeout=120, check=False)


def horizon(now, is_run):
    """Which day it is for what is thrown away."""
    try:
        with open(f"{STATE}/horizon", encoding="ascii") as file:
            last = day_of(file.read())
    except (OSError, ValueError):
        last = now
    day = min(now, last + datetime.timedelta(DAYS_A_RUN if is_run else 0))
    if is_run:
        save(f"{STATE}/horizon", f"{day:%Y%m%d}")
    return day


def prune(domain, day):
    oldest = f"{day - datetime.timedelta(domain['days']):%Y%m%d}"
    with log_directory(domain) as handle:
        for match, name in old_logs(handle):
            if match["day"] < oldest:
                os.unlink(name, dir_fd=handle)


def pack(handle, name):
    """The copy counts when it is complete and on the disk; a kill in between leaves both, and it is made again."""
    part = f"{name}.gz.part"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(part, dir_fd=handle)
    with open(os.open(name, OPEN, dir_fd=handle), "rb") as source:
        if has_writers(source):
            return
        status = os.fstat(source.fileno())
        made = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o640, dir_fd=handle)
        try:
            with open(made, "wb") as target:
                with gzip.GzipFile("", "wb", 6, target, int(status.st_mtime)) as packed:
                    shutil.copyfileobj(source, packed, 1 << 20)
                target.flush()
                os.utime(target.fileno(), (status.st_mtime, status.st_mtime))
                os.fsync(target.fileno())
        except OSError:
            os.unlink(part, dir_fd=handle)
            raise
    os.rename(part, f"{name}.gz", src_dir_fd=handle, dst_dir_fd=handle)
    os.unlink(name, dir_fd=handle)


def pack_all(domain, now):
    """Yesterday's stay as they are: a request may still be under way that ends in them."""
    with log_directory(domain) as handle:
        for match, name in old_logs(handle):
            if not match["packed"] and not match["part"] and day_of(match["day"]) < now - datetime.timedelta(1):
                pack(handle, name)


def domains():
    for account in sorted(os.listdir(CONFIGURATION)):
        if ACCOUNT.fullmatch(account):
            yield account, configuration(account)


def configuration(account):
    with open(f"{CONFIGURATION}/{account}", encoding="ascii") as file:
        domain = json.load(file)
    if not domain["root"].startswith("/data/domain/") or not 1 <= domain["days"] <= 366:
        raise ValueError(f"{account}: {domain}")
    return domain


def each(work):
    """[(account, what it answered)]. One domain's trouble is not that of the others."""
    answers = []
    for account, domain in domains():
        try:
            answers.append((account, work(account, domain)))
        except (OSError, ValueError) as error:
            print(f"{account}: {error!r}", file=sys.stderr)
    return answers


def main(verb, *accounts):
    now = today()
    if verb == "rotate":
        each(lambda account, domain: rotate(account, domain, now))
        reopen([account for account, is_open in each(lambda _, domain: writes_old(domain)) if is_open])
        day = horizon(now, is_run=True)
        each(lambda _, domain: prune(domain, day))
    elif verb == "pack":
        each(lambda _, domain: pack_all(domain, now))
    elif verb == "prune":
        # An apply waits for it; what does not succeed now is done at midnight.
        with contextlib.suppress(OSError):
            prune(configuration(accounts[0]), horizon(now, is_run=False))
    elif verb == "forget" and ACCOUNT.fullmatch(accounts[0]):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(f"{STATE}/{accounts[0]}")


if __name__ == "__main__":
    os.umask(0o027)
    with open(f"{STATE}/lock", "w", encoding="ascii") as lock:
        # Whoever packs may take long, and does not throw away what others do: only runs wait for each other.
        if sys.argv[1] in ("rotate", "pack"):
            fcntl.flock(lock, fcntl.LOCK_EX)
        main(*sys.argv[1:])
