"""Requests and the loop that answers them."""


def facts():
    """What the panel wants to know of the machine itself."""
    disk = os.statvfs(real("/"))
    versions = [entry for entry in listed("/etc/php") if os.path.isdir(real(f"/etc/php/{entry}/fpm"))]
    return {
        "bootId": boot_id(),
        "phpVersions": sorted(versions, key=lambda text: [int(n) for n in re.findall(r"\d+", text)], reverse=True),
        "os": next((line[3:].strip('"') for line in read_text("/etc/os-release").splitlines() if line.startswith("ID=")), ""),
        "osVersion": read_text("/etc/debian_version").strip(),
        "python": ".".join(map(str, sys.version_info[:3])),
        "diskBytes": disk.f_blocks * disk.f_frsize,
        "diskFreeBytes": disk.f_bavail * disk.f_frsize,
    }


def boot_id():
    return read_line("/proc/sys/kernel/random/boot_id")


def listed(path):
    try:
        return os.listdir(real(path))
    except OSError:
        return []


def read_text(path):
    try:
        with open(real(path) if not path.startswith("/proc/") else path, encoding="utf-8", errors="replace") as file:
            return file.read(4096)
    except OSError:
        return ""


def read_line(path):
    return read_text(path).split("\n", 1)[0].strip()


class Agent:
    """The state of one pipe: the lock while an apply is under way, and an apply that waits for its confirmation."""

    PATIENCE = 45

    def __init__(self):
        self.wire, self.lock, self.held, self.number = Wire(), Lock(), None, None
        self.committed = False

    def tell(self, event):
        self.wire.send({"id": self.number, "event": event})

    def do_facts(self, request):
        return facts()

    def do_ping(self, request):
        return {}

    def do_observe(self, request):
        return {"different": observe(request["entries"])}

    def do_begin(self, request):
        """Lock, undo what an earlier apply left, refuse an older run than the last one, observe."""
        self.lock.take(request.get("patience", self.PATIENCE))
        try:
            recover()
            self.fence(request["run"], request.get("force"))
            return {"recovered": take_recovered(), "different": observe(request["entries"])}
        except BaseException:
            self.lock.drop()
            raise

    def fence(self, run_id, force):
        """Runs count upwards. One that was overtaken while it was paused must not write any more."""
        path = real(f"{STATE}/run")
        last = int(read_line(f"{STATE}/run") or 0)
        if run_id < last and not force:
            raise Refused("E_OVERTAKEN", f"run {last} was here after run {run_id}", last=last)
        if run_id != last:
            with open(path + ".part", "w", encoding="utf-8") as file:
                file.write(f"{run_id}\n")
            os.rename(path + ".part", path)

    def do_check(self, request):
        return {"results": check(request["operations"], request["commands"])}

    def do_apply(self, request):
        if self.lock.handle is None:
            raise Refused("E_NOT_BEGUN", "apply without begin")
        work = Apply(request, self.tell)
        answer = work.run()
        self.committed = answer["state"] == "committed"
        if answer["state"] == "held":
            self.held = work
        elif request.get("last", True) or answer["state"] == "committed":
            self.lock.drop()
        return answer

    def do_confirm(self, request):
        answer, self.held = self.held.commit(), None
        self.committed = True
        self.lock.drop()
        return answer

    def do_revert(self, request):
        answer, self.held = self.held.back({"phase": "confirm", "message": request["message"]}), None
        self.lock.drop()
        return answer

    def do_end(self, request):
        self.lock.drop()
        return {}

    def do_prune(self, request):
        """What goes for good after a commit: mailboxes' homes, then mount points that are empty."""
        left = [path for path, uid, gid in request["trees"] if not remove_tree(path, uid, gid, self.tell)]
        operations = [{"do": "remove", "kind": "directory", "path": path} for path in request["paths"]]
        Switch("prune", operations).run(durable=False)
        drop_databases(request.get("databases", []), self.tell)
        return {"left": left}

    def do_stage(self, request):
        return stage(request, self.tell, lambda: self.wire.broken)

    def do_back_up(self, request):
        return back_up(request, self.tell, lambda: self.wire.broken)

    def do_tamper(self, request):
        return tamper(request, self.tell, lambda: self.wire.broken)

    def do_inquire(self, request):
        return inquire(request["question"], request["given"], request["seconds"])

    def answer(self, request):
        self.number = request["id"]
        try:
            result = getattr(self, "do_" + request["do"])(request)
            self.wire.send({"id": self.number, "ok": True, "result": result})
        except Exception as error:
            self.wire.send({"id": self.number, "ok": False, "error": refusal(error).plain()})

    def settle(self):
        """What nobody needs to wait for, once the answer is on its way."""
        if self.committed:
            self.committed = False
            forget_closed_journals()
            forget_transactions()

    def recover_at_start(self):
        """A journal that was left over goes first; when somebody else holds the lock it is still under way."""
        if not os.path.isdir(real(JOURNALS)) or not open_journals():
            return
        # What does not succeed now is tried again, and told, when an apply begins.
        with contextlib.suppress(Refused, OSError, sqlite3.Error):
            self.lock.take(0)
            recover()
        self.lock.drop()

    def serve(self):
        self.recover_at_start()
        self.wire.send({"hello": "tsukasa-agent", "version": 1})
        try:
            while not self.wire.broken:
                self.answer(self.wire.receive(SETTINGS["hold"] if self.held else None))
                self.settle()
        except (EOFError, TimeoutError):
            pass
        if self.held:
            self.held.back({"phase": "confirm", "message": "nobody confirmed"})


def main():
    os.umask(0o022)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    if "--undo" in sys.argv:
        return undo_when_due(sys.argv[-1])
    if len(sys.argv) > 1:
        SETTINGS.update(json.loads(sys.argv[1]))
    if "sync" in SETTINGS:
        return sync_content(SETTINGS["sync"])
    Agent().serve()


main()
