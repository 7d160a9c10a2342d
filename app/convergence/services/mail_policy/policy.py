"""Answers Postfix about each recipient before a message is taken (Postfix's SMTPD_POLICY_README).

Senders that a user does not want (MAIL-08) unless he or his domain allows them (MAIL-05), how much an account that
signed in may send in an hour and a day (MAIL-11), and who may use the port for forwarded mail. systemd starts this
program at the first question. Settings are rows that the panel writes and that are read at each question, so none
of them needs a restart. When it can't tell, mail passes; at the port for forwarded mail, and from whom signed in, it waits.
"""

import base64
import contextlib
import json
import os
import re
import selectors
import signal
import socket
import sqlite3
import struct
import sys
import threading
import time

LISTS, STATE = "/var/lib/tsukasa/mail_policy/lists.sqlite", "/var/lib/tsukasa-mail-policy/state.sqlite"
HOUR, DAY = 3600, 86400
# An account that passes its hourly limit so often within a day is locked as if it had passed the daily one.
HOURS_TO_DAY = 3
# Postfix's questions have about 1 kB. Connections are as many as it has smtpd processes.
MAX_QUESTION, MAX_CONNECTIONS, SILENCE = 64 * 1024, 1000, 900
FORWARD_PORT = 10025
# The account that mailing lists run as, and where it hands in what they send.
LISTS_UID, LISTS_PORT = 19996, 10026
# What a search of the log knows notices by.
NOTICE_ID = "tsukasa-notice."
# Before the address of a mailbox: the account of what it forwards and answers.
FORWARDS = "forwards:"
NETWORK = re.compile(r"(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:/(\d{1,2}))?")
PASS = "DUNNO"
UNWANTED = "550 5.7.1 The recipient does not accept mail from this sender"
LOCKED = {
    "hour": "450 4.7.1 Too many recipients within an hour, try again later",
    "day": "550 5.7.1 Sending is locked for this account: too many recipients. The administrator of the domain can unlock it",
}
# A rewritten sender is there for what comes back to it, not for whoever has seen one.
ONLY_BOUNCES = "550 5.7.1 Only delivery reports are taken for this address"
OUTSIDER = "550 5.7.1 Only forwarded mail is taken here"
UNSURE = "450 4.7.1 Try again later"
TOO_MANY = "550 5.7.1 Too many recipients from programs of this domain, try again in an hour"
# What Dovecot hears: at 450 the whole message waits in Postfix's queue, at 550 it stays in the mailbox that would forward it.
FORWARDED_TOO_MUCH = {
    "hour": "450 4.7.1 This mailbox has forwarded too much within an hour, try again later",
    "day": "550 5.7.1 This mailbox has forwarded too much within a day",
}


def log(text):
    # What others wrote stays on its line.
    sys.stderr.write(f"{''.join(c if c.isprintable() else '?' for c in text)}\n")
    sys.stderr.flush()


# ---- addresses and patterns


def bare(address):
    """Lower case, A-labels, without needless quotes: a sender does not get by with another spelling of himself."""
    local, at, domain = address.rpartition("@")
    if not at:
        return address.lower()
    if len(local) > 1 and local[0] == local[-1] == '"':
        local = re.sub(r"\\(.)", r"\1", local[1:-1])
    domain = domain.rstrip(".").lower()
    if not domain.isascii():
        with contextlib.suppress(UnicodeError):
            domain = domain.encode("idna").decode("ascii")
    return f"{local.lower()}@{domain}"


def number(address):
    """An IPv4 address as a number; None of anything else."""
    parts = NETWORK.fullmatch(address)
    if not parts or parts[5] is not None:
        return None
    return part_of(parts)


def part_of(parts):
    octets = [int(parts[i]) for i in range(1, 5)]
    if max(octets) > 255:
        return None
    return int.from_bytes(bytes(octets), "big")


def in_network(parts, client):
    network, bits = part_of(parts), int(parts[5] or 32)
    if network is None or bits > 32 or client is None:
        return False
    return (network ^ client) >> (32 - bits) == 0


def fits(pattern, sender, client):
    """An address is meant exactly, a domain with what is below it, an IPv4 address or network is the client's."""
    network = NETWORK.fullmatch(pattern)
    if network:
        return in_network(network, client)
    if "@" in pattern:
        return pattern == sender
    domain = f".{sender.rpartition('@')[2]}" if "@" in sender else ""
    return domain.endswith(f".{pattern}")


