"""Wakes a domain's own web server for the front, and puts it to sleep when nobody has asked for a while.

The front sends here what comes for a domain that is asleep, with the header `X-Tsukasa-Wake: ACCOUNT ADDRESS PORT`
that only the front can set. The server is started and the connection passed on to it byte by byte; later requests
go there directly. systemd starts this program at the first such request (socket activation), and it ends when it
has had nothing to do for a while. Nothing in it trusts more of the request than that one line.
"""

import contextlib
import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time

SITES, RUN = "/etc/tsukasa/web", "/run/tsukasa/web"
# Seconds.
LOOK_EVERY, REST_AFTER, WAKE_WITHIN, SILENCE = 5, 600, 15, 330
# A site that nobody asks for stays awake this long while that part of the memory is free: (part, seconds).
PATIENCE = ((0.5, 900), (0.25, 180), (0.15, 60), (0, 10))
# More at once would only make every one of them wait as long as the last (after a boot, for example).
AT_ONCE = 4
HEAD_LIMIT, PART = 256 * 1024, 64 * 1024
TARGET = re.compile(rb"\r\nX-Tsukasa-Wake: (d[0-9]{1,9}) (127\.1\.[0-9]{1,3}\.[0-9]{1,3}) (88[0-3])\r\n", re.I)
PLACE = re.compile(r"/tsukasa-(d[0-9]+)\.slice/(tsukasa-[a-z0-9.]+@d[0-9]+\.service)")
# Whoever asked has gone away: what still works on an answer is seen by what runs.
LISTEN, CLOSE_WAIT, TIME_WAIT = "0A", "08", "06"
# How long the kernel keeps a connection that has ended in its table, in seconds; its clock there has 100 ticks a second.
KEPT, TICKS = 60, 100

locks, guard = {}, threading.Lock()
starting, last_seen = threading.BoundedSemaphore(AT_ONCE), {}


def lock_of(account):
    with guard:
        return locks.setdefault(account, threading.Lock())


def unit(account):
    return f"tsukasa-web@{account}.service"


def systemctl(verb, *units):
    subprocess.run(["systemctl", verb, "--", *units], stdin=subprocess.DEVNULL, timeout=90, check=False)


def awake(account):
    """The server writes this file when it listens; systemd removes the directory when it ends, however it ends."""
    return os.path.exists(f"{RUN}/{account}/pid")


def close(account):
    """From now on the front sends new requests here, where they wait for the lock."""
    with open(f"{RUN}/{account}/asleep", "x", encoding="ascii"):
        pass


def reopen(account):
    with contextlib.suppress(FileNotFoundError):
        os.unlink(f"{RUN}/{account}/asleep")


def wake(account):
    with lock_of(account):
        reopen(account)
        if awake(account):
            return True
        with starting:
            return start(account)


def start(account):
    systemctl("start", unit(account))
    until = time.monotonic() + WAKE_WITHIN
    while not awake(account):
        if time.monotonic() > until or not os.path.isdir(f"{RUN}/{account}"):
            return False
        time.sleep(0.003)
    return True


def read_head(front):
    head = b""
    while b"\r\n\r\n" not in head and len(head) < HEAD_LIMIT:
        part = front.recv(PART)
        if not part:
            break
        head += part
    return head


def pass_on(front, back):
    """Bytes both ways until the server has answered and closed."""
    other = {front: back, back: front}
    reading = [front, back]
    while back in reading:
        ready, _, _ = select.select(reading, [], [], SILENCE)
        if not ready:
            return
        for source in ready:
            part = source.recv(PART)
            if part:
                other[source].sendall(part)
            else:
                reading.remove(source)
                if source is front:
                    back.shutdown(socket.SHUT_WR)


def serve(front):
    """Without an answer from here the front shows its own page."""
    with front:
        try:
            front.settimeout(SILENCE)
            head = read_head(front)
            target = TARGET.search(head.split(b"\r\n\r\n", 1)[0] + b"\r\n")
            if not target:
                return
            account, address, port = (part.decode() for part in target.groups())
            if not wake(account):
                return
            with socket.create_connection((address, int(port)), 10) as back:
                back.settimeout(SILENCE)
                back.sendall(head)
                pass_on(front, back)
        except (OSError, subprocess.SubprocessError) as error:
            print(error, flush=True)


