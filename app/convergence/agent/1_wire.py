"""The agent: a program that the panel sends over its SSH pipe and that lives as long as the pipe.

Nothing of it is installed. Requests and answers are frames: a decimal length, a newline, JSON.
It trusts the panel's requests, never the file system below directories that customers can write.
The files beside this one are joined in the order of their numbers; Python 3.11, standard library only.
"""

import contextlib
import ctypes
import errno
import fcntl
import functools
import hashlib
import json
import os
import pwd
import grp
import re
import resource
import select
import shutil
import signal
import socket
import sqlite3
import ssl
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

MAX_REQUEST = 128 * 1024 * 1024
MAX_OUTPUT = 16 * 1024

# `root` is put before every path: tests run the agent against a directory. `systemctl` likewise.
SETTINGS = {"root": "", "systemctl": "systemctl", "hold": 120}


class Refused(Exception):
    """Something that could not be done. `code` is for the panel, the message for staff."""

    def __init__(self, code, message, **detail):
        super().__init__(message)
        self.code = code
        self.detail = detail

    def plain(self):
        return {"code": self.code, "message": str(self)[:2000], **self.detail}


def refusal(error, path=None):
    if isinstance(error, Refused):
        return error
    if isinstance(error, OSError):
        code = errno.errorcode.get(error.errno, "EIO") if error.errno else "EIO"
        return Refused(code, f"{error.strerror or error}: {path or error.filename or ''}", path=path)
    return Refused("E_AGENT", f"{type(error).__name__}: {error}", path=path)


class Wire:
    """Frames on stdin and stdout. Standard output of everything else goes to standard error."""

    def __init__(self):
        self.buffer = bytearray()
        self.out = os.dup(1)
        os.dup2(2, 1)
        self.broken = False

    def fill(self, deadline):
        wait = None if deadline is None else max(0, deadline - time.monotonic())
        if not select.select([0], [], [], wait)[0]:
            raise TimeoutError
        part = os.read(0, 1 << 20)
        if not part:
            raise EOFError
        self.buffer += part

    def receive(self, timeout):
        """The next request; EOFError when the panel is gone, TimeoutError after `timeout` seconds of silence."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (end := self.buffer.find(b"\n")) < 0:
            self.fill(deadline)
        size = int(self.buffer[:end])
        if size > MAX_REQUEST:
            raise EOFError
        while len(self.buffer) < end + 1 + size:
            self.fill(deadline)
        body = bytes(self.buffer[end + 1 : end + 1 + size])
        del self.buffer[: end + 1 + size]
        return json.loads(body)

    def send(self, message):
        body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        frame = memoryview(b"%d\n%s" % (len(body), body))
        try:
            while frame and not self.broken:
                frame = frame[os.write(self.out, frame) :]
        except OSError:
            # The panel is gone. What was begun is finished or undone first; the main loop then sees the end.
            self.broken = True
