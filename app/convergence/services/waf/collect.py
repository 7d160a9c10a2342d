"""Keeps what the WAF of one domain notes, for the page of events: collect ACCOUNT, or forget ACCOUNT.

ModSecurity writes one line of JSON for each request that a rule had to say something about into a pipe. systemd starts this
program at the first line (socket activation); it ends when nothing has come for a while. Whoever sends requests decides
what is in the lines and how many there are, so each of them is bounded, what is kept is bounded, and so is how much of it
comes in at a time: what is more is only counted. Nothing here ever makes the site wait, and nothing secret is kept: what
was typed into a field that sounds like a password is left out.
"""

import collections
import contextlib
import datetime
import json
import os
import re
import select
import shutil
import sys
import time
import urllib.parse

PIPE, EVENTS = 3, "/var/lib/tsukasa/waf"
# Seconds, bytes.
REST_AFTER, PART, LONGEST, HEAD = 60, 1 << 16, 1 << 18, 1 << 13
# Two files at most; the older one goes when the newer one is full.
LARGEST = 2 << 20
# Events that are kept at once, and those that may follow each second.
BURST, RATE = 200, 2
DAYS, MOST_RULES = 31, 12
JAPAN = datetime.timezone(datetime.timedelta(hours=9))
# Rules that decide what becomes of a request.
SCORE, BODY = 949110, range(200000, 200010)
ID = re.compile(r'\[id "(\d{1,9})"\]')
DATA = re.compile(r'\[data "((?:[^"\\]|\\.)*+)"\]')
TARGET = re.compile(r" at ([A-Z_]+(?::[^\[\]]{1,80})?)\. \[file ")
POINTS = re.compile(r"Total Score: (\d{1,6})")
# Said by ModSecurity itself.
OTHERS = ((re.compile(r"(?:JSON|XML) parser error|^Multipart"), 200002), (re.compile(r"larger than the configured limit"), 200008))
NAMES = re.compile(r"(?:ARGS|FILES|REQUEST|XML|MULTIPART)\w*:([^=: ]{1,80})")
PARSER = re.compile(r"^(?:JSON|XML) parser error")
GIVEN_UP = re.compile(r"^Rule [0-9a-f]+ \[")
SECRET = re.compile(r"pass|pwd|secret|token|nonce|key|auth|card|cvv|cvc|pin\b|session|cookie|暗証", re.I)


# Bytes of letters beyond ASCII, as ModSecurity writes them; a backslash that was sent has another one before it.
LETTERS = re.compile(r"(?<!\\)(?:\\x[89a-f][0-9a-f])+", re.I)


def readable(text):
    """Japanese as it was typed; what is no UTF-8, or could not be seen, stays as numbers."""

    def letters(run):
        found = bytes.fromhex(run[0].replace("\\x", "")).decode("utf-8", "backslashreplace")
        return found if found.isprintable() else run[0]

    return LETTERS.sub(letters, text)


def short(value, most):
    text = value if isinstance(value, str) else ""
    return text if len(text) <= most else text[:most] + "…"


def without_secrets(query):
    """`a=1&password=…`"""
    parts = query.split("&")[:100]
    return "&".join(name + "=***" if is_set and SECRET.search(urllib.parse.unquote(name)) else name + is_set + value for name, is_set, value in (part.partition("=") for part in parts))


def matched(message):
    """{rule, target, data} of what one rule said; None for what is no rule's word."""
    rule, target, data = ID.search(message), TARGET.search(message), DATA.search(message)
    number = int(rule[1]) if rule else next((number for sign, number in OTHERS if sign.search(message)), None)
    if number is None or GIVEN_UP.search(message):
        return None
    data = data[1] if data else ""
    within = re.search(r" found within ([A-Z_]+(?::[^: ]{1,80})?): ", data)
    found = {"rule": number, "target": short(target[1] if target else within[1] if within else "", 80)}
    text = re.sub(r" found within [A-Z_]+(?::[^:]*)?: .*", "", data, flags=re.S).removeprefix("Matched Data: ")
    if text and not any(SECRET.search(name) for name in [found["target"], *NAMES.findall(data)]):
        found["data"] = short(readable(text), 200)
    return found


def outcome(found, is_stopped):
    """None for a request that rules had something to say about, but not enough."""
    rules = {each["rule"] for each in found}
    if is_stopped:
        return "blocked"
    return "detected" if SCORE in rules or any(rule in BODY for rule in rules) else None


