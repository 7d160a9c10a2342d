"""Webalizer's report of each domain's access log (ALOG-02).

    report.py all            every domain that had visitors since
    report.py ACCOUNT        one domain, now
    report.py forget ACCOUNT the domain is gone

What visitors wrote is read here and handed on in a form that has no surprises. Webalizer runs as an account of nobody,
in a fresh directory, with little time and memory; of what it leaves there only files of the expected names and sizes
are taken, and of its pages only the tags that it writes. The report lies where only root reads it: the panel shows
it to the domain's people. It goes on where it ended, over rotation and packing: the new directory with pages, history and
position takes the place of the old one as a whole, so a line counts once even when a run is killed.
"""

import base64
import contextlib
import datetime
import errno
import fcntl
import gzip
import json
import os
import re
import resource
import shutil
import stat
import subprocess
import sys
import time

TOP = "/"
CONFIGURATION, STORE, RUN = "/etc/tsukasa/web_logs/domains", "/var/lib/tsukasa/reports", "/run/tsukasa/reports"
WEBALIZER = "/usr/bin/webalizer"
# Nobody else has this uid.
NOBODY = 19994
ACCOUNT = re.compile(r"d[1-9]\d{0,14}", re.A)
OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
OLD = re.compile(r"access\.log-(?P<day>\d{8})(?:-(?P<more>\d+))?(?P<packed>\.gz)?", re.A)
PAGE = re.compile(r"(index|usage_\d{6})\.html", re.A)
PICTURE = re.compile(r"(usage|(daily|hourly)_usage_\d{6})\.png", re.A)
# Webalizer's own: what was there before this month, and how far this month is.
KEPT = ("webalizer.hist", "webalizer.current")
# Of one run: seconds, bytes of log; the next one goes on.
READS_FOR, ENDS_WITHIN, MOST_READ = 600, 300, 4 << 30
MOST_CPU, MOST_MEMORY, MOST_FILE = 900, 512 << 20, 64 << 20
MOST_PAGE, MOST_PICTURE = 700_000, 60_000
LONGEST = 16 << 10
# So often lines are tried that Webalizer does not survive; then they are passed over.
TRIES = 3

LINE = re.compile(
    rb'([0-9A-Fa-f.:]{2,45}) \S+ (?>.*? \[)([0-3]\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d) ([+-]\d{4})\] '
    rb'"((?:[^"\\]|\\.)*+)" (\d{3}) (\d{1,15}|-) "((?:[^"\\]|\\.)*+)" "((?:[^"\\]|\\.)*+)"'
)
PLAIN = bytes(byte if 32 <= byte < 127 and byte not in b'"\\<>' else ord("_") for byte in range(256))
FORMAT = "%d/%b/%Y:%H:%M:%S"

SETTINGS = """OutputDir .
HistoryName webalizer.hist
IncrementalName webalizer.current
Incremental yes
FoldSeqErr yes
HostName {name}
ReportTitle {title}
PageType htm*
PageType php*
PageType cgi
PageType pl
PageType shtml
DNSChildren 0
CountryGraph no
TopCountries 0
Quiet yes
"""

# Its pages are Japanese. What it draws in has a font of Latin letters only, so pictures are made by a second one.
PAGES = {"language": "ja_JP.UTF-8", "title": "\u5229\u7528\u7d71\u8a08 -"}
PICTURES = {"language": "C.UTF-8", "title": "Usage of"}
LEGEND = (
    "<p><small>Hits\uff1a\u30d2\u30c3\u30c8\u3001Files\uff1a\u30d5\u30a1\u30a4\u30eb\u3001Pages\uff1a\u30da\u30fc\u30b8\u3001"
    "Visits\uff1a\u8a2a\u554f\u8005\u3001Sites\uff1a\u30b5\u30a4\u30c8\u3001kB F\uff1a\u8ee2\u9001\u91cf\uff08kB\uff09</small></p>"
)
# What its Japanese does not know, where it stands alone.
WORDS = {
    "kB F": "\u8ee2\u9001\u91cf(kB)",
    "kB In": "\u53d7\u4fe1(kB)",
    "kB Out": "\u9001\u4fe1(kB)",
    "Total kB Files": "\u5408\u8a08 \u8ee2\u9001\u91cf(kB)",
    "Total kB In": "\u5408\u8a08 \u53d7\u4fe1(kB)",
    "Total kB Out": "\u5408\u8a08 \u9001\u4fe1(kB)",
    "Sites per Day": "\u4e00\u65e5\u3042\u305f\u308a\u306e\u30b5\u30a4\u30c8\u6570",
    "kB Files per Day": "\u4e00\u65e5\u3042\u305f\u308a\u306e\u8ee2\u9001\u91cf(kB)",
    "kB In per Day": "\u4e00\u65e5\u3042\u305f\u308a\u306e\u53d7\u4fe1(kB)",
    "kB Out per Day": "\u4e00\u65e5\u3042\u305f\u308a\u306e\u9001\u4fe1(kB)",
}
MONTH = r"(\d{1,2}(?=\u6708)|May)\u6708?"
DAY_OF = re.compile(rf"\b(\d{{1,2}})-{MONTH}-(\d{{4}})\b")
MONTH_OF = re.compile(rf"(?<!\w){MONTH} (\d{{4}})\b")

