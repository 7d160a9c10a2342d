"""Webalizer's report of a domain's visitors, which `report.py` makes and only root reads (ALOG-02)."""

REPORTS, REPORT_PROGRESS = "/var/lib/tsukasa/reports", "/run/tsukasa/reports"
REPORT_PAGE = re.compile(r"index|usage_\d{6}", re.A)
REPORT_ACCOUNT = re.compile(r"d[1-9]\d{0,14}", re.A)
MOST_REPORT_PAGE = 960_000
# Seconds.
REPORT_STARTS_WITHIN = 10


def report_of(account):
    if not REPORT_ACCOUNT.fullmatch(account):
        raise Refused("E_NO_ACCOUNT", "no such account")
    return real(f"{REPORTS}/{account}")


def report_unit(account):
    return f"tsukasa-report@{account}.service"


@question
def access_report(given, until):
    """`at`: when it was last brought up to date; `run`: what is under way or was the last."""
    report = report_of(given["account"])
    names = sorted(name[:-5] for name in (os.listdir(report) if os.path.isdir(report) else []) if name.endswith(".html"))
    try:
        at = int(os.stat(f"{report}/position.json").st_mtime)
    except FileNotFoundError:
        at = None
    return {"at": at, "pages": [name for name in names if REPORT_PAGE.fullmatch(name)][:600], "run": report_run(given["account"], until)}


def report_run(account, until):
    try:
        run = json.loads(read_text(f"{REPORT_PROGRESS}/{account}"))
    except ValueError:
        return None
    is_new = run["state"] == "waiting" and time.time() - run["at"] < REPORT_STARTS_WITHIN
    if run["state"] in ("waiting", "running") and not is_new:
        units = [report_unit(account), "tsukasa-web-logs.service", report_unit("all")]
        _, states = ask_command([SETTINGS["systemctl"], "is-active", "--", *units], until)
        if not any(state in ("active", "activating") for state in states.split()):
            run["state"] = "failed"
    return run


@question
def access_report_page(given, until):
    if not REPORT_PAGE.fullmatch(given["page"]):
        raise Refused("E_NO_PAGE", "no such page")
    try:
        with open(f"{report_of(given['account'])}/{given['page']}.html", encoding="utf-8") as file:
            text = file.read(MOST_REPORT_PAGE)
    except FileNotFoundError:
        return {"html": None}
    import base64
    import zlib

    return {"html": base64.b64encode(zlib.compress(text.encode(), 6)).decode()}


def let_end(account, until):
    """A unit that has told its end and is about to go would take a new start for its own."""
    for _ in range(20):
        _, states = ask_command([SETTINGS["systemctl"], "is-active", "--", report_unit(account)], until)
        if states.strip() not in ("active", "activating", "deactivating") or time.monotonic() > until - 1:
            return
        time.sleep(0.05)


def tell_waiting(account, until):
    """Before the program says so itself: what is told next is not of the last time."""
    run = report_run(account, until)
    if run is None or run["state"] not in ("waiting", "running"):
        let_end(account, until)
        path = real(f"{REPORT_PROGRESS}/{account}")
        os.makedirs(os.path.dirname(path), 0o755, exist_ok=True)
        with open(f"{path}.begun", "w", encoding="ascii") as file:
            json.dump({"state": "waiting", "read": 0, "of": 0, "at": int(time.time())}, file)
        os.rename(f"{path}.begun", path)


@question
def make_access_report(given, until):
    """Begins it, unless it is under way; how far it is tells `access_report`."""
    report_of(given["account"])
    tell_waiting(given["account"], until)
    status, _ = ask_command([SETTINGS["systemctl"], "start", "--no-block", "--", report_unit(given["account"])], until)
    if status != 0:
        raise Refused("E_NOT_STARTED", "the report was not started")
    return {"begun": True}
