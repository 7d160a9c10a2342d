"""Answers Postfix whether a recipient's domain has room for a message (PNL-05, Postfix's SMTPD_POLICY_README).

How much of its volume a domain uses is known to the file system alone, so it is asked: space for the message is taken
in a file without a name, as the domain admin's mailbox (what root takes may not count), and given back at once. When it
can't tell, mail passes, and waits in the queue should there be no room.
"""

import contextlib
import errno
import json
import os
import re
import selectors
import socket
import sqlite3

USERS = "/var/lib/tsukasa/dovecot/users.sqlite"
FIRST_CUSTOMER_ID = 20000
# Index files, and the many who do not say the size before.
RESERVE, LARGEST = 64 * 1024, 200 * 1024 * 1024
MAX_QUESTION, REST_AFTER = 64 * 1024, 600
PASS, FULL = "DUNNO", "452 4.3.1 The domain of the recipient has no room at the moment"


def home_of(domain):
    """Each domain has an admin, and all its homes are on one volume."""
    with contextlib.closing(sqlite3.connect(f"file:{USERS}?mode=ro", uri=True, timeout=5)) as connection:
        row = connection.execute("select value from users where key = ?", (f"admin@{domain}",)).fetchone()
    return json.loads(row[0]) if row else None


@contextlib.contextmanager
def acting_as(uid, gid):
    if uid < FIRST_CUSTOMER_ID or gid < FIRST_CUSTOMER_ID:
        raise PermissionError(f"{uid}:{gid} is no mailbox")
    os.setegid(gid)
    os.seteuid(uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


def has_room(user, size):
    with acting_as(user["uid"], user["gid"]):
        try:
            file = os.open(user["home"], os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
            try:
                os.posix_fallocate(file, 0, size)
            finally:
                os.close(file)
        except OSError as error:
            return error.errno not in (errno.ENOSPC, errno.EDQUOT)
    return True


def answer(question):
    domain = question.get("recipient", "").rpartition("@")[2].rstrip(".").lower()
    if not re.fullmatch(r"[a-z0-9.-]{1,253}", domain):
        return PASS
    user = home_of(domain)
    told = question.get("size", "0")
    size = min(int(told) if told.isdecimal() else 0, LARGEST) + RESERVE
    return PASS if user is None or has_room(user, size) else FULL


def answered(text):
    """Lines `name=value`; an empty line ends them."""
    question = dict(line.split("=", 1) for line in text.split("\n") if "=" in line)
    try:
        action = answer(question)
    except (OSError, sqlite3.Error, ValueError, KeyError) as error:
        print(f"not told: {error}", flush=True)
        action = PASS
    return f"action={action}\n\n".encode()


class Asker:
    """One smtpd. Its questions come one after the other over a connection that it keeps."""

    def __init__(self, connection):
        self.connection, self.received = connection, b""

    def read(self):
        """Whether it goes on."""
        part = self.connection.recv(MAX_QUESTION)
        self.received += part
        if not part or len(self.received) > MAX_QUESTION:
            return False
        while b"\n\n" in self.received:
            text, _, self.received = self.received.partition(b"\n\n")
            self.connection.sendall(answered(text.decode("utf-8", "replace")))
        return True


def serve(listener):
    """One question after the other: each takes a fraction of a millisecond, and whose ids are in force is clear."""
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        while True:
            ready = selector.select(REST_AFTER)
            if not ready and len(selector.get_map()) == 1:
                return
            for key, _ in ready:
                if key.fileobj is listener:
                    connection, _ = listener.accept()
                    connection.settimeout(5)
                    selector.register(connection, selectors.EVENT_READ, Asker(connection))
                    continue
                goes_on = False
                with contextlib.suppress(OSError):
                    goes_on = key.data.read()
                if not goes_on:
                    selector.unregister(key.fileobj)
                    key.fileobj.close()


# systemd's protocol: the listening socket is the first handle after stderr.
serve(socket.socket(fileno=3))