# ---- what the panel says


class Lists:
    def __init__(self, path=LISTS):
        self.database = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=1, isolation_level=None)

    def value(self, table, key):
        found = self.database.execute(f"select value from {table} where key = ?", (key,)).fetchone()
        return json.loads(found[0]) if found else None

    def unwanted(self, recipient, sender, client):
        return self.has("rejected", recipient, sender, client) and not (
            self.has("allowed", recipient, sender, client)
            or self.has("allowed", domain_of(recipient), sender, client)
        )

    def has(self, table, key, sender, client):
        return any(fits(pattern, sender, client) for pattern in self.value(table, key) or ())


def returned_to(recipient):
    """Whether it is the sender of a forwarded message, as SRS wrote it."""
    return re.match(r"srs[01][-+=]", recipient) is not None and domain_of(recipient) == sys.argv[1]


def domain_of(address):
    return address.rpartition("@")[2]


# ---- what was sent


class State:
    """Rollback journal, not WAL: whoever looks at it as root leaves no file behind that we can't write."""

    def __init__(self, path=STATE):
        self.path = path
        try:
            self.open()
        except sqlite3.DatabaseError as error:
            log(f"{path} begins anew: {error}")
            os.unlink(path)
            self.open()
        self.cleaned = 0

    def open(self):
        self.database = sqlite3.connect(self.path, timeout=1, isolation_level=None)
        self.database.executescript(
            """
            pragma journal_mode = truncate;
            pragma synchronous = off;
            create table if not exists sent (account text, minute int, recipients int, primary key (account, minute)) without rowid;
            create table if not exists locks (account text primary key, kind text, since int, until int, told int default 0);
            create table if not exists hours (account text, at int);
            create table if not exists unlocked (account text primary key, at int) without rowid;
            """
        )

    @contextlib.contextmanager
    def change(self):
        self.database.execute("begin immediate")
        try:
            yield self.database
        except BaseException:
            self.database.execute("rollback")
            raise
        self.database.execute("commit")

    def used(self, account, since):
        query = "select coalesce(sum(recipients), 0) from sent where account = ? and minute > ?"
        return self.database.execute(query, (account, int(since) // 60)).fetchone()[0]

    def lock_of(self, account, now):
        query = "select kind from locks where account = ? and until > ?"
        found = self.database.execute(query, (account, now)).fetchone()
        return found[0] if found else None

    def unlock(self, account, at):
        """What was sent before counts no more."""
        known = self.database.execute("select at from unlocked where account = ?", (account,)).fetchone()
        if known and known[0] >= at:
            return
        with self.change() as database:
            for table in ("sent", "locks", "hours"):
                database.execute(f"delete from {table} where account = ?", (account,))
            database.execute("insert or replace into unlocked values (?, ?)", (account, at))

    def count(self, account, now, recipients=1):
        with self.change() as database:
            database.execute(
                "insert into sent values (?, ?, ?) on conflict do update set recipients = recipients + excluded.recipients",
                (account, int(now) // 60, recipients),
            )

    def stop_for_an_hour(self, account, now):
        with self.change() as database:
            query = "insert or replace into locks (account, kind, since, until) values (?, 'hour', ?, ?)"
            database.execute(query, (account, int(now), int(now) + HOUR))

    def note(self, account, kind, now):
        """Whether nobody was told of it today."""
        query = "select 1 from locks where account = ? and kind = ? and until > ?"
        if self.database.execute(query, (account, kind, int(now))).fetchone():
            return False
        with self.change() as database:
            query = "insert or replace into locks (account, kind, since, until) values (?, ?, ?, ?)"
            database.execute(query, (account, kind, int(now), int(now) + DAY))
        return True

    def lock(self, account, kind, now):
        with self.change() as database:
            if kind == "hour":
                database.execute("insert into hours values (?, ?)", (account, int(now)))
                often = database.execute(
                    "select count(*) from hours where account = ? and at > ?", (account, int(now) - DAY)
                ).fetchone()[0]
                kind = "day" if often >= HOURS_TO_DAY else "hour"
            until = int(now) + (DAY if kind == "day" else HOUR)
            database.execute(
                "insert or replace into locks (account, kind, since, until) values (?, ?, ?, ?)",
                (account, kind, int(now), until),
            )
        return kind

    def clean(self, now):
        """What can't matter any more."""
        if now - self.cleaned < HOUR:
            return
        self.cleaned = now
        with self.change() as database:
            database.execute("delete from sent where minute < ?", ((int(now) - DAY) // 60,))
            database.execute("delete from hours where at < ?", (int(now) - DAY,))
            database.execute("delete from locks where until < ?", (int(now) - DAY,))

    def untold(self):
        return self.database.execute("select account, kind, since from locks where told = 0").fetchall()

    def told(self, account, since):
        self.database.execute("update locks set told = 1 where account = ? and since = ?", (account, since))


# ---- answers


class Policy:
    def __init__(self, lists, state, told=lambda: None):
        self.lists, self.state, self.on_lock = lists, state, told

    def answer(self, question):
        """`question`: Postfix's attributes. The action without its name."""
        if question.get("protocol_state") != "RCPT":
            return PASS
        if question.get("policy_context") == "forwarded":
            return self.forwarded(question)
        if question.get("policy_context") == "listed":
            return self.listed(question)
        if question.get("policy_context") == "program":
            return self.program(question, time.time())
        sender, recipient = bare(question.get("sender", "")), bare(question.get("recipient", ""))
        if sender and returned_to(recipient):
            return ONLY_BOUNCES
        if sender and self.lists.unwanted(recipient, sender, number(question.get("client_address", ""))):
            return UNWANTED
        account = question.get("sasl_username", "").lower()
        return self.sending(account, time.time()) if account else PASS

    def forwarded(self, question):
        """Dovecot forwards, and this program sends notices. Programs of customers have uids of users too, but run elsewhere."""
        with contextlib.suppress(OSError, ValueError):
            uid, group = owner_of(question["client_address"], int(question["client_port"]))
            if uid == os.getuid():
                return PASS
            if group == group_of("system.slice/dovecot.service"):
                return self.of_mailbox(uid, bare(question.get("recipient", "")), time.time())
            return OUTSIDER
        return UNSURE

    def listed(self, question):
        """Mailing lists send, and the panel decides about posts that wait (root); no customer has either uid."""
        with contextlib.suppress(OSError, ValueError):
            uid, _ = owner_of(question["client_address"], int(question["client_port"]), LISTS_PORT)
            return PASS if uid in (LISTS_UID, 0) else OUTSIDER
        return UNSURE

    def of_mailbox(self, uid, recipient, now):
        """What a mailbox forwards and answers counts beside what its owner sends, against the same limits.

        A message goes to all its forwards or to none: when Sieve has begun, a refusal would lose the rest. So the first
        one asks for all, in the order of the script. An answer that is refused harms nothing.
        """
        known = self.lists.value("forwarding", str(uid))
        limits = self.lists.value("limits", domain_of(known["mailbox"])) if known else None
        if limits is None:
            return PASS
        forwards = [bare(one) for one in known["to"]]
        if recipient in forwards[1:]:
            return PASS
        wanted = len(forwards) if recipient in forwards else 1
        account = f"{FORWARDS}{known['mailbox']}"
        passed = self.passed(account, limits, now, wanted)
        if passed is None:
            self.state.count(account, now, wanted)
            self.state.clean(now)
            return PASS
        # No hour is long enough for what is more than its limit alone.
        kind = "day" if wanted > limits["hour"] else passed
        if self.state.note(account, kind, now):
            log(f"{known['mailbox']} has forwarded and answered more than {limits} recipients ({kind})")
            self.on_lock()
        return FORWARDED_TOO_MUCH[kind]

    def sending(self, account, now):
        limits = self.lists.value("limits", domain_of(account))
        if limits is None:
            return PASS
        self.let_go(account)
        if kind := self.state.lock_of(account, now):
            return LOCKED[kind]
        if passed := self.passed(account, limits, now):
            kind = self.state.lock(account, passed, now)
            log(f"{account} is locked: more than {limits} recipients ({kind})")
            self.on_lock()
            return LOCKED[kind]
        self.state.count(account, now)
        self.state.clean(now)
        return PASS

    def let_go(self, account):
        unlocked = self.lists.value("unlocked", account)
        if unlocked:
            self.state.unlock(account, unlocked)

    def program(self, question, now):
        """One message of a program to all its recipients. A site's forms are silent for an hour at most, however often."""
        account = self.program_of(bare(question.get("sender", "")))
        limits = self.lists.value("limits", account) if account else None
        if limits is None:
            return PASS
        self.let_go(account)
        if self.state.lock_of(account, now):
            return TOO_MANY
        recipients = max(1, int(question.get("recipient_count", "1")))
        if self.passed(account, limits, now, recipients):
            self.state.stop_for_an_hour(account, now)
            log(f"programs of {account} are stopped: more than {limits} recipients")
            self.on_lock()
            return TOO_MANY
        self.state.count(account, now, recipients)
        self.state.clean(now)
        return PASS

    def program_of(self, sender):
        """Postfix lets a program send as its own domain and as its account only."""
        return sender if domain_of(sender) == sys.argv[1] else self.lists.value("programs", domain_of(sender))

    def passed(self, account, limits, now, recipients=1):
        for kind, seconds in (("day", DAY), ("hour", HOUR)):
            if self.state.used(account, now - seconds) + recipients > limits[kind]:
                return kind
        return None


# ---- who is at the other end of a connection of this machine (sock_diag(7))

SOCK_DIAG, BY_FAMILY, REQUEST, CGROUP_ID = 4, 20, 1, 21


def owner_of(address, port, to=FORWARD_PORT):
    """uid of the process that connected from there to a port of this machine, and the id of its control group."""
    here, there = (socket.inet_aton(one) + bytes(12) for one in (address, "127.0.0.1"))
    ends = struct.pack("!HH", port, to) + here + there + struct.pack("=I8s", 0, b"\xff" * 8)
    body = struct.pack("=BBBxI", socket.AF_INET, socket.IPPROTO_TCP, 0, 0xFFFFFFFF) + ends
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, SOCK_DIAG) as link:
        link.settimeout(1)
        link.send(struct.pack("=IHHII", 16 + len(body), BY_FAMILY, REQUEST, 1, 0) + body)
        return told_of(link.recv(8192))


def told_of(message):
    length, kind = struct.unpack_from("=IH", message)
    if kind != BY_FAMILY:
        raise ValueError("no such connection")
    uid, at = struct.unpack_from("=I", message, 16 + 64)[0], 16 + 72
    while at + 4 <= length:
        size, name = struct.unpack_from("=HH", message, at)
        if name == CGROUP_ID:
            return uid, struct.unpack_from("=Q", message, at + 4)[0]
        at += (max(size, 4) + 3) & ~3
    return uid, None


def group_of(path):
    """The id of a control group is the inode of its directory."""
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as mounts:
        root = next(line.split(" ")[4] for line in mounts if " - cgroup2 " in line)
    return os.stat(f"{root}/{path}").st_ino


# ---- notices


class Notices(threading.Thread):
    """Tells who was locked, once, and again later while mail can't be sent. Postfix asks us meanwhile, so beside the rest."""

    def __init__(self, path, send):
        super().__init__(daemon=True)
        self.path, self.send, self.wanted = path, send, threading.Event()

    def run(self):
        state = State(self.path)
        while True:
            with contextlib.suppress(sqlite3.Error):
                for account, kind, since in state.untold():
                    self.tell(state, account, kind, since)
            self.wanted.wait(60)
            self.wanted.clear()

    def tell(self, state, account, kind, since):
        try:
            self.send(account, kind, since)
        except (OSError, EOFError) as error:
            log(f"the notice for {account} waits: {error}")
            return
        state.told(account, since)


REASONS = {
    "hour": ("1 時間に送信できる宛先の数を超えたため、約 1 時間、送信を停止しました。", "停止は約 1 時間で自動的に解除されます。"),
    "day": ("送信した宛先の数が多すぎるため、送信をロックしました。", "ロックは 24 時間で自動的に解除されます。"),
}


PROGRAM_WAY_OUT = [
    "この間に送信しようとしたメールは、送信元のアドレスへエラーメールとして戻ります。",
    "",
    "心当たりがない場合は、サイトのプログラム (WordPress など) が改ざんされ、迷惑メールの",
    "送信に使われているおそれがあります。プログラムを最新版に更新し、身に覚えのない",
    "ファイルがないか確認してください。",
    "",
    "停止は約 1 時間で自動的に解除されます。すぐに送信を再開したいときは、原因を取り除いた",
    "うえで、ドメイン管理者がコントロールパネルの「メール」の画面で「送信を再開する」を",
    "押してください。送信できる宛先の数も、この画面で変更できます。",
    "受信はいつもどおりできます。",
    "",
]


FORWARDS_STOPPED = {
    "hour": [
        "1 時間に転送・自動返信できる宛先の数を超えました。",
        "",
        "メールは失われていません。超えた分のメールはサーバで待っており、宛先の数が上限を下回ると、",
        "転送と、メールボックスに残す設定のときはメールボックスへの保存を、自動的に行います。",
        "自動返信は、超えている間は送信しません。",
    ],
    "day": [
        "転送・自動返信できる宛先の数の上限を超えました。",
        "",
        "メールは失われていません。超えている間に届いたメールは転送せず、転送元のメールボックスに",
        "残します (「サーバに残さない」設定のときも残します)。自動返信は送信しません。",
        "直近 24 時間の宛先の数が上限を下回ると、転送を自動的に再開します。",
    ],
}

FORWARDS_WAY_OUT = [
    "",
    "転送先 1 件を 1 通と数えます (1 通のメールを 10 件の宛先に転送すると 10 通)。転送先を減らす",
    "か、上限をドメイン管理者がコントロールパネルで変更してください。多くのかたに配るときは、",
    "メーリングリストをご利用ください。このお知らせは 1 日に 1 回お送りします。",
    "",
]


def is_program(account):
    return domain_of(account) == sys.argv[1]


def mailbox_of(account):
    return account.removeprefix(FORWARDS)


def notice(account, kind, since):
    why, until = REASONS[kind]
    moment = time.strftime("%Y年%-m月%-d日 %H:%M", time.localtime(since))
    if account.startswith(FORWARDS):
        return "\n".join([f"メールアカウント {mailbox_of(account)} は、{moment} に", *FORWARDS_STOPPED[kind], *FORWARDS_WAY_OUT])
    if is_program(account):
        first = [f"サイトのプログラム ({account}) からのメールは、{moment} に", "送信した宛先の数が上限を超えたため、約 1 時間、送信を停止しました。"]
        return "\n".join([*first, *PROGRAM_WAY_OUT])
    return "\n".join(
        [
            f"メールアカウント {account} は、{moment} に",
            why,
            "",
            "心当たりがない場合は、パスワードが他人に知られ、迷惑メールの送信に使われている",
            "おそれがあります。すぐにパスワードを変更し、お使いのパソコンやスマートフォンの",
            "ウイルス検査をしてください。",
            "",
            until,
            "すぐに送信を再開したいときは、原因を取り除いたうえで、ドメイン管理者がコントロール",
            "パネルのユーザの画面で「送信を再開する」を押してください。受信はいつもどおりできます。",
            "",
        ]
    )


def folded(text):
    return base64.encodebytes(text.encode()).decode().replace("\n", "\r\n")


def subject(text):
    """RFC 2047; one encoded word a line."""
    parts = [text[at : at + 15] for at in range(0, len(text), 15)]
    return "\r\n ".join(f"=?UTF-8?B?{base64.b64encode(part.encode()).decode()}?=" for part in parts)


def title(account):
    stopped = "メールの転送を制限しました" if account.startswith(FORWARDS) else "メールの送信を停止しました"
    return f"{stopped} ({mailbox_of(account)})"


def message(account, kind, since):
    host = sys.argv[1]
    return "\r\n".join(
        [
            f"From: =?UTF-8?B?{base64.b64encode('メールサーバ'.encode()).decode()}?= <postmaster@{host}>",
            f"To: <{mailbox_of(account)}>",
            f"Subject: {subject(title(account))}",
            time.strftime("Date: %a, %d %b %Y %H:%M:%S +0000", time.gmtime()),
            f"Message-ID: <{NOTICE_ID}{since}.{os.urandom(8).hex()}@{host}>",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=UTF-8",
            "Content-Transfer-Encoding: base64",
            "",
            folded(notice(account, kind, since)),
        ]
    )


def send_notice(account, kind, since):
    """To the account and to the admin of its domain, from nobody (RFC 3834). The port takes mail to anywhere."""
    with socket.create_connection(("127.0.0.1", FORWARD_PORT), 30) as connection:
        talk = connection.makefile("rwb")
        expect(talk, None, b"220")
        expect(talk, "HELO localhost", b"250")
        expect(talk, "MAIL FROM:<>", b"250")
        # The account of a domain's programs is another address of its admin.
        for recipient in sorted({account} if is_program(account) else {mailbox_of(account), f"admin@{domain_of(account)}"}):
            expect(talk, f"RCPT TO:<{recipient}>", b"250")
        expect(talk, "DATA", b"354")
        expect(talk, f"{message(account, kind, since)}\r\n.", b"250")
        expect(talk, "QUIT", b"221")


def expect(talk, line, status):
    if line is not None:
        talk.write(f"{line}\r\n".encode())
        talk.flush()
    answer = talk.readline(1024)
    while answer[3:4] == b"-":
        answer = talk.readline(1024)
    if not answer.startswith(status):
        raise EOFError(f"{(line or 'greeting').split(chr(13))[0][:80]}: {answer.decode('ascii', 'replace').strip()}")


# ---- connections


class Connection:
    def __init__(self, stream):
        stream.setblocking(False)
        self.stream, self.text, self.heard = stream, b"", time.monotonic()

    def questions(self):
        """Complete questions that have come; raises when nothing good can come any more."""
        part = self.stream.recv(65536)
        if not part:
            raise EOFError("closed")
        self.heard = time.monotonic()
        *whole, self.text = (self.text + part).split(b"\n\n")
        if len(self.text) > MAX_QUESTION or any(len(one) > MAX_QUESTION for one in whole):
            raise EOFError("a question that is too long")
        return [dict(attributes(one)) for one in whole]

    def reply(self, action):
        # Postfix reads each answer; who does not is not waited for.
        self.stream.sendall(f"action={action}\n\n".encode())


def attributes(text):
    for line in text.decode("utf-8", "replace").split("\n"):
        name, equals, value = line.partition("=")
        if equals:
            yield name, value


class Server:
    def __init__(self, listeners, policy):
        self.listeners, self.policy, self.said = listeners, policy, {}
        self.selector, self.connections = selectors.DefaultSelector(), {}
        for listener in listeners:
            listener.setblocking(False)
            self.selector.register(listener, selectors.EVENT_READ)

    def serve(self):
        while True:
            for key, _ in self.selector.select(60):
                if key.fileobj in self.listeners:
                    self.accept(key.fileobj)
                else:
                    self.hear(key.data)
            self.close_silent()

    def accept(self, listener):
        with contextlib.suppress(BlockingIOError, InterruptedError):
            connection = Connection(listener.accept()[0])
            if len(self.connections) >= MAX_CONNECTIONS:
                self.close(min(self.connections.values(), key=lambda one: one.heard))
            self.connections[connection.stream.fileno()] = connection
            self.selector.register(connection.stream, selectors.EVENT_READ, connection)

    def hear(self, connection):
        if connection.stream.fileno() < 0:
            return
        try:
            for question in connection.questions():
                connection.reply(self.answer(question))
        except (OSError, EOFError):
            self.close(connection)

    def answer(self, question):
        try:
            return self.policy.answer(question)
        except Exception as error:
            self.complain(f"no answer: {type(error).__name__}: {error}")
            return UNSURE if question.get("policy_context") in ("forwarded", "listed") or question.get("sasl_username") else PASS

    def complain(self, text):
        """The same at most once a minute."""
        now = time.monotonic()
        if now - self.said.get(text, -60) >= 60:
            self.said = {text: now}
            log(text)

    def close_silent(self):
        until = time.monotonic() - SILENCE
        for connection in [one for one in self.connections.values() if one.heard < until]:
            self.close(connection)

    def close(self, connection):
        self.selector.unregister(connection.stream)
        del self.connections[connection.stream.fileno()]
        connection.stream.close()


class LiveLists:
    """Opened anew after a fault: the database may not be there yet, or be another one after a restore."""

    def __init__(self, path=LISTS):
        self.path, self.lists, self.file = path, None, None

    def __getattr__(self, name):
        return lambda *given: self.ask(name, given)

    def ask(self, name, given):
        try:
            file = os.stat(self.path)
            if self.lists is None or (file.st_dev, file.st_ino) != self.file:
                self.lists, self.file = Lists(self.path), (file.st_dev, file.st_ino)
            return getattr(self.lists, name)(*given)
        except (sqlite3.Error, OSError):
            self.lists = None
            raise


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # systemd hands over the sockets as the first descriptors after standard error.
    listeners = [socket.socket(fileno=3 + number) for number in range(int(os.environ.get("LISTEN_FDS", "1")))]
    notices = Notices(STATE, send_notice)
    policy = Policy(LiveLists(), State(), notices.wanted.set)
    notices.start()
    Server(listeners, policy).serve()


if __name__ == "__main__":
    main()
