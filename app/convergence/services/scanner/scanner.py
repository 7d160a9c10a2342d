"""Looks through mail before Postfix takes it: viruses (MAIL-03) and, where a recipient wants it, spam (MAIL-04).

A milter: Postfix tells envelope and message, this asks clamd (INSTREAM) and then spamd (SYMBOLS) and answers.
What it must know about mailboxes are rows, read at each message. It keeps no message: the body goes on to clamd
as it comes, and no more than `spam_bytes` of it wait for spamd.

Infected: refused (550), and who has a mailbox here and wants it is told; a message of a program is taken away, since
nobody hears a refusal. clamd does not answer: 451, the sender keeps the message and tries again. spamd
does not answer: the message passes and says that it was not looked at.
"""

import contextlib
import ctypes
import email.header
import email.headerregistry
import email.message
import email.policy
import email.utils
import json
import os
import re
import socket
import socketserver
import sqlite3
import struct
import subprocess
import sys
import tarfile
import threading
import time

# Isolated from everything but what lies beside it.
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
from attachments import Attachments

# The milter protocol as Postfix and Sendmail speak it, version 6: a length, a command, its data.
CONNECT, HELO, MAIL, RCPT, HEADER, BODY, END, ABORT, MACROS, NEGOTIATE = (ord(x) for x in "CHMRLBEADO")
QUIT, QUIT_CONNECTION, END_OF_HEADER = ord("Q"), ord("K"), ord("N")
ADD_HEADERS, CHANGE_HEADERS = 0x01, 0x10
# Not asked for: unknown commands and DATA. Not answered: everything but the end of a message.
WANTED_STEPS = 0x100 | 0x200 | 0x1000 | 0x2000 | 0x4000 | 0x8000 | 0x80 | 0x40000 | 0x80000 | 0x100000
REPLIES_LEFT_OUT = {CONNECT: 0x1000, HELO: 0x2000, MAIL: 0x4000, RCPT: 0x8000, HEADER: 0x80, END_OF_HEADER: 0x40000, BODY: 0x80000}
LEADING_SPACE = 0x100000
CONTINUE, DISCARD = b"c", b"d"
MAX_PACKET = 2 << 20

# What only we may say about a message.
OURS = re.compile(rb"x-(spam|virus)-[a-z-]+", re.IGNORECASE)

MAX_HEADERS, MAX_HEADER_BYTES, MAX_FORGED = 10_000, 1 << 20, 100
POLICY_TIMEOUT, CLAMD_TIMEOUT, SPAMD_TIMEOUT = 10, 75, 55
CHUNK = 256 << 10
# Of all archives of a message together; what clamd takes in one stream.
UNPACK_SECONDS, UNPACK_BYTES, STREAM_BYTES = 45, 400 << 20, 110 << 20
# More at once would be memory that databases and sites need.
UNPACKING = threading.BoundedSemaphore(2)


class Unanswered(Exception):
    """A daemon behind us does not answer, or not with what it should."""


class Infected(Exception):
    """Its text is the name of what was found."""


def log(text):
    print(text, file=sys.stderr, flush=True)


# --- viruses ---


class VirusCheck:
    """One message on its way to clamd, piece by piece."""

    def __init__(self, settings):
        self.connection, self.kept, self.size = connect_patiently(settings), [], 0
        self.is_over = False
        self.write(b"zINSTREAM\0")

    def send(self, data):
        self.kept.append(data)
        self.size += len(data)
        if self.size >= CHUNK:
            self.flush()

    def flush(self):
        if self.size:
            self.write(struct.pack(">I", self.size) + b"".join(self.kept))
        self.kept, self.size = [], 0

    def write(self, data):
        if self.is_over:
            return
        try:
            self.connection.sendall(data)
        except OSError as error:
            self.judge(self.answer(), str(error))

    def finish(self):
        """Returns when nothing was found."""
        self.flush()
        self.write(struct.pack(">I", 0))
        if not self.is_over:
            self.judge(self.answer(), "no answer")

    def answer(self):
        """Also of a clamd that has hung up: the first look tells only that it did."""
        for _ in range(2):
            with contextlib.suppress(OSError):
                return receive(self.connection, 4096).rstrip(b"\0\n").decode("ascii", "replace")
        return ""

    def judge(self, answer, otherwise):
        if answer.endswith(" FOUND"):
            name = answer.removeprefix("stream: ").removesuffix(" FOUND").removesuffix(".UNOFFICIAL")
            raise Infected(re.sub(r"[^A-Za-z0-9._-]", "_", name)[:80])
        # Larger than what it looks at: let through, as with its other bounds.
        self.is_over = answer == "stream: OK" or "size limit exceeded" in answer
        if self.is_over and answer != "stream: OK":
            log(f"clamd: {answer}")
        if not self.is_over:
            raise Unanswered(f"clamd: {answer[:200] or otherwise}")

    def close(self):
        self.connection.close()