def connected():
    """Address of a domain's server → seconds since its last connection, as far as the kernel remembers."""
    found = {}
    with open("/proc/net/tcp", encoding="ascii") as table:
        next(table)
        for line in table:
            _, local, remote, state, _, timer = line.split(None, 6)[:6]
            ago = KEPT - int(timer[3:], 16) / TICKS if state == TIME_WAIT else 0
            for end in (local, remote):
                address, port = end.split(":")
                if state not in (LISTEN, CLOSE_WAIT) and address.endswith("017F") and 880 <= int(port, 16) <= 883:
                    name = socket.inet_ntoa(bytes.fromhex(address)[::-1])
                    found[name] = min(ago, found.get(name, ago))
    return found


def address_of(account):
    with open(f"{SITES}/{account}/env", encoding="utf-8") as variables:
        return re.search(r'^TSUKASA_ADDRESS="([0-9.]+)"$', variables.read(), re.M)[1]


def processes():
    """What runs for each domain: account → [(unit, name of the process)]."""
    found = {}
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{process}/cgroup", encoding="utf-8", errors="replace") as groups:
                place = PLACE.search(groups.read())
            if place:
                with open(f"/proc/{process}/comm", encoding="utf-8", errors="replace") as name:
                    found.setdefault(place[1], []).append((place[2], name.read().strip()))
        except OSError:
            continue
    return found


def working(running):
    """A CGI program that goes on after its answer, or a PHP worker: more than the daemons that wait."""
    masters = [unit for unit, _ in running if not unit.startswith("tsukasa-web@")]
    others = [name for unit, name in running if unit.startswith("tsukasa-web@") and name != "apache2"]
    return bool(others) or len(masters) > len(set(masters))


def patience():
    with open("/proc/meminfo", encoding="ascii") as memory:
        kilobytes = {name: int(rest.split()[0]) for name, rest in (line.split(":") for line in memory)}
    free = kilobytes["MemAvailable"] / kilobytes["MemTotal"]
    return next(seconds for part, seconds in PATIENCE if free >= part)


def idle_for(account, connections, running):
    """Seconds without visitor and work. A connection is remembered here when the kernel has forgotten it."""
    now = time.monotonic()
    ago = 0 if working(running.get(account, [])) else connections.get(address_of(account), now)
    seen = last_seen[account] = max(now - ago, last_seen.get(account, 0))
    return min(now - seen, time.time() - os.stat(f"{RUN}/{account}/pid").st_mtime)


def idle_accounts():
    connections, running, most = connected(), processes(), patience()
    for account in accounts():
        # Something is no longer there or no longer ours when the domain was deleted.
        with contextlib.suppress(OSError, TypeError):
            if idle_for(account, connections, running) >= most:
                yield account


def accounts():
    try:
        return [name for name in os.listdir(RUN) if awake(name)]
    except FileNotFoundError:
        return []


def put_to_sleep():
    held = [account for account in idle_accounts() if lock_of(account).acquire(blocking=False)]
    try:
        stop_idle(held)
    finally:
        for account in held:
            lock_of(account).release()


def stop_idle(held):
    for account in held:
        close(account)
    if held:
        # Who looked just before the door was closed is on his way now, and is seen.
        time.sleep(0.5)
    connections = connected()
    late = [account for account in held if connections.get(address_of(account), 1) < 1]
    for account in late:
        reopen(account)
    if idle := [unit(account) for account in held if account not in late]:
        systemctl("stop", *idle)


def main():
    door = socket.socket(fileno=3)
    door.setblocking(False)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    for account in accounts():
        reopen(account)
    last, looked = time.monotonic(), time.monotonic()
    while time.monotonic() - last < REST_AFTER:
        if select.select([door], [], [], LOOK_EVERY)[0]:
            try:
                front, _ = door.accept()
            except BlockingIOError:
                continue
            threading.Thread(target=serve, args=(front,)).start()
            last = time.monotonic()
        if time.monotonic() - looked >= LOOK_EVERY:
            looked = time.monotonic()
            put_to_sleep()
            if accounts() or threading.active_count() > 1:
                last = looked


if __name__ == "__main__":
    main()