TAGS = "html head title body h1 h2 h3 small strong center hr p img table tr th td font a b i br pre em".split()
TAG = re.compile(
    r"</?(?P<tag>[A-Za-z0-9]+)(?P<rest>(?:\s+(?:height|width|border|cellspacing|cellpadding|colspan|rowspan|align|valign|bgcolor|color|"
    r"size|face|alt|name|nowrap|text|link|vlink|lang|href|src)(?:=(?:\"[^\"<>]*\"|[\w%#+-]+))?)*)\s*/?>",
    re.I,
)
HEAD = """<!doctype html>
<html lang="ja">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body { margin: 1rem; background: #fff; color: #1a1a1c; font-family: "Noto Sans JP", "Hiragino Sans", "Yu Gothic", Meiryo, sans-serif; }
table { border-collapse: collapse; max-width: 100%; }
td, th { overflow-wrap: anywhere; }
img { max-width: 100%; height: auto; }
</style>
"""


@contextlib.contextmanager
def directory(path):
    """A handle that was reached without following a link. Only root may change anything on the way."""
    handle = os.open(TOP, OPEN | os.O_DIRECTORY)
    try:
        for name in path.strip("/").split("/"):
            below = os.open(name, OPEN | os.O_DIRECTORY, dir_fd=handle)
            os.close(handle)
            handle = below
            status = os.fstat(handle)
            if status.st_uid != 0 or status.st_mode & 0o022:
                raise PermissionError(errno.EPERM, "others can change it", name)
        yield handle
    finally:
        os.close(handle)


def regular(name, handle):
    try:
        status = os.stat(name, dir_fd=handle, follow_symlinks=False)
    except FileNotFoundError:
        return None
    return status if stat.S_ISREG(status.st_mode) else None


def rotated(handle):
    """{(day, number): name}, as time went. Of one that is being packed the plain file counts."""
    found = {}
    for name in sorted(os.listdir(handle), reverse=True):
        match = OLD.fullmatch(name)
        if match and regular(name, handle):
            found[match["day"], int(match["more"] or 1)] = name
    return dict(sorted(found.items()))


class Position:
    """How far the log was read: all rotated files up to `done`, and so much of the file that had that inode."""

    def __init__(self, known=None):
        known = known or {}
        self.done = tuple(known.get("done", ("", 0)))
        self.inode, self.offset = known.get("inode"), known.get("offset", 0)
        # The youngest line, as Webalizer takes lines that are not younger for the same again.
        self.last = known.get("last")
        self.failures = known.get("failures", 0)

    def plain(self):
        return dict(vars(self))

    def sources(self, handle):
        """[(name, where to begin, (day, number) or None for the one that is written to)]"""
        old = [(key, name) for key, name in rotated(handle).items() if key > self.done]
        current = regular("access.log", handle)
        is_current = current is not None and current.st_ino == self.inode
        begun = self.offset if self.inode is not None and not is_current else 0
        found = [(name, begun if index == 0 else 0, key) for index, (key, name) in enumerate(old)]
        return found + ([("access.log", self.offset if is_current else 0, None)] if current else [])

    def ended(self, key):
        self.done, self.inode, self.offset = key, None, 0

    def reached(self, inode, offset):
        self.inode, self.offset = inode, offset


def sizes(sources, handle):
    """What is to be read, as far as that can be told: packed files are several times as large."""
    return sum(max(0, regular(name, handle).st_size - (0 if name.endswith(".gz") else begin)) for name, begin, _ in sources)


