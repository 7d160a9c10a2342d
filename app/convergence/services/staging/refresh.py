"""WEB-02: a domain's PHP forgets what it remembers of files by their paths. Given: the domain's account.

Compiled scripts (opcache) are shared by all workers and checked by time alone and every two seconds; where links lead
(realpath cache) is every worker's own. A reload of PHP would forget both, but takes no request until the longest one
that is under way has ended. So each worker is asked to end after its request, which is what a reload does to it as well,
PHP starts others at once, and one of them empties the opcache. Only PHP that does not let it is reloaded.
"""

import glob
import os
import re
import signal
import socket
import struct
import subprocess
import sys

PROGRAM = "/etc/tsukasa/staging/refresh.php"
PATIENCE = 1.5


def main_processes(units):
    """Of those that run; a PHP that is asleep remembers nothing."""
    argv = ["systemctl", "show", "--property=MainPID", "--value", "--", *units]
    told = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=10)
    return [int(line) for line in told.stdout.split()]


def workers(main):
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path, "rb") as file:
                fields = file.read().rsplit(b")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == main:
            yield int(path.split("/")[2])


def end_workers(main):
    for worker in workers(main):
        try:
            os.kill(worker, signal.SIGQUIT)
        except ProcessLookupError:
            pass


def record(kind, body):
    return struct.pack(">BBHHBx", 1, kind, 1, len(body), 0) + body


def pair(name, value):
    lengths = b"".join(bytes([n]) if n < 128 else struct.pack(">I", n | 1 << 31) for n in (len(name), len(value)))
    return lengths + name.encode() + value.encode()


def question():
    # Of the customer's own settings those that would keep the program from running.
    settings = "auto_prepend_file=\nauto_append_file=\nopcache.restrict_api="
    names = {
        "GATEWAY_INTERFACE": "CGI/1.1",
        "REQUEST_METHOD": "GET",
        "SCRIPT_FILENAME": PROGRAM,
        "SCRIPT_NAME": "/refresh.php",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "PHP_ADMIN_VALUE": settings,
    }
    given = b"".join(pair(name, value) for name, value in names.items())
    begin = struct.pack(">HB5x", 1, 0)
    return record(1, begin) + record(4, given) + record(4, b"") + record(5, b"")


def ask(path):
    """Whether PHP at this socket has emptied its opcache."""
    answer = b""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(path)
            connection.sendall(question())
            while len(answer) < 65536 and (part := connection.recv(8192)):
                answer += part
    except OSError:
        return False
    return re.search(rb"\r\n\r\ndone", answer) is not None


def refresh(version, account, main):
    end_workers(main)
    if not ask(f"/run/tsukasa/php/{account}-{version}.sock"):
        os.kill(main, signal.SIGUSR2)
        return
    # The one that was asked has other settings now than those of its domain.
    end_workers(main)


def run():
    account = sys.argv[1]
    sockets = glob.glob(f"/run/tsukasa/php/{account}-*.sock")
    versions = [re.fullmatch(r".*-(\d+\.\d+)\.sock", path)[1] for path in sockets]
    if not versions:
        return
    units = [f"tsukasa-php{version}@{account}.service" for version in versions]
    for version, main in zip(versions, main_processes(units)):
        if main:
            refresh(version, account, main)


run()
