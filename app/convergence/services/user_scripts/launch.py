"""Runs the script of one mail user for one message (MAIL-09).

systemd starts this for each connection of Dovecot's, which speaks the protocol of its script service: settings a line,
an empty line, the message until the end of what it sends; the answer is `+` or `-`. Who is served is not what the
other side says but what the kernel says: whose uid and gid the process has that connected. Dovecot delivers as the
mailbox's uid, so nobody can have anything run as somebody else. All else is told by Dovecot from rows of root's, and
only its processes may connect at all.

The mail is delivered whatever the answer: Sieve says `:try`.
"""

import contextlib
import ctypes
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time

FIRST_CUSTOMER_ID = 20000
HEAD_LIMIT, PART = 64 * 1024, 64 * 1024
CLONE_NEWNS, CLONE_NEWIPC = 0x00020000, 0x08000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REC, MS_PRIVATE = 0x1, 0x2, 0x4, 0x4000, 0x40000
PATH = "/usr/local/bin:/usr/bin:/bin"


def peer(connection):
    _, uid, gid = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    if uid < FIRST_CUSTOMER_ID or gid < FIRST_CUSTOMER_ID:
        raise PermissionError(f"{uid}:{gid} is no mailbox")
    return uid, gid


def head(connection):
    """What Dovecot says before the message, and how much of the message came with it."""
    data = b""
    while b"\n\n" not in data:
        part = connection.recv(PART)
        if not part or len(data) > HEAD_LIMIT:
            raise ValueError("no script request")
        data += part
    lines, _, message = data.partition(b"\n\n")
    told = dict(line[4:].split(b"=", 1) for line in lines.split(b"\n") if line.startswith(b"env_") and b"=" in line)
    return {name.decode(): value.decode("utf-8", "replace") for name, value in told.items()}, message


def confine():
    """PNL-05: what a script writes outside of its domain's volume is its own, small, and gone when it ends.

    So is what it leaves in System V's shared memory, which would outlive every process.
    """
    libc = ctypes.CDLL(None, use_errno=True)

    def mount(place, flags, options):
        if libc.mount(b"tmpfs", place, b"tmpfs", ctypes.c_ulong(MS_NOSUID | MS_NODEV | flags), options):
            raise OSError(ctypes.get_errno(), f"mount on {place.decode()}")

    if libc.unshare(CLONE_NEWNS | CLONE_NEWIPC) or libc.mount(None, b"/", None, ctypes.c_ulong(MS_REC | MS_PRIVATE), None):
        raise OSError(ctypes.get_errno(), "unshare")
    for place in (b"/tmp", b"/var/tmp", b"/dev/shm"):
        mount(place, 0, b"size=32M,nr_inodes=4096,mode=1777")
    for place in (b"/run/lock", b"/var/lib/php/sessions", b"/dev/mqueue"):
        if os.path.isdir(place):
            mount(place, MS_RDONLY, b"mode=000")


def start(home, uid, gid, told):
    """Linux itself says whether the file is there and may be run: as the user, from the moment of looking."""
    names = ("USER", "SENDER", "RECIPIENT")
    return subprocess.Popen(
        [f"{home}/data/myscript"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # Only the user himself gets there: the launcher has no right to pass by permissions.
        preexec_fn=lambda: os.chdir(home),
        env={"HOME": home, "PATH": PATH, "LANG": "C.UTF-8", **{name: told[name] for name in names if name in told}},
        user=uid,
        group=gid,
        extra_groups=[],
        umask=0o077,
        start_new_session=True,
        bufsize=0,
    )


def feed(connection, process, message, deadline):
    """The message until its end. A script that stops reading is no fault, and Dovecot may send the rest."""
    into = process.stdin.fileno()
    os.set_blocking(into, False)
    reading, wanted = True, True
    while (reading or message) and time.monotonic() < deadline:
        if process.poll() is not None:
            wanted, message = False, b""
        wait = max(0, min(0.2, deadline - time.monotonic()))
        readable, writable, _ = select.select(
            [connection] if reading and not message else [], [into] if message else [], [], wait
        )
        if readable:
            part = connection.recv(PART)
            reading, message = bool(part), part if wanted else b""
        if writable:
            try:
                message = message[os.write(into, message) :]
            except BrokenPipeError:
                wanted, message = False, b""
    process.stdin.close()


def run(connection, seconds):
    uid, gid = peer(connection)
    told, message = head(connection)
    confine()
    deadline = time.monotonic() + seconds
    process = start(told["HOME"], uid, gid, told)
    try:
        feed(connection, process, message, deadline)
        return process.wait(max(0, deadline - time.monotonic())) == 0
    except subprocess.TimeoutExpired:
        print(f"{told.get('USER')}: ended after {seconds} s", file=sys.stderr)
        return False
    finally:
        # Whatever else it started dies with the control group.
        process.kill()


def drain(connection, deadline):
    """A connection that is closed with something unread is reset, and Dovecot would log that as an error of its own."""
    connection.settimeout(1)
    while time.monotonic() < deadline and connection.recv(PART):
        pass


def main():
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    connection, seconds = socket.socket(fileno=os.dup(0)), int(sys.argv[1])
    deadline = time.monotonic() + seconds
    try:
        done = run(connection, seconds)
    except (OSError, ValueError, KeyError) as error:
        print(f"not run: {error}", file=sys.stderr)
        done = False
    with contextlib.suppress(OSError):
        drain(connection, deadline)
        connection.sendall(b"+\n" if done else b"-\n")


main()