def clean(field, most):
    return field.replace(b'\\"', b"'").translate(PLAIN)[:most]


class Feeder:
    """Hands lines to Webalizer: only such as Apache writes, without bytes that mean something to anybody."""

    def __init__(self, target, position, tell):
        self.target, self.position, self.tell = target, position, tell
        self.until, self.read, self.raw, self.lines, self.is_first = time.monotonic() + READS_FOR, 0, 0, 0, True
        self.stamp, self.moment = None, None

    def is_over(self):
        return self.read > MOST_READ or time.monotonic() > self.until

    def all(self, sources, handle):
        for name, begin, key in sources:
            if not self.file(name, begin, key, handle):
                return

    def file(self, name, begin, key, handle):
        """Whether it was read to its end."""
        with open(os.open(name, OPEN, dir_fd=handle), "rb") as raw:
            inode, before = os.fstat(raw.fileno()).st_ino, self.raw
            file = gzip.GzipFile(fileobj=raw) if name.endswith(".gz") else raw
            file.seek(begin)
            start = raw.tell()
            offset = begin
            while line := file.readline(LONGEST):
                if not line.endswith(b"\n") and key is None and len(line) < LONGEST:
                    # It is being written.
                    break
                offset += len(line)
                self.read += len(line)
                self.line(line)
                if self.lines % 5000 == 0:
                    self.raw = before + raw.tell() - start
                    self.tell(self.raw)
                    if self.is_over():
                        self.position.reached(inode, offset)
                        return False
            self.raw = before + raw.tell() - start
        if key is None:
            self.position.reached(inode, offset)
        else:
            self.position.ended(key)
        return True

    def line(self, line):
        self.lines += 1
        match = LINE.match(line)
        if not match:
            return
        address, stamp, zone, request, status, size, referrer, agent = match.groups()
        if stamp != self.stamp:
            try:
                self.stamp, self.moment = stamp, datetime.datetime.strptime(stamp.decode(), FORMAT)
            except ValueError:
                return
        moment = self.moment
        if self.is_first and self.position.last and moment.isoformat() <= self.position.last:
            moment = datetime.datetime.fromisoformat(self.position.last) + datetime.timedelta(seconds=1)
            stamp = moment.strftime(FORMAT).encode()
        self.is_first = False
        self.position.last = max(self.position.last or "", moment.isoformat())
        self.target.write(
            b'%s - - [%s %s] "%s" %s %s "%s" "%s"\n'
            % (address, stamp, zone, clean(request, 1500), status, size, clean(referrer, 700), clean(agent, 300))
        )


