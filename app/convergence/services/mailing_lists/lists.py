"""Stands between Postfix and mlmmj: each message to a mailing list comes through here (MAIL-06).

What a list should be is a row, and who its members are is a file; the panel writes both. From them mlmmj's own files
are made before it runs, in a directory that only this account enters. What mail changes - somebody joins, leaves or
bounces for too long - is written down in `changes`, with numbers, for the panel to take over: its file says up to
which number it knows. Until then members are what the file says with the later changes on top.
"""

import contextlib
import email.header
import email.policy
import email.utils
import fcntl
import hashlib
import json
import os
import re
import sqlite3
import subprocess
import sys
import syslog
import time

DATA, SPOOL = "/var/lib/tsukasa/mailing_lists", "/var/lib/tsukasa-lists"
TEXTS = "/etc/tsukasa/mailing_lists/texts"
DATABASE = f"{DATA}/lists.sqlite"
PORT = 10026
# Answers and bounces come to addresses that no user can have.
DELIMITER = "-ctl+"
DAY = 86400
# A loop that nothing else stops, or a member whose program has gone wrong: what exceeds this in an hour waits.
POSTS_PER_HOUR, REQUESTS_PER_HOUR = 200, 60
# The same of one author, who may be somebody else: what he gets are confirmations that he did not ask for.
REQUESTS_OF_ONE = 3
# Hops through lists that a post may have behind it.
MOST_LISTS = 4
MAX_POST = 20 * 1024 * 1024
# The server's disk is everybody's.
MOST_WAITING, MOST_ARCHIVED, MOST_ARCHIVE_BYTES = 500, 2000, 300 * 1024 * 1024
WAITS_DAYS = 14
# Points of the spam check from which a post waits for a moderator, and from which nobody is told that it was refused.
SPAM_WAITS, SPAM_UNANSWERED = 10, 5
DONE, LATER, GONE = 0, 75, 67
DIRECTORIES = (
    "incoming queue queue/discarded archive subconf unsubconf bounce moderation subscribers.d digesters.d"
    " nomailsubs.d requeue control"
).split()
ADDRESS = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([a-z0-9-]+\.)+[a-z0-9-]{2,63}")
COOKIE = re.compile(r"[0-9a-f]{16}")
CONTROLS = re.compile(r"(subscribe|unsubscribe|help)|(confsub|confunsub|release|reject)-[0-9a-f]{16}|bounces-[^/]+")
# What `post` says of an author whom nobody vouches for: a moderator decides.
UNPROVEN = "X-Author-Unproven"
# Others have other headers of the same kind already; answers to who reads are nobody's business.
REPLACED = (
    "List-Id: List-Post: List-Help: List-Subscribe: List-Unsubscribe: List-Unsubscribe-Post: List-Owner: List-Archive:"
    " Precedence: Return-Receipt-To: Disposition-Notification-To: X-Confirm-Reading-To: X-Original-From:"
    f" {UNPROVEN}:"
).split()


def log(text):
    syslog.syslog("".join(c if c.isprintable() else "?" for c in text)[:900])


def write(path, text):
    """Whole or not at all."""
    with open(f"{path}.new", "w", encoding="utf-8") as file:
        file.write(text)
    os.rename(f"{path}.new", path)


def read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return ""


# ---- what the panel says


class List:
    def __init__(self, number, wish):
        self.number, self.wish, self.place = number, wish, f"{SPOOL}/{number}"
        self.address = wish["address"]
        self.name, _, self.domain = self.address.rpartition("@")

    def at(self, *names):
        return "/".join([self.place, *names])

    def control(self, command):
        return f"{self.name}{DELIMITER}{command}@{self.domain}"


def rows(query, *given):
    with contextlib.closing(sqlite3.connect(f"file:{DATABASE}?mode=ro", uri=True, timeout=5)) as database:
        return database.execute(query, given).fetchall()


def list_of(number):
    found = rows("select value from lists where key = ?", number)
    return List(number, json.loads(found[0][0])) if found else None


def all_lists():
    return [List(number, json.loads(value)) for number, value in rows("select key, value from lists")]