def connect_patiently(settings):
    """A clamd that is just starting is waited for before anybody is sent away."""
    until = time.monotonic() + settings["patience"]
    while True:
        try:
            return connect(settings["clamd"], CLAMD_TIMEOUT)
        except Unanswered:
            if time.monotonic() > until:
                raise
        time.sleep(0.2)


def connect(paths, timeout):
    """The first of the sockets that is there: a scanner that the compute node shares goes before our own."""
    wrong = "no socket"
    for path in paths:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(timeout)
        try:
            connection.connect(path)
            return connection
        except OSError as error:
            connection.close()
            wrong = f"{path}: {error.strerror or error}"
    raise Unanswered(wrong)


def receive(connection, most):
    """All that comes until the other side ends, or `most` bytes."""
    data = b""
    while len(data) < most and (part := connection.recv(most - len(data))):
        data += part
    return data


def check_archives(settings, files):
    """All of them within one time and one sum of bytes; few messages at once. Whether all of it was looked at."""
    if not files:
        return True
    if not UNPACKING.acquire(timeout=UNPACK_SECONDS):
        raise Unanswered("too many archives at once")
    try:
        until, left = time.monotonic() + UNPACK_SECONDS, UNPACK_BYTES
        for file in files:
            left = check_archive(settings, file, until, left)
        return left > 0 and time.monotonic() < until
    finally:
        UNPACKING.release()


def check_archive(settings, archive, until, left):
    """How many bytes may still be looked at. What can't be unpacked (encrypted, broken) or is beyond the bounds is let
    through, as clamd does."""
    seconds = until - time.monotonic()
    if seconds <= 0 or left <= 0:
        return 0
    archive.seek(0)
    command = ["prlimit", "--as=805306368", f"--cpu={int(seconds) + 1}", sys.executable, "-I", "-S", __file__, "--unpack"]
    with subprocess.Popen(
        command, stdin=archive, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={"PATH": "/usr/bin:/bin"}
    ) as unpacking:
        timer = threading.Timer(seconds, unpacking.kill)
        timer.start()
        members = Members(settings)
        try:
            while left > 0 and (part := read_part(unpacking.stdout)) is not None:
                left -= len(part)
                members.take(part)
            members.finish()
        finally:
            timer.cancel()
            unpacking.kill()
            members.close()
    return left


class Members:
    """Files of an archive on their way to clamd: small ones together, as a tar archive, since each stream takes its time."""

    SMALL, MOST_TOGETHER, MOST_BYTES = 1 << 20, 5000, 50 << 20

    def __init__(self, settings):
        self.settings, self.kept, self.size = settings, [], 0
        self.large, self.small, self.count, self.bytes = None, None, 0, 0

    def take(self, part):
        """A piece of a file, empty at its end."""
        if not part:
            return self.end_file()
        self.size += len(part)
        self.kept.append(part)
        if self.size > self.SMALL:
            self.large = self.large or VirusCheck(self.settings)
            if self.size < STREAM_BYTES:
                self.large.send(b"".join(self.kept))
            self.kept = []

    def end_file(self):
        if self.large:
            self.large, ended = None, self.large
            finish(ended)
        elif self.kept:
            self.add(b"".join(self.kept))
        self.kept, self.size = [], 0

    def add(self, content):
        self.small = self.small or VirusCheck(self.settings)
        member = tarfile.TarInfo("f")
        member.size = len(content)
        self.small.send(member.tobuf(tarfile.USTAR_FORMAT) + content + bytes(-len(content) % 512))
        self.count, self.bytes = self.count + 1, self.bytes + len(content)
        if self.count == self.MOST_TOGETHER or self.bytes > self.MOST_BYTES:
            self.end_small()

    def end_small(self):
        if self.small:
            self.small.send(bytes(1024))
            self.small, ended = None, self.small
            self.count, self.bytes = 0, 0
            finish(ended)

    def finish(self):
        """The last file may have been cut off."""
        self.end_file()
        self.end_small()

    def close(self):
        for check in (self.large, self.small):
            if check:
                check.close()