def limits():
    """In the child, before it becomes Webalizer."""
    os.umask(0o077)
    for what, most in ((resource.RLIMIT_CPU, MOST_CPU), (resource.RLIMIT_AS, MOST_MEMORY), (resource.RLIMIT_FSIZE, MOST_FILE)):
        resource.setrlimit(what, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def end_all():
    """Whatever it might have started."""
    subprocess.run(["pkill", "-KILL", "-U", str(NOBODY)], check=False)


@contextlib.contextmanager
def workplace(account):
    path = f"{STORE}/work-{account}"
    shutil.rmtree(path, ignore_errors=True)
    os.mkdir(path, 0o700)
    os.chown(path, NOBODY, NOBODY)
    try:
        yield path
    finally:
        end_all()
        shutil.rmtree(path)


def put(path, content):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    os.chown(path, NOBODY, NOBODY)


class Both:
    """Each line for the one that makes the pages and the one that draws."""

    def __init__(self, targets):
        self.targets = targets

    def write(self, line):
        for target in self.targets:
            target.write(line)


def begin(work, language):
    environment = {"LC_ALL": language, "TZ": "Asia/Tokyo", "PATH": "/usr/bin:/bin"}
    return subprocess.Popen(
        [WEBALIZER, "-c", "webalizer.conf", "-"],
        cwd=work,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        start_new_session=True,
        preexec_fn=limits,
    )


def webalize(work, position, sources, handle, tell):
    """Whether Webalizer took it all."""
    running = [begin(work, PAGES["language"]), begin(f"{work}/pictures", PICTURES["language"])]
    try:
        with contextlib.suppress(BrokenPipeError):
            Feeder(Both([process.stdin for process in running]), position, tell).all(sources, handle)
        for process in running:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
        return [process.wait(ENDS_WITHIN) for process in running] == [0, 0]
    except subprocess.TimeoutExpired:
        return False
    finally:
        end_all()
        for process in running:
            process.wait()


def content(name, handle, most):
    """Of a file that Webalizer made; None for one that is not as expected."""
    status = regular(name, handle)
    if status is None or status.st_size > most:
        return None
    with open(os.open(name, OPEN, dir_fd=handle), "rb") as file:
        return file.read(most)


def page(text, pictures):
    """Webalizer's page with its pictures in it, without links that lead away, and without any tag that is not its own."""

    def tag(match):
        name, rest = match["tag"].lower(), match["rest"]
        if name not in TAGS:
            return match[0].replace("<", "&lt;")
        if name == "img":
            source = re.search(r'src="([\w.]+)"', rest, re.I)
            picture = pictures.get(source[1]) if source else None
            return f'<img src="data:image/png;base64,{picture}"{attribute(rest, "alt")}{attribute(rest, "width")}>{LEGEND}' if picture else ""
        if name == "a":
            link = re.search(r'href="(#\w+)"', rest, re.I)
            return match[0] if match[0].startswith("</") else f'<a{attribute(rest, "name")}' + (f' href="{link[1]}">' if link else ">")
        return match[0] if not re.search(r"\s(?:href|src)\b", rest, re.I) else f"<{name}>"

    body = text[text.lower().find("<body") :]
    parts, at = [], 0
    for match in TAG.finditer(body):
        parts += [japanese(body[at : match.start()]).replace("<", "&lt;"), tag(match)]
        at = match.end()
    return f"{HEAD}</head>\n" + re.sub(r"(?is)&lt;!--.*?-->", "", "".join(parts) + body[at:].replace("<", "&lt;"))


def attribute(rest, name):
    found = re.search(rf'\s{name}=("[^"<>]*"|[\w%]+)', rest, re.I)
    return f" {name}={dated(found[1])}" if found else ""


def japanese(text):
    """Between two tags."""
    before, slash, last = text.rpartition(" / ")
    if (word := last.strip()) in WORDS:
        last = last.replace(word, WORDS[word])
    return dated(before + slash + last)


def dated(text):
    """As a day and a month are written here: 2026\u5e745\u67081\u65e5."""
    text = DAY_OF.sub(lambda found: f"{found[3]}\u5e74{month(found[2])}\u6708{found[1].lstrip('0')}\u65e5", text)
    return MONTH_OF.sub(lambda found: f"{found[2]}\u5e74{month(found[1])}\u6708", text)


def month(name):
    return "5" if name == "May" else name


def collect(work, new):
    """From where Webalizer was to a directory of root's."""
    pictures = pictures_in(f"{work}/pictures")
    with opened(work) as handle:
        for name in os.listdir(handle):
            if PAGE.fullmatch(name) and (found := content(name, handle, MOST_PAGE)):
                text = page(found.decode("utf-8", "replace"), pictures)
                # A page before is kept as a link of this file's name.
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(f"{new}/{name}")
                with open(f"{new}/{name}", "w", encoding="utf-8") as file:
                    file.write(text)
        for name in KEPT:
            if found := content(name, handle, MOST_FILE):
                with open(f"{new}/{name}", "wb") as file:
                    file.write(found)


def pictures_in(path):
    with opened(path) as handle:
        found = ((name, content(name, handle, MOST_PICTURE)) for name in os.listdir(handle) if PICTURE.fullmatch(name))
        return {name: base64.b64encode(picture).decode() for name, picture in found if picture}


@contextlib.contextmanager
def opened(path):
    handle = os.open(path, OPEN | os.O_DIRECTORY)
    try:
        yield handle
    finally:
        os.close(handle)


def known(account):
    """Of a run that was killed between two renames the old report is still there."""
    if not os.path.isdir(f"{STORE}/{account}") and os.path.isdir(f"{STORE}/{account}.old"):
        os.rename(f"{STORE}/{account}.old", f"{STORE}/{account}")
    try:
        with open(f"{STORE}/{account}/position.json", encoding="ascii") as file:
            return json.load(file)
    except (OSError, ValueError):
        return None


def replace(account, position, work):
    """The new report instead of the old one. Without `work` only the position is new."""
    here, new, old = (f"{STORE}/{account}{ending}" for ending in ("", ".new", ".old"))
    for path in (new, old):
        shutil.rmtree(path, ignore_errors=True)
    os.mkdir(new, 0o700)
    if os.path.isdir(here):
        for name in os.listdir(here):
            if PAGE.fullmatch(name) or (work is None and name in KEPT):
                os.link(f"{here}/{name}", f"{new}/{name}")
    if work is not None:
        collect(work, new)
    with open(f"{new}/position.json", "w", encoding="ascii") as file:
        json.dump(position.plain(), file)
    if os.path.isdir(here):
        os.rename(here, old)
    os.rename(new, here)
    shutil.rmtree(old, ignore_errors=True)


class Progress:
    """What the panel is told: a small file, at most twice a second."""

    def __init__(self, account):
        self.path, self.of, self.told = f"{RUN}/{account}", 0, 0

    def tell(self, state, read=0):
        os.makedirs(RUN, 0o755, exist_ok=True)
        with open(f"{self.path}.part", "w", encoding="ascii") as file:
            json.dump({"state": state, "read": min(read, self.of), "of": self.of, "at": int(time.time())}, file)
        os.rename(f"{self.path}.part", self.path)

    def reading(self, read):
        if time.monotonic() - self.told > 0.5:
            self.told = time.monotonic()
            self.tell("running", read)


def make(account, domain, is_wanted):
    """`is_wanted`: somebody waits for it, so that it is made even of nothing new."""
    progress = Progress(account)
    before = known(account)
    position = Position(before)
    with directory(f"{domain['root']}/log") as handle:
        sources = position.sources(handle)
        progress.of = sizes(sources, handle)
        if progress.of == 0 and not (is_wanted and before is None):
            # A new time of what is up to date already.
            if before is not None:
                os.utime(f"{STORE}/{account}/position.json")
            return progress.tell("done")
        progress.tell("running")
        with workplace(account) as work:
            equip(work, account, domain)
            is_made = webalize(work, position, sources, handle, progress.reading)
            if is_made:
                position.failures = 0
                replace(account, position, work)
    if is_made:
        # The last thing: whoever sees it may begin the next one.
        return progress.tell("done", progress.of)
    give_up(account, before, position)
    progress.tell("failed")


def equip(work, account, domain):
    """What each of the two goes on from."""
    os.mkdir(f"{work}/pictures", 0o700)
    os.chown(f"{work}/pictures", NOBODY, NOBODY)
    name = domain["root"].rpartition("/")[2]
    for place, of in ((work, PAGES), (f"{work}/pictures", PICTURES)):
        put(f"{place}/webalizer.conf", SETTINGS.format(name=name, title=of["title"]).encode())
        for kept in KEPT:
            with contextlib.suppress(FileNotFoundError), open(f"{STORE}/{account}/{kept}", "rb") as file:
                put(f"{place}/{kept}", file.read())


def give_up(account, before, position):
    """What failed is tried again, but not for ever."""
    failed = Position(before)
    failed.failures += 1
    if failed.failures >= TRIES:
        position.failures = 0
        failed = position
    replace(account, failed, None)


def configuration(account):
    with open(f"{CONFIGURATION}/{account}", encoding="ascii") as file:
        domain = json.load(file)
    if not re.fullmatch(r"/data/domain/[a-z0-9][a-z0-9.-]*", domain["root"]):
        raise ValueError(f"{account}: {domain}")
    return domain


def make_all():
    for account in sorted(os.listdir(CONFIGURATION)):
        if ACCOUNT.fullmatch(account):
            try:
                make(account, configuration(account), is_wanted=False)
            except (OSError, ValueError, subprocess.SubprocessError) as error:
                print(f"{account}: {error!r}", file=sys.stderr)


def make_one(account):
    try:
        make(account, configuration(account), is_wanted=True)
    except BaseException:
        Progress(account).tell("failed")
        raise


def forget(account):
    for ending in ("", ".new", ".old"):
        shutil.rmtree(f"{STORE}/{account}{ending}", ignore_errors=True)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(f"{RUN}/{account}")


def main(verb, *accounts):
    with open(f"{STORE}/lock", "w", encoding="ascii") as lock:
        if verb == "all" or ACCOUNT.fullmatch(verb):
            if verb != "all":
                Progress(verb).tell("waiting")
            fcntl.flock(lock, fcntl.LOCK_EX)
            return make_all() if verb == "all" else make_one(verb)
        if verb == "forget" and ACCOUNT.fullmatch(accounts[0]):
            forget(accounts[0])


if __name__ == "__main__":
    os.umask(0o077)
    main(*sys.argv[1:])
