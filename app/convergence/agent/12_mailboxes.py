"""Mailboxes as Dovecot sees them. doveadm leaves root for the mailbox's own user before it opens anything of his."""

JUNK = "JunkMail"
# A lock that a user left in his own mailbox would take the turns of others.
LOCK_WAIT = ["-o", "mail_max_lock_timeout=1s"]
MOST_ADDRESSES = 100
MOST_MESSAGES = 100
POLICY_STATE = "/var/lib/tsukasa-mail-policy/state.sqlite"


def one_address(text):
    """An argument of doveadm: neither an option, nor a wildcard, nor two lines."""
    if not isinstance(text, str) or not re.fullmatch(r"[a-z0-9][a-z0-9._+-]*@[a-z0-9.-]+", text):
        raise Refused("E_ADDRESS", "not the address of a mailbox")
    return text


def addresses_of(given):
    if len(given["users"]) > MOST_ADDRESSES:
        raise Refused("E_TOO_MANY", "too many mailboxes in one question")
    return [one_address(user) for user in given["users"]]


def numbers_of(values):
    if not 0 < len(values) <= MOST_MESSAGES or not all(type(value) is int and 0 < value < 1 << 32 for value in values):
        raise Refused("E_MESSAGES", "not the numbers of messages")
    return values


@question
def mail_usage(given, until):
    """PNL-05: KiB by address as Dovecot counts them in its indexes: one call for all, and no tree is walked."""
    users = addresses_of(given)
    argv = ["doveadm", *LOCK_WAIT, "-f", "tab", "quota", "get", "-F", "/dev/stdin"]
    _, output = ask_command(argv, until, "".join(f"{user}\n" for user in users))
    usage = {}
    for line in output.splitlines():
        fields = line.split("\t")
        if len(fields) == 6 and fields[2] == "STORAGE" and fields[3].isdigit():
            usage[fields[0]] = int(fields[3])
    return usage


def doveadm(user, until, command, *arguments):
    """What it answered, read as JSON; it has nothing to say where nothing was found."""
    argv = ["doveadm", *LOCK_WAIT, "-f", "json", *command.split(), "-u", one_address(user), *arguments]
    status, output = ask_command(argv, until)
    if status:
        raise Refused("E_DOVEADM", f"doveadm {command}: status {status}")
    return json.loads(output) if output.strip() else []


def junk_state(user, until):
    """(validity, numbers of the messages). Numbers mean something only together with the validity (RFC 3501)."""
    status = doveadm(user, until, "mailbox status", "uidvalidity", JUNK)
    found = doveadm(user, until, "fetch", "uid", "mailbox", JUNK)
    return int(status[0]["uidvalidity"]), sorted(int(message["uid"]) for message in found)


def uid_set(numbers):
    return ",".join(map(str, numbers))


def readable(raw):
    """RFC 2047, as far as it can be read; broken words stay as they came."""
    import email.header

    try:
        return str(email.header.make_header(email.header.decode_header(raw)))[:1000]
    except Exception:
        # Python's reader has errors of many kinds for what a stranger can write here.
        return raw[:1000]


def sender_of(raw):
    """(name, address) of a From line."""
    import email.utils

    try:
        name, address = email.utils.parseaddr(raw[:4000])
    except Exception:
        name, address = raw[:1000], ""
    return readable(name), address[:320]


FIELDS = "uid hdr.subject hdr.from date.received.unixtime size.physical hdr.x-spam-score"


@question
def junk_mails(given, until):
    """MAIL-04: what lies in quarantine, newest first."""
    user, page, size = given["user"], int(given["page"]), min(int(given["size"]), MOST_MESSAGES)
    validity, numbers = junk_state(user, until)
    shown = numbers[::-1][(page - 1) * size : page * size]
    return {"validity": validity, "total": len(numbers), "messages": chosen_messages(user, shown, until)}


def chosen_messages(user, numbers, until):
    found = doveadm(user, until, "fetch", FIELDS, "mailbox", JUNK, "uid", uid_set(numbers)) if numbers else []
    return sorted((junk_mail(message) for message in found), key=lambda message: -message["uid"])


def junk_mail(message):
    name, address = sender_of(message["hdr.from"])
    return {
        "uid": int(message["uid"]),
        "subject": readable(message["hdr.subject"][:4000]),
        "name": name,
        "address": address,
        "at": int(message["date.received.unixtime"]),
        "bytes": int(message["size.physical"]),
        "score": message["hdr.x-spam-score"][:20],
    }


def junk_of(given, until):
    """Those of the messages that are still there; a folder made anew has other messages under the same numbers."""
    validity, numbers = junk_state(given["user"], until)
    if validity != given["validity"]:
        return []
    return sorted(set(numbers_of(given["uids"])) & set(numbers))


@question
def chosen_junk(given, until):
    """MAIL-04: what was chosen, newest first, as far as it is still there."""
    numbers = junk_of(given, until)
    return {"messages": chosen_messages(given["user"], numbers, until)}


@question
def release_junk(given, until):
    """MAIL-04: into the inbox, with whom they are from."""
    user, numbers = given["user"], junk_of(given, until)
    messages = chosen_messages(user, numbers, until)
    if numbers:
        doveadm(user, until, "move", "INBOX", "mailbox", JUNK, "uid", uid_set(numbers))
    return {"messages": messages}


@question
def delete_junk(given, until):
    user, numbers = given["user"], junk_of(given, until)
    if numbers:
        doveadm(user, until, "expunge", "mailbox", JUNK, "uid", uid_set(numbers))
    return {"deleted": len(numbers)}


@question
def sending_locks(given, until):
    """MAIL-11: who may not send at the moment, from the policy service's own records."""
    users = addresses_of(given)
    if not users or not os.path.exists(real(POLICY_STATE)):
        return []
    connection = sqlite3.connect(f"file:{real(POLICY_STATE)}?mode=ro", uri=True, timeout=1)
    with contextlib.closing(connection):
        connection.execute("pragma trusted_schema = off")
        marks = ",".join("?" * len(users))
        query = f"select account, kind, since, until from locks where until > ? and account in ({marks})"
        rows = connection.execute(query, (int(time.time()), *users)).fetchmany(MOST_ADDRESSES)
    return [{"user": user, "kind": kind, "since": since, "until": end} for user, kind, since, end in rows]