def finish(check):
    try:
        check.finish()
    finally:
        check.close()


def read_part(stream):
    """A piece of a file, empty at its end; None when there is nothing more."""
    length = stream.read(4)
    if len(length) < 4:
        return None
    (size,) = struct.unpack(">I", length)
    return stream.read(size)


def unpack():
    """Files of a RAR archive on standard input, to standard output: a length and a piece, again and again, 0 at the end of each.

    A process of its own, because libarchive reads what strangers made. No format but RAR is tried, and no name matters.
    """
    library = ctypes.CDLL("libarchive.so.13")
    library.archive_read_new.restype = ctypes.c_void_p
    library.archive_read_data.restype = ctypes.c_ssize_t
    archive, entry = ctypes.c_void_p(library.archive_read_new()), ctypes.c_void_p()
    library.archive_read_support_format_rar(archive)
    library.archive_read_support_format_rar5(archive)
    library.archive_read_open_fd(archive, 0, ctypes.c_size_t(64 << 10))
    piece, out = ctypes.create_string_buffer(CHUNK), sys.stdout.buffer
    warning, retry = -20, -10
    while library.archive_read_next_header(archive, ctypes.byref(entry)) in (0, warning, retry):
        while (size := library.archive_read_data(archive, piece, ctypes.c_size_t(CHUNK))) > 0:
            out.write(struct.pack(">I", size) + piece.raw[:size])
        out.write(struct.pack(">I", 0))
    out.flush()
    return 0


# --- spam ---


def spam_headers(settings, message):
    """What is said about the message. X-Spam-Score and X-Spam-Level are there only when it was scored."""
    if message.is_too_big:
        return [("X-Spam-Status", "Unchecked, larger than what is looked at")]
    try:
        score, required, tests = ask_spamd(settings, message.for_spamd())
    except Exception as error:  # No reason to keep mail from anybody.
        log(f"{message.queue_id}: spam not checked: {error}")
        return [("X-Spam-Status", "Unchecked, the check did not answer")]
    verdict = "Yes" if score >= required else "No"
    said = [
        ("X-Spam-Status", f"{verdict}, score={score:.1f} required={required:.1f}\n\ttests={folded(tests)}"),
        ("X-Spam-Score", f"{score:.1f}"),
    ]
    stars = min(50, int(score))
    return [*said, ("X-Spam-Level", "*" * stars)] if stars > 0 else said


def folded(tests):
    """Names of tests with commas, in lines that are not too long (RFC 5322, 2.1.1)."""
    lines, names = [""], [name for name in re.findall(r"[A-Za-z0-9_]+", tests)[:200]] or ["none"]
    for name in names:
        if len(lines[-1]) + len(name) > 70:
            lines.append("")
        lines[-1] += f"{name},"
    return "\n\t".join(lines).rstrip(",")


def ask_spamd(settings, data):
    """Score, the score from which spamd itself calls it spam, names of the tests that fit."""
    connection = connect([settings["spamd"]], SPAMD_TIMEOUT)
    with connection:
        connection.sendall(b"SYMBOLS SPAMC/1.5\r\nContent-length: %d\r\n\r\n" % len(data) + data)
        connection.shutdown(socket.SHUT_WR)
        answer = receive(connection, 64 << 10).decode("ascii", "replace")
    found = re.search(r"^Spam: \w+ ; (-?[\d.]+) / (-?[\d.]+)", answer, re.MULTILINE)
    if not found or not re.match(r"SPAMD/[\d.]+ 0 ", answer):
        raise Unanswered(f"spamd: {answer[:100]!r}")
    return float(found[1]), float(found[2]), answer.partition("\r\n\r\n")[2]


