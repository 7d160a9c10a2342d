"""Mailing lists as mlmmj keeps them (MAIL-06): what waits for a moderator, old posts, and who joined or left by mail."""

LIST_SPOOL = "/var/lib/tsukasa-lists"
LIST_PORT = 10026
MAX_POST_READ = 2 * 1024 * 1024
MAX_POST_TEXT = 200 * 1024
MAX_CHANGES = 1000
POST_NAMES = {"moderation": re.compile(r"[0-9a-f]{16}"), "archive": re.compile(r"[0-9]{1,9}")}


def list_folder(given, name):
    """A handle: the directory is mlmmj's, so nothing in it is followed."""
    number = given["list"]
    if type(number) is not int or not 0 < number < 1 << 32:
        raise Refused("E_LIST", "not the number of a list")
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    handle = os.open(real(LIST_SPOOL), flags)
    for part in [str(number), *([name] if name else [])]:
        try:
            inner = os.open(part, flags, dir_fd=handle)
        except FileNotFoundError:
            return None
        finally:
            os.close(handle)
        handle = inner
    return handle


def post_name(given):
    folder = given["folder"]
    if folder not in POST_NAMES or not POST_NAMES[folder].fullmatch(str(given["post"])):
        raise Refused("E_POST", "not the name of a post")
    return str(given["post"])


def read_post(handle, name, most):
    """(beginning, size, time); None of what is not there or no file."""
    try:
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=handle)
    except OSError:
        return None
    with open(file, "rb") as post:
        known = os.fstat(file)
        if not stat.S_ISREG(known.st_mode):
            return None
        return post.read(most), known.st_size, int(known.st_mtime)


def post_summary(name, found):
    import email

    raw, size, at = found
    message = email.message_from_bytes(raw)
    sender, address = sender_of(str(message.get("From", "")))
    subject = readable(str(message.get("Subject", ""))[:4000])
    score = str(message.get("X-Spam-Score", ""))[:20]
    return {"post": name, "subject": subject, "name": sender, "address": address, "at": at, "bytes": size, "score": score}


@question
def list_posts(given, until):
    """Newest first. Only the beginnings of those that are shown are read."""
    handle = list_folder(given, given["folder"]) if given["folder"] in POST_NAMES else None
    if handle is None:
        return {"total": 0, "posts": []}
    page, size = int(given["page"]), min(int(given["size"]), MOST_MESSAGES)
    try:
        names = [name for name in os.listdir(handle) if POST_NAMES[given["folder"]].fullmatch(name)]
        if given["folder"] == "archive":
            names.sort(key=int, reverse=True)
        else:
            names.sort(key=lambda name: (-os.stat(name, dir_fd=handle, follow_symlinks=False).st_mtime, name))
        shown = [(name, read_post(handle, name, 65536)) for name in names[(page - 1) * size : page * size]]
        return {"total": len(names), "posts": [post_summary(name, found) for name, found in shown if found]}
    finally:
        os.close(handle)


@question
def list_post(given, until):
    """One post as it can be read: its text, and which files came with it."""
    import email
    import email.policy

    name, handle = post_name(given), list_folder(given, given["folder"])
    found = handle is not None and read_post(handle, name, MAX_POST_READ)
    if handle is not None:
        os.close(handle)
    if not found:
        return None
    message = email.message_from_bytes(found[0], policy=email.policy.default)
    text, files = "", []
    with contextlib.suppress(Exception):
        # Python's reader has errors of many kinds for what a stranger can write here.
        text = text_of_post(message)
    with contextlib.suppress(Exception):
        files = [(part.get_filename() or part.get_content_type())[:200] for part in message.iter_attachments()][:50]
    return {**post_summary(name, found), "text": text[:MAX_POST_TEXT], "files": files}


def text_of_post(message):
    body = message.get_body(("plain", "html"))
    if body is None:
        return ""
    text = body.get_content()
    if body.get_content_subtype() == "html":
        text = re.sub(r"(?is)<(script|style)\b.*?</\1>", "", text)
        text = re.sub(r"(?i)<(br|/p|/div|/tr|/li)\b[^>]*>", "\n", text)
        import html

        text = html.unescape(re.sub(r"<[^>]*>", "", text))
    return text


@question
def release_post(given, until):
    """Handed to Postfix, so that it is delivered though the server goes down meanwhile; looks whether it is gone soon."""
    import smtplib

    name, handle = post_name({**given, "folder": "moderation"}), list_folder(given, "moderation")
    if handle is None or read_post(handle, name, 0) is None:
        return {"found": False}
    local, _, domain = given["address"].rpartition("@")
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", local) or not re.fullmatch(r"[a-z0-9.-]+", domain):
        raise Refused("E_ADDRESS", "not the address of a list")
    order = f"From: <admin@{domain}>\r\nSubject: release\r\nAuto-Submitted: auto-generated\r\n\r\n\r\n"
    with smtplib.SMTP("127.0.0.1", LIST_PORT, "localhost", timeout=max(0.5, until - time.monotonic())) as smtp:
        smtp.sendmail("", [f"{local}-ctl+release-{name}@{domain}"], order)
    while time.monotonic() < until - 1 and read_post(handle, name, 0) is not None:
        time.sleep(0.02)
    os.close(handle)
    return {"found": True}


@question
def reject_post(given, until):
    name, handle = post_name({**given, "folder": "moderation"}), list_folder(given, "moderation")
    if handle is None:
        return {"found": False}
    try:
        os.unlink(name, dir_fd=handle)
    except FileNotFoundError:
        return {"found": False}
    finally:
        os.close(handle)
    return {"found": True}


def changes_since(given):
    """(epoch, what the panel knows of it, news) of one list; None where mail never changed anything."""
    handle = list_folder(given, "")
    found = handle is not None and read_post(handle, "changes", 8 * MAX_POST_READ)
    if handle is not None:
        os.close(handle)
    if not found:
        return None
    epoch, *lines = found[0].decode("utf-8", "replace").split("\n")
    after = int(given["after"]) if epoch == given["epoch"] else 0
    whole = [line.split("\t") for line in lines if line.endswith("\t.")]
    return epoch, after, [each for each in whole if len(each) == 5 and int(each[0]) > after]


@question
def lists_with_news(given, until):
    """Of which lists there are changes that the panel does not know."""
    lists = given["lists"][:MAX_CHANGES]
    return [one["list"] for one in lists if time.monotonic() < until and (found := changes_since(one)) and found[2]]


@question
def list_changes(given, until):
    """Who joined and left by mail since the panel asked last; all of it when the journal began anew meanwhile."""
    found = changes_since(given)
    if found is None:
        return {"epoch": "", "after": 0, "seen": 0, "changes": []}
    epoch, after, news = found
    changes = [{"action": each[2], "address": each[3]} for each in news[:MAX_CHANGES]]
    return {"epoch": epoch, "after": after, "seen": int(news[:MAX_CHANGES][-1][0]) if news else after, "changes": changes}