def is_a_list(address):
    """What a list sends to itself, or to another of its domain, would come back."""
    local, _, domain = address.rpartition("@")
    base = re.sub(r"-(owner-ctl|ctl(\+.*)?|request|admin|owner)$", "", local)
    known = {wish["address"] for wish in (json.loads(value) for (value,) in rows("select value from lists"))}
    return f"{base}@{domain}" in known or address in known


# ---- mlmmj's files


@contextlib.contextmanager
def locked(one):
    with open(one.at("lock"), "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def prepare(one):
    for name in DIRECTORIES:
        os.makedirs(one.at(name), exist_ok=True)
    if not os.path.islink(one.at("text")):
        os.symlink(TEXTS, one.at("text"))
    wanted = controls(one)
    mark = hashlib.sha256(json.dumps(wanted).encode()).hexdigest()
    if read(one.at("control.made")) == mark:
        return
    for name in set(os.listdir(one.at("control"))) - set(wanted):
        os.unlink(one.at("control", name))
    for name, text in wanted.items():
        write(one.at("control", name), text)
    write(one.at("control.made"), mark)


def controls(one):
    """mlmmj's TUNABLES: a file each; of many only whether it is there counts."""
    wish = one.wish
    values = {
        "listaddress": one.address,
        "delimiter": DELIMITER,
        "relayhost": "127.0.0.1",
        "smtpport": str(PORT),
        "smtphelo": "localhost",
        "verp": "postfix",
        "maxverprecips": "500",
        "owner": f"admin@{one.domain}",
        "moderators": "\n".join(wish["moderators"] or [f"admin@{one.domain}"]),
        "modreqlife": str(WAITS_DAYS * DAY),
        "maxmailsize": str(MAX_POST),
        "access": access(),
        "customheaders": "\n".join(headers(one)),
        "delheaders": "\n".join([*REPLACED, *(["Reply-To:"] if wish["replyTo"] == "list" else [])]),
    }
    present = ["tocc", "noget", "nodigestsub", "nonomailsub", "nomailsub", "nolistsubsemail"]
    present += {"members": ["subonlypost"], "moderators": ["modonlypost"], "anyone": []}[wish["posting"]]
    if wish["moderation"] == "others" and wish["posting"] != "anyone":
        present.append("modnonsubposts")
    if wish["moderation"] == "all":
        present.append("moderated")
    if wish["moderation"] == "all" and wish["posting"] != "anyone":
        # Strangers hear nothing: their addresses may be anybody's.
        present.append("notifymod")
    if not wish["autoSubscription"]:
        present.append("closedlistsub")
    if not wish["archive"]:
        present.append("noarchive")
    return {name: f"{text}\n" for name, text in {**values, **dict.fromkeys(present, "")}.items()}


def access():
    stars = "\\*" * SPAM_WAITS
    return f"moderate ^X-Spam-Level: {stars}\nmoderate ^{UNPROVEN}: yes\nallow"


def headers(one):
    yield f"List-Id: <{one.name}.{one.domain}>"
    yield f"List-Post: <mailto:{one.address}>"
    yield f"List-Help: <mailto:{one.control('help')}>"
    if one.wish["autoSubscription"]:
        yield f"List-Subscribe: <mailto:{one.control('subscribe')}>"
    yield f"List-Unsubscribe: <mailto:{one.control('unsubscribe')}>"
    yield f"List-Owner: <mailto:{one.name}-owner@{one.domain}>"
    yield f"X-Loop: {one.address}"
    yield "Precedence: list"
    if one.wish["replyTo"] == "list":
        yield f"Reply-To: {one.address}"


# ---- members


def wanted_members(one):
    """(addresses, epoch and number of the last change that is in them) as the panel wrote them."""
    first, *lines = read(f"{DATA}/members/{one.number}").split("\n")
    _, epoch, seen = (first.split(" ") + ["", "", ""])[:3]
    return {line for line in lines if line}, epoch, int(seen or 0)


def changes_of(one):
    """(epoch, [(number, action, address)]): the epoch tells a journal that began anew from the one before."""
    lines = read(one.at("changes")).split("\n")
    if not lines[0]:
        return "", []
    # A line that a power cut left half written is none.
    whole = (line.split("\t") for line in lines[1:] if line.endswith("\t."))
    return lines[0], [(int(number), action, address) for number, _, action, address, _ in whole]


def members_of(one):
    members, epoch, seen = wanted_members(one)
    current, changes = changes_of(one)
    for number, action, address in changes:
        if number > (seen if epoch == current else 0):
            (members.add if action == "join" else members.discard)(address)
    return members


def present_members(one):
    found = set()
    for name in os.listdir(one.at("subscribers.d")):
        found.update(line for line in read(one.at("subscribers.d", name)).split("\n") if line)
    return found


def show_members(one):
    """mlmmj reads all files of the directory."""
    members = members_of(one)
    names = os.listdir(one.at("subscribers.d"))
    if names == ["members"] and present_members(one) == members:
        return members
    write(one.at("members.list"), "".join(f"{address}\n" for address in sorted(members)))
    os.rename(one.at("members.list"), one.at("subscribers.d", "members"))
    for name in names:
        if name != "members":
            os.unlink(one.at("subscribers.d", name))
    return members


@contextlib.contextmanager
def membership(one):
    """What mlmmj changes meanwhile is written down."""
    with locked(one):
        before = show_members(one)
        try:
            yield
        finally:
            after = {address.lower() for address in present_members(one)}
            joined = {one for one in after - before if len(one) <= 254 and ADDRESS.fullmatch(one)}
            note(one, [("leave", address) for address in sorted(before - after)])
            note(one, [("join", address) for address in sorted(joined) if not is_a_list(address)])
            show_members(one)


def note(one, changes):
    if not changes:
        return
    epoch, known = changes_of(one)
    if not epoch:
        write(one.at("changes"), f"{os.urandom(8).hex()}\n")
    number = known[-1][0] if known else 0
    with open(one.at("changes"), "a", encoding="utf-8") as file:
        for action, address in changes:
            number += 1
            file.write(f"{number}\t{int(time.time())}\t{action}\t{address}\t.\n")
            log(f"{one.address}: {address} {action}s")
        file.flush()
        os.fsync(file.fileno())


# ---- messages


class Message:
    """Only the header is read; the rest is handed on as it came."""

    def __init__(self, raw):
        self.raw = raw.replace(b"\r\n", b"\n")
        head, _, self.body = self.raw.partition(b"\n\n")
        self.lines = re.findall(rb"[^\n]*(?:\n[ \t][^\n]*)*", head)
        self.lines = [line for line in self.lines if line]

    def values(self, name):
        start = name.lower().encode() + b":"
        found = [line for line in self.lines if line.lower().startswith(start)]
        return [re.sub(r"\s*\n\s+", " ", line[len(start) :].decode("utf-8", "replace")).strip() for line in found]

    def value(self, name):
        return (self.values(name) or [""])[0]

    def without(self, *names):
        starts = tuple(name.lower().encode() + b":" for name in names)
        self.lines = [line for line in self.lines if not line.lower().startswith(starts)]

    def bytes(self):
        return b"\n".join(self.lines) + b"\n\n" + self.body

    def author(self):
        authors = email.utils.getaddresses(self.values("From"))
        return authors[0][1].lower() if len(authors) == 1 else ""

    def points(self):
        return len(self.value("X-Spam-Level").rstrip()) if set(self.value("X-Spam-Level")) <= {"*"} else 0

    def is_automatic(self):
        """Answers for the absent, reports and what programs say about themselves (RFC 3834)."""
        automatic = self.value("Auto-Submitted").lower().split(";")[0].strip()
        precedence = self.value("Precedence").lower()
        return automatic not in ("", "no") or precedence in ("junk", "bulk", "auto_reply") or bool(
            self.values("X-Autoreply") or self.values("X-Autorespond")
        )

    def has_passed(self, address):
        loops = [value.lower() for value in (*self.values("X-Loop"), *self.values("List-Post"))]
        return any(address in re.split(r"[<>\s,:]+", value) for value in loops)


def decoded(text):
    try:
        return str(email.header.make_header(email.header.decode_header(text)))
    except Exception:
        # Python's reader has errors of many kinds for what a stranger can write here.
        return text


def prefix_subject(message, prefix):
    """The mark is put in once, however often an answer has it, and in whatever encoding."""
    subject = decoded(message.value("Subject")).replace(prefix, "")
    answers = re.match(r"((re|fw|fwd|返信|転送)\s*[:：]\s*)+", subject.strip(), re.IGNORECASE)
    rest = subject.strip()[answers.end() :].strip() if answers else subject.strip()
    text = " ".join(part for part in (prefix, "Re:" if answers else "", rest) if part)
    text = "".join(c for c in text if c.isprintable())
    message.without("Subject")
    message.lines.append(f"Subject: {encoded(text)}".encode())


def encoded(text):
    if text.isascii() and text.isprintable():
        return email.header.Header(text, header_name="Subject", maxlinelen=900).encode()
    return email.header.Header(text, "utf-8", header_name="Subject").encode()


def is_proven(one, author, sender, login, client):
    """Whether the author is more than a claim. Who signs in, and a program, uses no sender but his own: Postfix sees to it.

    An author of the list's own domain does one of the two. Of others nobody here can know more than that the sender of
    the envelope is of the same domain, which SPF at our door and the spam score have judged.
    """
    sender, domain = sender.lower(), author.rpartition("@")[2]
    if login or domain == one.domain:
        return sender == author and bool(login or client in ("", "unknown"))
    theirs = sender.rpartition("@")[2]
    return theirs == domain or theirs.endswith(f".{domain}") or domain.endswith(f".{theirs}")


def posts(one, message):
    """Why a message is no post; None of one that goes on."""
    if message.has_passed(one.address):
        return "it has been here"
    if message.is_automatic():
        return "a program wrote it"
    if max(len(message.values("List-Post")), len(message.values("X-Loop"))) >= MOST_LISTS:
        return "it has come through too many lists"
    if not message.author():
        return "it has no single author"
    if not may_post(one, message.author()) and one.wish["moderation"] == "none" and message.points() >= SPAM_UNANSWERED:
        # Whose address was put there hears nothing of it.
        return "spam of somebody who may not post"
    return None


def may_post(one, author):
    if one.wish["posting"] == "anyone":
        return True
    if one.wish["posting"] == "moderators":
        return author in (one.wish["moderators"] or [f"admin@{one.domain}"])
    return author in members_of(one)


def too_many(one, what, most, author="-", most_of_one=None):
    """Counts, and says whether there were more than that in the last hour: of this "author", or of "all"."""
    now = int(time.time())
    path = one.at(f"{what}.times")
    recent = [line for line in read(path).split("\n") if line and now - int(line.split()[0]) < 3600]
    if most_of_one is not None and [line.partition(" ")[2] for line in recent].count(author) >= most_of_one:
        return "author"
    if len(recent) >= most:
        return "all"
    write(path, "\n".join([*recent, f"{now} {author}"]))
    return None


# ---- commands by mail

WORDS = {
    "subscribe": "subscribe join 参加 登録 入会".split(),
    "unsubscribe": "unsubscribe signoff bye leave 退会 解除".split(),
    "help": "help ヘルプ".split(),
}


def command_in(one, message):
    """What somebody wants who writes to `-ctl` or `-request`: in the subject, or in the first lines."""
    for line in [decoded(message.value("Subject")), *first_lines(message)]:
        word, *rest = re.sub(r"^\s*(re:\s*)*#?\s*", "", line, flags=re.IGNORECASE).lower().split() or [""]
        if word == "confirm" and rest and COOKIE.fullmatch(rest[0]):
            return confirmation(one, rest[0])
        for command, words in WORDS.items():
            if word in words:
                return command
    return "help"


def first_lines(message):
    parsed = email.message_from_bytes(message.bytes()[:65536], policy=email.policy.default)
    with contextlib.suppress(Exception):
        text = parsed.get_body(("plain",)).get_content()
        return [line for line in text.split("\n") if line.strip() and not line.startswith(">")][:5]
    return []


def confirmation(one, cookie):
    for directory, command in (("subconf", "confsub"), ("unsubconf", "confunsub")):
        if os.path.exists(one.at(directory, cookie)):
            return f"{command}-{cookie}"
    return "help"


# ---- running


def mlmmj(program, one, *arguments, given=None):
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    argv = [f"/usr/bin/mlmmj-{program}", "-L", one.place, *arguments]
    return subprocess.run(argv, input=given, env=environment, cwd="/", stdout=subprocess.DEVNULL, timeout=900).returncode


def receive(one, message, sender, command):
    """mlmmj takes the command from its environment, so no header of a message can be one."""
    status = mlmmj("receive", one, "-F", "-s", sender, "-e", command, given=message.bytes())
    return DONE if status == 0 else LATER


def post(one, message, sender, login, client):
    why = posts(one, message)
    if why or not sender:
        log(f"{one.address}: not a post: {why or 'nobody sent it'}")
        return DONE
    if too_many(one, "posts", POSTS_PER_HOUR):
        print("4.7.1 Too many posts within an hour")
        return LATER
    if len(os.listdir(one.at("moderation"))) >= MOST_WAITING:
        print("4.7.1 Too many posts wait for a moderator")
        return LATER
    if one.wish["prefix"]:
        prefix_subject(message, one.wish["prefix"])
    message.without("X-Original-From", UNPROVEN)
    if one.wish["posting"] != "anyone" and not is_proven(one, message.author(), sender, login, client):
        # Neither refused nor believed: people send by way of others, too.
        message.lines.append(f"{UNPROVEN}: yes".encode())
    return receive(one, message, sender, "")


def control(one, message, sender, command):
    if command.startswith("bounces-"):
        if sender:
            log(f"{one.address}: a report that somebody sent")
            return DONE
        with membership(one):
            return receive(one, message, sender, command)
    if not sender and command.startswith(("release", "reject")):
        # The panel's decision has no sender; a stranger does not know the cookie.
        return receive(one, message, sender, command)
    author = message.author()
    if not sender or message.is_automatic() or not ADDRESS.fullmatch(author) or is_a_list(author):
        log(f"{one.address}: {command} from nobody who could want it")
        return DONE
    if command in WORDS:
        many = too_many(one, "requests", REQUESTS_PER_HOUR, f"{command} {author}", REQUESTS_OF_ONE)
        if many == "author":
            log(f"{one.address}: {command} again and again")
            return DONE
        if many:
            print("4.7.1 Too many requests within an hour")
            return LATER
    if command == "subscribe" and not one.wish["autoSubscription"]:
        command = "help"
    message.without("X-Original-From")
    with membership(one):
        return receive(one, message, sender, command)


def deliver(number, sender, recipient, login, client):
    one = list_of(number)
    local, _, domain = recipient.lower().rpartition("@")
    if one is None or domain != one.domain:
        print("5.1.1 There is no such mailing list")
        return GONE
    message = Message(sys.stdin.buffer.read())
    with locked(one):
        prepare(one)
        show_members(one)
    sender = "" if sender in ("<>", "MAILER-DAEMON") else sender
    if local == one.name:
        return post(one, message, sender, login.removeprefix("login:"), client.removeprefix("client:"))
    if local in (f"{one.name}-ctl", f"{one.name}-request"):
        return control(one, message, sender, command_in(one, message))
    command = local.removeprefix(f"{one.name}{DELIMITER}")
    if CONTROLS.fullmatch(command):
        return control(one, message, sender, command)
    # Nobody is told: such an address is made up, and so may the sender be.
    log(f"{one.address}: {command} is no command")
    return DONE


# ---- now and then


def maintain():
    for one in all_lists():
        try:
            with locked(one):
                prepare(one)
                show_members(one)
            with membership(one):
                mlmmj("maintd", one, "-F")
            thin_archive(one)
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            log(f"{one.address}: {type(error).__name__}: {error}")


def thin_archive(one):
    names = sorted((name for name in os.listdir(one.at("archive")) if name.isdigit()), key=int, reverse=True)
    size = 0
    for position, name in enumerate(names):
        size += os.stat(one.at("archive", name)).st_size
        if position >= MOST_ARCHIVED or size > MOST_ARCHIVE_BYTES:
            os.unlink(one.at("archive", name))


def main():
    os.umask(0o077)
    syslog.openlog("tsukasa-lists", syslog.LOG_PID, syslog.LOG_MAIL)
    if sys.argv[1] == "maintain":
        return maintain()
    try:
        return deliver(*sys.argv[2:7])
    except (OSError, ValueError, sqlite3.Error, subprocess.TimeoutExpired) as error:
        log(f"list {sys.argv[2]}: {type(error).__name__}: {error}")
        print("4.3.0 The mailing list can't be reached at the moment")
        return LATER


if __name__ == "__main__":
    sys.exit(main())