# --- how much programs send ---


def refusal(settings, message):
    """The policy service's answer to a program that has sent too much (MAIL-11), else None. It counts the recipients when it has none."""
    question = {
        "request": "smtpd_access_policy",
        "protocol_state": "RCPT",
        "policy_context": "program",
        "sender": message.macros.get("{mail_addr}") or message.sender,
        "recipient_count": len(message.recipients),
    }
    try:
        with connect([settings["policy"]], POLICY_TIMEOUT) as connection:
            connection.sendall("".join(f"{name}={plain(str(value))}\n" for name, value in question.items()).encode() + b"\n")
            action = connection.recv(4096).decode("ascii", "replace").strip().removeprefix("action=")
    except (OSError, Unanswered) as error:
        log(f"{message.queue_id}: not counted: {error}")
        return None
    return action if re.match(r"[45]\d\d ", action) else None


# --- mailboxes ---


def rows_of(settings, addresses):
    """What the server knows about those of the addresses that are its own: {address: {"warn": …, "spam": …}}.

    An address without a row of its own is as usual in its domain.
    """
    known = {}
    connection = sqlite3.connect(f"file:{settings['mailboxes']}?mode=ro", uri=True, timeout=10)
    try:
        for address in addresses:
            if (row := row_of(connection, address.lower())) is not None:
                known[address] = row
    finally:
        connection.close()
    return known


def row_of(connection, address):
    usual = "@" + address.rpartition("@")[2]
    rows = dict(connection.execute("select key, value from mailboxes where key in (?, ?)", (address, usual)))
    if address in rows:
        return json.loads(rows[address])
    if usual not in rows:
        return None
    row = json.loads(rows[usual])
    return row | {"warn": address if row["warn"] else None}


# --- warnings ---


