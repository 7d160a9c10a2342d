"""Whether a password that came over FTP is right: Dovecot is asked, as for mail (WEB-05).

PAM starts this as root with the user in PAM_USER, the address of the client in PAM_RHOST and the password on standard
input. Dovecot knows all forms of passwords, refuses who is suspended, and makes those wait who guess: the more often
from one address, the longer. At `user@domain/home` the user is the one before the slash.
"""

import base64
import os
import socket
import sys

# Dovecot's longest delay is 17 seconds.
SECONDS = 30
LONGEST = 512


def request(user, password, address):
    """SASL PLAIN (RFC 4616) in Dovecot's authentication protocol, one line of fields between tabs."""
    first = base64.b64encode(b"\0".join([b"", user.encode(), password])).decode()
    return f"VERSION\t1\t2\nCPID\t{os.getpid()}\nAUTH\t1\tPLAIN\tservice=ftp\trip={address}\tsecured\tresp={first}\n"


def is_right(user, password, address):
    with socket.socket(socket.AF_UNIX) as dovecot:
        dovecot.settimeout(SECONDS)
        dovecot.connect(sys.argv[1])
        dovecot.sendall(request(user, password, address).encode())
        for line in dovecot.makefile(encoding="utf-8", errors="replace"):
            verdict, _, rest = line.rstrip("\n").partition("\t")
            if verdict in ("OK", "FAIL", "CONT"):
                return verdict == "OK" and rest.split("\t")[:2] == ["1", f"user={user}"]
    return False


def main():
    user, address = os.environ["PAM_USER"].removesuffix("/home"), os.environ["PAM_RHOST"]
    password = sys.stdin.buffer.read(LONGEST + 1).removesuffix(b"\0")
    if len(password) > LONGEST or b"\0" in password or any(not text.isprintable() for text in (user, address)):
        return False
    return is_right(user, password, address)


try:
    sys.exit(0 if main() else 1)
except (OSError, KeyError, ValueError) as error:
    sys.exit(f"not asked: {error!r}")
