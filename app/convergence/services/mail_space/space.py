"""Answers Postfix whether a recipient's domain has room for a message (PNL-05, Postfix's SMTPD_POLICY_README).

How much of its volume a domain uses is known to the file system alone, so it is asked: space for the message is taken
in a file without a name, as the domain admin's mailbox (what root takes may not count), and given back at once. The answer
holds for a second. When it can't tell, mail passes, and waits in the queue should there be no room.
"""

import contextlib
import ctypes
import errno
import json
import os
import re
import socket
import sqlite3
import threading
import time

USERS = "/var/lib/tsukasa/dovecot/users.sqlite"
FIRST_CUSTOMER_ID = 20000
# Index files, and the many who do not say the size before.
RESERVE, LARGEST = 64 * 1024, 200 * 1024 * 1024
MAX_QUESTION, REST_AFTER = 64 * 1024, 600
# Seconds. Who fills a domain within them is found out by delivery, and waits in the queue.
KEPT = 1
LIBC = ctypes.CDLL(None)
PASS, FULL = "DUNNO", "452 4.3.1 The domain of the recipient has no room at the moment"


def home_of(domain):
    """Each domain has an admin, and all its homes are on one volume."""
    with contextlib.closing(sqlite3.connect(f"file:{USERS}?mode=ro", uri=True, timeout=5)) as connection:
        row = connection.execute("select value from users where key = ?", (f"admin@{domain}",)).fetchone()
    return json.loads(row[0]) if row else None


@contextlib.contextmanager
def acting_as(uid, gid):
    """Of this thread alone; without the C library's own seteuid, which would mean all of them."""
    if uid < FIRST_CUSTOMER_ID or gid < FIRST_CUSTOMER_ID:
        raise PermissionError(f"{uid}:{gid} is no mailbox")
    LIBC.setfsgid(gid)
    LIBC.setfsuid(uid)
    try:
        if (LIBC.setfsuid(-1), LIBC.setfsgid(-1)) != (uid, gid):
            raise PermissionError(f"cannot act as {uid}:{gid}")
        yield
    finally:
        LIBC.setfsuid(0)
        LIBC.setfsgid(0)


def can_take(user, size):
    with acting_as(user["uid"], user["gid"]):
        # Of the whole disk; a domain's own limit is known to the file system alone.
        disk = os.statvfs(user["home"])
        if size > disk.f_bavail * disk.f_frsize:
            return False
        try:
            file = os.open(user["home"], os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
            try:
                os.posix_fallocate(file, 0, size)
            finally:
                os.close(file)
        except OSError as error:
            return error.errno not in (errno.ENOSPC, errno.EDQUOT)
    return True


class Room:
    """What is known about one domain, for a moment: what was asked once is not asked again for the same size or a safer one."""

    def __init__(self, take=can_take, clock=time.monotonic):
        self.take, self.clock, self.lock = take, clock, threading.Lock()
        self.since, self.fits, self.exceeds = -KEPT, 0, None

    def has(self, user, size):
        with self.lock:
            if self.clock() - self.since >= KEPT:
                self.since, self.fits, self.exceeds = self.clock(), 0, None
            # Whole steps, so that somebody who asks about ever more sizes is not asked for each; near the end the size itself.
            steps = 1 << max(20, (size - 1).bit_length())
            return self.asked(user, steps) or self.asked(user, size)

    def asked(self, user, size):
        if size <= self.fits:
            return True
        if self.exceeds is not None and size >= self.exceeds:
            return False
        if self.take(user, size):
            self.fits = size
            return True
        self.exceeds = size
        return False


class Rooms:
    def __init__(self, take=can_take):
        self.take, self.lock, self.of = take, threading.Lock(), {}

    def has(self, domain, user, size):
        with self.lock:
            if len(self.of) > 1000:
                self.of.clear()
            room = self.of.setdefault(domain, Room(self.take))
        return room.has(user, size)


ROOMS = Rooms()


def answer(question):
    domain = question.get("recipient", "").rpartition("@")[2].rstrip(".").lower()
    if not re.fullmatch(r"[a-z0-9.-]{1,253}", domain):
        return PASS
    user = home_of(domain)
    told = question.get("size", "0")
    size = min(int(told) if told.isdecimal() else 0, LARGEST) + RESERVE
    return PASS if user is None or ROOMS.has(domain, user, size) else FULL


def answered(text):
    """Lines `name=value`; an empty line ends them."""
    question = dict(line.split("=", 1) for line in text.split("\n") if "=" in line)
    try:
        action = answer(question)
    except (OSError, sqlite3.Error, ValueError, KeyError) as error:
        print(f"not told: {error}", flush=True)
        action = PASS
    return f"action={action}\n\n".encode()


def talk(connection):
    """One smtpd. Its questions come one after the other over a connection that it keeps."""
    received = b""
    with connection, contextlib.suppress(OSError):
        while part := connection.recv(MAX_QUESTION):
            received += part
            while b"\n\n" in received:
                text, _, received = received.partition(b"\n\n")
                connection.sendall(answered(text.decode("utf-8", "replace")))
            if len(received) > MAX_QUESTION:
                return


def serve(listener):
    """A thread each, so that a domain whose file system is slow holds up its own mail only."""
    threading.stack_size(256 << 10)
    listener.settimeout(REST_AFTER)
    while True:
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            if threading.active_count() == 1:
                return
            continue
        connection.settimeout(None)
        try:
            threading.Thread(target=talk, args=[connection], daemon=True).start()
        except RuntimeError as error:
            # Postfix goes on without an answer.
            print(f"not heard: {error}", flush=True)
            connection.close()


if __name__ == "__main__":
    # systemd's protocol: the listening socket is the first handle after stderr.
    serve(socket.socket(fileno=3))
