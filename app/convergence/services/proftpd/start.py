"""Begins one FTP connection (WEB-05): brings the file of FTP users up to date, then becomes ProFTPD.

Who has a mailbox, who may sign in and who sees his domain's tree are rows that an apply writes. ProFTPD reads a file;
passwords are not in it, `password.py` asks Dovecot. So nothing is told to anybody when a user changes: whoever connects next finds that the database has changed since the
file was written, by the counter that SQLite raises with each transaction, and writes it anew. Without a file that is
up to date there is no FTP.
"""

import fcntl
import os
import sys

DATABASE = "/var/lib/tsukasa/dovecot/users.sqlite"
CONFIGURATION = "/etc/tsukasa/ftp/proftpd.conf"
DIRECTORY = "/var/lib/tsukasa/ftp"
USERS = f"{DIRECTORY}/users"
FIRST_CUSTOMER_ID = 20000

# Who has no password is suspended.
ROWS = """
select users.key, users.value, ftp_homes.value from users
join passwords on passwords.key = users.key
left join ftp_homes on ftp_homes.key = users.key
order by users.key
"""


def version():
    """Which database, SQLite's file change counter (four bytes from the 24th on; file format, 1.3.7), which program."""
    with open(DATABASE, "rb") as database:
        head = database.read(28)
        return f"# {os.fstat(database.fileno()).st_ino} {head[24:28].hex()} {os.stat(__file__).st_mtime_ns}\n"


def is_current():
    try:
        with open(USERS, encoding="utf-8") as users:
            return users.readline() == version()
    except FileNotFoundError:
        return False


def line(name, uid, gid, home):
    """A line of passwd(5), without password. The panel writes nothing that does not fit."""
    fields = [name, "*", str(uid), str(gid), "", home, "/bin/false"]
    if min(uid, gid) < FIRST_CUSTOMER_ID or not home.startswith("/data/domain/"):
        raise ValueError(f"{name}: {uid}:{gid} {home}")
    if any(":" in field or not field.isprintable() for field in fields):
        raise ValueError(f"not one line: {name!r}")
    return ":".join(fields) + "\n"


def lines(name, user, place):
    """Who has the right works in his domain's tree as its admin does, as the domain; at `name/home` as himself."""
    import json

    user, root = json.loads(user), json.loads(place or "{}").get("root")
    uid, gid, home = user["uid"], user["gid"], user["home"]
    if root is None:
        return line(name, uid, gid, home)
    return line(name, gid, gid, root) + line(f"{name}/home", uid, gid, home)


def write_users():
    """The version is looked at first: what changes meanwhile makes the file old again."""
    import sqlite3  # Most connections need neither this nor JSON.

    known = version()
    connection = sqlite3.connect(f"file:{DATABASE}?mode=ro", uri=True, timeout=5)
    try:
        rows = connection.execute(ROWS).fetchall()
    finally:
        connection.close()
    file = os.open(f"{USERS}.new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(file, "w", encoding="utf-8") as users:
        users.write(known)
        for row in rows:
            try:
                users.write(lines(*row))
            except (ValueError, KeyError, TypeError) as error:
                print(f"nobody: {error!r}", file=sys.stderr)
    os.rename(f"{USERS}.new", USERS)


def main():
    if not is_current():
        with open(f"{DIRECTORY}/lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not is_current():
                write_users()
    os.execv("/usr/sbin/proftpd", ["proftpd", "-c", CONFIGURATION])


try:
    main()
except Exception as error:
    # Whatever it is: with a file that is old there is no FTP.
    sys.exit(f"no FTP: {error!r}")