class Warnings:
    """Mail about infected mail, only ever to mailboxes of this server. It has no sender, so nothing answers it."""

    def __init__(self, settings):
        self.settings = settings

    def tell(self, message, virus, rows):
        sender = rows.get(message.account, {}).get("warn") if message.is_of_ours else None
        told = {row["warn"] for address, row in rows.items() if address in message.recipients and row.get("warn")}
        for address in sorted(told - {sender}):
            self.send(address, received(message, virus, address))
        if sender:
            self.send(sender, sent(message, virus))

    def send(self, address, text):
        """Into Postfix's own queue, so that a restart in this moment loses nothing."""
        command = [self.settings["sendmail"], "-i", "-f", "<>", "--", address]
        try:
            done = subprocess.run(
                command, input=self.compose(address, text), capture_output=True, timeout=30, check=False, env={"PATH": "/usr/sbin:/usr/bin"}
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            log(f"no warning to {address}: {error}")
        else:
            if done.returncode:
                log(f"no warning to {address}: {done.stderr[-300:].decode('utf-8', 'replace')}")

    def compose(self, address, text):
        host = self.settings["hostname"]
        mail = email.message.EmailMessage(policy=email.policy.SMTP.clone(linesep="\n", max_line_length=150))
        mail["From"] = email.headerregistry.Address("ウイルスチェック", "postmaster", host)
        mail["To"] = address
        mail["Subject"] = "【ウイルス検知】メールの配送を停止しました"
        mail["Date"] = email.utils.formatdate(localtime=True)
        mail["Message-ID"] = email.utils.make_msgid(domain=host)
        # RFC 3834: nobody's automatic answer answers this.
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
        mail.set_content(text, charset="utf-8", cte="base64")
        return mail.as_bytes()


def received(message, virus, address):
    """Names no other recipient: some may be hidden from the others (Bcc)."""
    return f"""{address} 宛のメールからウイルスを検知したため、配送を停止しました。
メールは届いていません。添付ファイルを開く必要も、削除する必要もありません。

{facts(message, virus, [address])}

送信者の欄は詐称されていることがあります。心当たりのあるかたからのメールのときは、
そのかたに電話などで知らせて、ウイルスを取り除いてから送り直してもらってください。

このお知らせは自動で送信しています。返信はできません。お知らせが不要なときは、
コントロールパネルのウイルス警告メールの設定を「送信しない」にしてください。
"""


def sent(message, virus):
    return f"""お客さまのアカウントから送信されたメールからウイルスを検知したため、送信を停止しました。
メールは宛先に届いていません。

{facts(message, virus, message.recipients)}

お使いのパソコンやスマートフォン、またはサーバに置いたプログラムがウイルスに感染しているおそれが
あります。ウイルス対策ソフトで検査してください。送信した覚えがないときは、パスワードが知られている
おそれがありますので、すぐにパスワードを変更してください。

このお知らせは自動で送信しています。返信はできません。お知らせが不要なときは、
コントロールパネルのウイルス警告メールの設定を「送信しない」にしてください。
"""


def facts(message, virus, recipients):
    more = len(recipients) - 10
    return "\n".join(
        [
            f"検知した名前: {virus}",
            f"日時:         {time.strftime('%Y-%m-%d %H:%M:%S')}",
            f"送信者:       {plain(message.sender) or '(なし)'}",
            f"宛先:         {', '.join(map(plain, recipients[:10]))}{f' ほか {more} 件' if more > 0 else ''}",
            f"件名:         {plain(message.subject()) or '(なし)'}",
        ]
    )


def plain(text):
    """One line that shows nothing but itself: the words of whoever made a virus."""
    return "".join(x for x in " ".join(text.split()) if x.isprintable())[:200]


# --- one message ---


class Message:
    def __init__(self, settings, connection, is_program):
        self.settings, self.connection, self.is_program = settings, connection, is_program
        self.macros, self.sender, self.recipients = {}, "", []
        self.names, self.headers, self.forged, self.text, self.size = {}, 0, 0, [], 0
        self.is_out_of_form = False
        self.virus_check, self.attachments, self.failure, self.title = None, Attachments(), None, b""

    @property
    def queue_id(self):
        return self.macros.get("i", "?")

    @property
    def is_of_ours(self):
        """Sent by somebody whom the server knows: the sender is no mere claim."""
        return self.is_program or bool(self.macros.get("{auth_authen}"))

    @property
    def account(self):
        """Who is told what was sent: of programs the admin of the domain, whatever sender of it they give."""
        domain = self.sender.rpartition("@")[2].lower()
        return f"postmaster@{domain}" if self.is_program and domain != self.settings["hostname"] else self.sender

    @property
    def is_too_big(self):
        return self.size > self.settings["spam_bytes"]

    def address(self, macro, data):
        """As Postfix understands it: without quotes, routes and a dot at the end, whatever was said."""
        return self.macros.pop(macro, None) or texts(data)[0].strip("<>")

    def add_header(self, name, value):
        """Of a message with more than anybody's has nothing is kept: each of our names costs Postfix a look through all others."""
        key = name.lower()
        self.headers += 1
        self.forged += OURS.fullmatch(name) is not None
        if self.headers > MAX_HEADERS or self.size > MAX_HEADER_BYTES or self.forged > MAX_FORGED:
            self.is_out_of_form = True
        if self.is_out_of_form:
            return
        if OURS.fullmatch(name):
            self.names[key] = self.names.get(key, 0) + 1
            return
        if key == b"subject" and not self.title:
            self.title = value
        self.add(name + b":" + value.replace(b"\r", b"").replace(b"\n", b"\r\n") + b"\r\n")

    def add(self, data):
        """Goes on to clamd at once; for spamd it is kept while it is not too much."""
        self.size += len(data)
        if self.is_too_big:
            self.text.clear()
        else:
            self.text.append(data)
        self.attachments.feed(data)
        self.to_clamd(data)

    def to_clamd(self, data):
        """What goes wrong here is told at the end, when there is an answer to give."""
        if self.failure:
            return
        try:
            self.virus_check = self.virus_check or VirusCheck(self.settings)
            self.virus_check.send(data)
        except Unanswered as error:
            # It may have said before why it hung up: a message that it has no room for.
            self.failure = error

    def look_for_viruses(self):
        """Whether all that there is was looked at, or what is beyond the bounds was left out."""
        if self.failure:
            raise self.failure
        self.virus_check.finish()
        self.attachments.end()
        return check_archives(self.settings, self.attachments.files)

    def subject(self):
        try:
            words = email.header.decode_header(self.title.decode("utf-8", "replace").strip())
            return str(email.header.make_header(words))
        except Exception:  # Words of whoever made a virus: email.header raises about everything.
            return self.title.decode("ascii", "replace")

    def for_spamd(self):
        """With the lines that Postfix is going to put on top: who handed it in is part of the judgment."""
        return b"".join([self.trace(), *self.text])

    def trace(self):
        helo, name, address = (bare(self.connection.get(x, "")) for x in ("helo", "name", "address"))
        how = "ESMTPSA" if self.macros.get("{auth_authen}") else "ESMTP"
        host, sender = self.settings["hostname"], self.sender.replace(">", "")
        lines = [f"Return-Path: <{bare(sender)}>"]
        if not self.is_program:
            known = name if name and not name.startswith("[") else "unknown"
            lines.append(f"Received: from {helo or 'unknown'} ({known} [{address}])")
            lines.append(f"\tby {host} (Postfix) with {how} id {bare(self.queue_id)};")
            lines.append(f"\t{email.utils.formatdate(localtime=True)}")
        return "".join(f"{line}\r\n" for line in lines).encode("utf-8", "replace")

    def close(self):
        self.attachments.close()
        if self.virus_check:
            self.virus_check.close()


def bare(text):
    return re.sub(r"[^\x21-\x7e]", "", text)[:300]


# --- the milter ---


class Session(socketserver.BaseRequestHandler):
    """One connection of a Postfix daemon: any number of messages."""

    def setup(self):
        self.settings, self.is_program = self.server.settings, self.server.is_program
        self.stream, self.connection, self.macros, self.message = self.request.makefile("rb"), {}, {}, None
        self.steps = 0

    def handle(self):
        try:
            while (packet := self.read()) is not None:
                if packet[0] == QUIT:
                    return
                self.take(packet[0], packet[1:])
        except (ConnectionError, BrokenPipeError, TimeoutError):
            pass
        finally:
            self.forget()

    def read(self):
        length = self.stream.read(4)
        if len(length) < 4:
            return None
        (size,) = struct.unpack(">I", length)
        if not 0 < size <= MAX_PACKET:
            raise ConnectionError(f"packet of {size} bytes")
        data = self.stream.read(size)
        return data if len(data) == size else None

    def reply(self, data):
        self.request.sendall(struct.pack(">I", len(data)) + data)

    def take(self, command, data):
        if command == NEGOTIATE:
            return self.negotiate(data)
        if command == MACROS:
            fields = texts(data[1:])
            return self.current().macros.update(zip(fields[::2], fields[1::2]))
        if command in (ABORT, QUIT_CONNECTION):
            return self.forget()
        if command == END:
            if data:
                self.current().add(data)
            return self.conclude()
        self.note(command, data)
        # Before the steps were agreed on nothing is left out.
        if not self.steps & REPLIES_LEFT_OUT.get(command, 0):
            self.reply(CONTINUE)

    def negotiate(self, data):
        version, actions, offered = struct.unpack(">III", data[:12])
        self.steps = WANTED_STEPS & offered
        self.reply(b"O" + struct.pack(">III", min(version, 6), (ADD_HEADERS | CHANGE_HEADERS) & actions, self.steps))

    def note(self, command, data):
        message = self.current()
        if command == CONNECT:
            name, rest = data.split(b"\0", 1)
            address = rest[3:].split(b"\0", 1)[0] if rest[:1] in b"46" else b""
            self.connection.update(name=name.decode("ascii", "replace"), address=address.decode("ascii", "replace"))
        elif command == HELO:
            self.connection["helo"] = texts(data)[0]
        elif command == MAIL:
            message.sender = message.address("{mail_addr}", data)
        elif command == RCPT:
            message.recipients.append(message.address("{rcpt_addr}", data))
        elif command == HEADER:
            name, value = data.split(b"\0", 1)
            space = b"" if self.steps & LEADING_SPACE else b" "
            message.add_header(name, space + value.removesuffix(b"\0"))
        elif command == END_OF_HEADER:
            message.add(b"\r\n")
        elif command == BODY:
            message.add(data)

    def current(self):
        self.message = self.message or Message(self.settings, self.connection, self.is_program)
        return self.message

    def forget(self):
        if self.message:
            self.message.close()
        self.message = None

    def conclude(self):
        try:
            self.reply(self.answer(self.current()))
        finally:
            self.forget()

    def answer(self, message):
        """The last word about a message; headers are said before it."""
        if message.is_out_of_form or message.attachments.are_too_many:
            return DISCARD if message.is_program else b"y550 5.6.0 Message has too many header lines, parts or archives\0"
        try:
            is_whole = message.look_for_viruses()
        except Infected as found:
            return self.stop(message, str(found))
        except Unanswered as error:
            log(f"{message.queue_id}: not checked, to be tried again: {error}")
            return b"y451 4.7.1 Virus check does not answer at the moment, try again later\0"
        if message.is_program and (said := refusal(self.settings, message)):
            # Postfix sends it back to the program's own address.
            return f"y{said}\0".encode()
        self.take_away(message)
        if not is_whole:
            self.add("X-Virus-Status", "Unchecked, larger than what is looked at")
        try:
            rows = rows_of(self.settings, message.recipients)
            # What comes from elsewhere stays here: who has no row is not known, and so looked at.
            wanted = any(row.get("spam") for row in rows.values()) or (
                not message.is_of_ours and any(address not in rows for address in message.recipients)
            )
        except sqlite3.Error as error:
            log(f"{message.queue_id}: rows of mailboxes: {error}")
            wanted = True
        for name, value in spam_headers(self.settings, message) if wanted else []:
            self.add(name, value)
        return CONTINUE

    def stop(self, message, virus):
        log(f"{message.queue_id}: {virus} from <{plain(message.sender)}>, {len(message.recipients)} recipients")
        try:
            rows = rows_of(self.settings, [message.account, *message.recipients])
            Warnings(self.settings).tell(message, virus, rows)
        except Exception as error:  # The verdict stands, whatever goes wrong while people are told.
            log(f"{message.queue_id}: nobody was told: {error!r}")
        if message.is_program:
            return DISCARD
        return f"y550 5.7.1 Message contains a virus: {virus}\0".encode()

    def take_away(self, message):
        """Headers that pretend to be ours, the last one of a name first: their numbers would change otherwise."""
        for name, count in message.names.items():
            for number in range(count, 0, -1) if OURS.fullmatch(name) else ():
                self.reply(b"m" + struct.pack(">I", number) + name + b"\0\0")

    def add(self, name, value):
        space = " " if self.steps & LEADING_SPACE else ""
        self.reply(b"h" + f"{name}\0{space}{value}\0".encode())


def texts(data):
    return data.decode("utf-8", "replace").removesuffix("\0").split("\0")


class Milter(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Its directory says who may connect."""

    daemon_threads, request_queue_size = True, 256

    def __init__(self, path, settings, is_program):
        self.settings, self.is_program = settings, is_program
        if os.path.lexists(path):
            os.unlink(path)
        super().__init__(path, Session)
        os.chmod(path, 0o666)

    def handle_error(self, request, client_address):
        log(f"session: {sys.exc_info()[1]!r}")


def ask(path):
    """Whether a milter answers there."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(5)
        connection.connect(path)
        connection.sendall(struct.pack(">IBIII", 13, NEGOTIATE, 6, 0x1FF, 0x1FFFFF))
        answer = connection.recv(17)
        return len(answer) == 17 and answer[4] == NEGOTIATE


def main(arguments):
    if "--unpack" in arguments:
        return unpack()
    with open(arguments[0], encoding="utf-8") as file:
        settings = json.load(file)
    sockets = [(settings["sockets"]["smtp"], False), (settings["sockets"]["programs"], True)]
    if "--ask" in arguments:
        return 0 if all(ask(path) for path, _ in sockets) else 1
    # Threads are many and short.
    threading.stack_size(512 << 10)
    servers = [Milter(path, settings, is_program) for path, is_program in sockets]
    for server in servers[1:]:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    servers[0].serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