def event_of(line):
    """What is kept of a request; None for one that is none."""
    told = json.loads(line)
    audit, request, visit = told.get("audit_data", {}), told.get("request", {}), told.get("transaction", {})
    messages = [each for each in audit.get("messages", []) if isinstance(each, str)]
    said = [found for found in map(matched, messages) if found]
    is_stopped = audit.get("action", {}).get("intercepted") is True or any(PARSER.search(each) for each in messages)
    became = outcome(said, is_stopped)
    if became is None:
        return None
    points = max((int(score[1]) for score in map(POINTS.search, messages) if score), default=0)
    rules = [found for index, found in enumerate(said) if found["rule"] != SCORE and found not in said[:index]][:MOST_RULES]
    headers = {name.lower(): value for name, value in request.get("headers", {}).items()}
    method, _, rest = short(request.get("request_line", ""), 4000).partition(" ")
    path, _, query = rest.rpartition(" ")[0].partition("?")
    return {
        "at": int(time.time()),
        "id": short(visit.get("transaction_id"), 40),
        "from": short(visit.get("remote_address"), 45),
        "method": short(method, 20),
        "host": short(headers.get("host"), 255),
        "path": short(path or rest, 500),
        "query": short(without_secrets(query), 500),
        "agent": short(headers.get("user-agent"), 300),
        "outcome": became,
        "points": points,
        "rules": rules,
    }


class Lines:
    """Of a pipe. What is too long is cut off: its beginning is kept."""

    def __init__(self):
        self.rest, self.cut = b"", False

    def add(self, part):
        """[(line, whether it is whole)]"""
        *ended, rest = (self.rest + part).split(b"\n")
        found = []
        for line in ended:
            found.append((line[:LONGEST], not self.cut and len(line) <= LONGEST))
            self.cut = False
        if len(rest) > LONGEST:
            rest, self.cut = rest[:HEAD], True
        self.rest = rest
        return found


class Store:
    def __init__(self, account):
        self.place = f"{EVENTS}/{account}"
        os.makedirs(self.place, 0o700, exist_ok=True)
        self.days, self.is_told, self.at = self.read_days(), True, 0.0
        self.budget, self.filled = float(BURST), time.monotonic()

    def read_days(self):
        try:
            with open(f"{self.place}/days", encoding="utf-8") as file:
                return json.load(file)
        except (OSError, ValueError):
            return {}

    def count(self, what, number=1):
        day = self.days.setdefault(datetime.datetime.now(JAPAN).strftime("%Y-%m-%d"), {})
        day[what] = day.get(what, 0) + number
        self.is_told = False

    def may_keep(self):
        now = time.monotonic()
        self.budget, self.filled = min(BURST, self.budget + (now - self.filled) * RATE), now
        if self.budget < 1:
            return False
        self.budget -= 1
        return True

    def keep(self, events):
        """A line that was cut off by a full disk gets an end, so that it spoils only itself."""
        path = f"{self.place}/events"
        with contextlib.suppress(FileNotFoundError):
            if os.stat(path).st_size > LARGEST:
                os.replace(path, f"{path}.1")
        with open(path, "a", encoding="utf-8") as file:
            file.write("".join(json.dumps(event, ensure_ascii=True) + "\n" for event in events))

    def tell(self, now=False):
        if self.is_told or not (now or time.monotonic() - self.at > 5):
            return
        self.days = dict(sorted(self.days.items())[-DAYS:])
        with open(f"{self.place}/days.new", "w", encoding="utf-8") as file:
            json.dump(self.days, file)
        os.replace(f"{self.place}/days.new", f"{self.place}/days")
        self.is_told, self.at = True, time.monotonic()


def take(lines, store):
    events, counts = [], collections.Counter()
    for line, is_whole in lines:
        if not line:
            continue
        if not is_whole or not store.may_keep():
            counts["unkept"] += 1
            continue
        with contextlib.suppress(ValueError, TypeError, AttributeError, RecursionError):
            if event := event_of(line):
                counts[event["outcome"]] += 1
                events.append(event)
            else:
                store.budget += 1
    for what, number in counts.items():
        store.count(what, number)
    if events:
        store.keep(events)


def collect(account):
    lines, store = Lines(), Store(account)
    while True:
        is_more = select.select([PIPE], [], [], REST_AFTER if store.is_told else 2)[0]
        try:
            if is_more:
                take(lines.add(os.read(PIPE, PART)), store)
            store.tell(now=not is_more)
        except OSError as error:
            # A full disk: the site must not wait for it.
            print(f"{error!r}", file=sys.stderr, flush=True)
            time.sleep(0.1)
        if not is_more and store.is_told:
            return


def main():
    verb, account = sys.argv[1:]
    if not re.fullmatch(r"d[1-9][0-9]{0,8}", account):
        raise SystemExit("not an account")
    if verb == "forget":
        shutil.rmtree(f"{EVENTS}/{account}", ignore_errors=True)
    else:
        collect(account)


if __name__ == "__main__":
    main()
