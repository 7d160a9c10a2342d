"""Writes each transfer by FTP into the log of its domain: `log/ftp.log`, for its people alone (ALOG-01).

ProFTPD has one log for all of them, which is a pipe here. systemd starts this program at the first line (socket
activation) and keeps what is in the pipe while it does not run; it ends when nothing has come for a while. Fields of a
line (xferlog(5)) hold no spaces. A line that is cut off (a path that is too long) has no end of its own and sticks to the
next one, which may be somebody else's: what stands in front of the last complete one is nobody's.
"""

import collections
import os
import re
import select
import sys

PIPE = 3
# Seconds, bytes.
REST_AFTER, PART, LONGEST = 60, 1 << 16, 1 << 14
LINE = re.compile(
    rb"[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4} \d+ \S+ \d+ \S+ [ab] \S+ [oid] [agr] "
    rb"[^\s@]+@([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?:/home)? \S+ [01] \S+ [ci]$"
)
DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def lines(rest):
    """(complete lines, what has no end yet)"""
    *complete, rest = (rest + os.read(PIPE, PART)).split(b"\n")
    return complete, rest if len(rest) < LONGEST else b""


def by_domain(complete):
    found = collections.defaultdict(list)
    for line in complete:
        if match := LINE.search(line):
            found[match[1].decode()].append(match[0] + b"\n")
    return found


def write(domain, told):
    """Only into a directory that root alone can change; there is none when the domain is gone."""
    handles = [os.open("/data/domain", DIRECTORY)]
    try:
        for name in (domain, "log"):
            handles.append(os.open(name, DIRECTORY, dir_fd=handles[-1]))
            status = os.fstat(handles[-1])
            if status.st_uid != 0 or status.st_mode & 0o022:
                raise PermissionError(f"others can change {name}")
        handles.append(os.open("ftp.log", APPEND, 0o640, dir_fd=handles[-1]))
        os.write(handles[-1], b"".join(told))
    finally:
        for handle in handles:
            os.close(handle)


def main():
    rest = b""
    while select.select([PIPE], [], [], REST_AFTER)[0]:
        complete, rest = lines(rest)
        for domain, told in by_domain(complete).items():
            try:
                write(domain, told)
            except OSError as error:
                print(f"{domain}: {error!r}", file=sys.stderr, flush=True)


main()
