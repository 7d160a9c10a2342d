"""An apply from beginning to end, decided here: a pipe that breaks in the middle leaves nothing half done."""


class Failed(Exception):
    """A step after the switch went wrong; everything goes back."""

    def __init__(self, phase, message, **detail):
        super().__init__(message)
        self.plain = {"phase": phase, "message": str(message)[:4000], **detail}


def activate(commands, tell):
    for index, command in enumerate(commands):
        tell({"phase": "activate", "index": index})
        done = run(command["argv"], command.get("timeout", 30))
        if done["status"]:
            raise Failed("activate", done["output"], index=index, status=done["status"])


def put_back(journal):
    """Undo and let the daemons see it. What could not be reactivated is answered, not raised."""
    head = journal.undo()
    wrong = []
    if head["started"] and (failed := systemctl("stop", head["started"])):
        wrong.append(failed)
    if head["stopped"] and (failed := systemctl("start", head["stopped"])):
        wrong.append(failed)
    for command in head["activations"]:
        done = run(command["argv"], command.get("timeout", 30))
        if done["status"]:
            wrong.append(f"{' '.join(command['argv'])}: {done['output']}")
    journal.close()
    return wrong


RECOVERED = f"{STATE}/recovered"


def recover():
    """Journals that a killed agent or a power cut left: undone, last one first. Their runs are noted for the panel."""
    for journal in reversed(open_journals()):
        with open(real(RECOVERED), "a", encoding="utf-8") as notes:
            notes.write(f"{journal.name}\n")
        put_back(journal)


def take_recovered():
    """Runs that were put back since an apply last began, whichever agent did it."""
    try:
        with open(real(RECOVERED), encoding="utf-8") as notes:
            names = list(dict.fromkeys(notes.read().split()))
    except FileNotFoundError:
        return []
    os.unlink(real(RECOVERED))
    return names[-1000:]


class Apply:
    """One request `apply`. Times are kept per phase."""

    def __init__(self, request, tell):
        self.request, self.tell, self.ms = request, tell, {}
        self.journal = Journal(request["run"])
        self.guarded = False

    @contextlib.contextmanager
    def phase(self, name):
        self.tell({"phase": name})
        began = time.monotonic()
        try:
            yield
        except (Refused, OSError) as error:
            refused = refusal(error)
            raise Failed(name, str(refused), code=refused.code, path=refused.detail.get("path")) from error
        finally:
            self.ms[name] = round((time.monotonic() - began) * 1000, 1)

    def run(self):
        """"committed", "held" or "rolled_back"; "unchanged" when it could not even be begun."""
        request = self.request
        try:
            with self.phase("journal"):
                self.record()
        except Failed as failed:
            self.journal.close()
            return {"state": "unchanged", "failed": failed.plain, "ms": self.ms}
        try:
            self.change()
        except Failed as failed:
            return self.back(failed.plain)
        if request.get("hold"):
            return {"state": "held", "ms": self.ms}
        return self.commit()

    def record(self):
        request, tree = self.request, Tree()
        try:
            activations = request["activations"]
            self.journal.record(tree, request["operations"], activations, request["starts"], request["stops"])
        finally:
            tree.close()
        if request.get("hold"):
            self.guard(request["hold"])

    def change(self):
        request = self.request
        with self.phase("switch"):
            Switch(self.journal.name, request["operations"], lambda done: self.tell({"phase": "switch", "done": done})).run()
        if request["starts"] or request["activations"] or request["stops"]:
            with self.phase("activate"):
                self.units("start", request["starts"])
                activate(request["activations"], self.tell)
                self.units("stop", request["stops"])
        if request["probes"]:
            with self.phase("probe"):
                self.probe(request["probes"])

    def probe(self, probes):
        wrong = probe_all(probes)
        if wrong:
            raise Failed("probe", wrong[0]["message"], index=wrong[0]["index"], all=wrong[:50])

    def units(self, verb, names):
        if names and (failed := systemctl(verb, names)):
            raise Failed("activate", failed, units=True)

    def back(self, failed):
        """Everything as it was; whether that answers as before is told as well."""
        answer = {"state": "rolled_back", "failed": failed, "ms": self.ms}
        try:
            with self.phase("rollback"):
                answer["not_reactivated"] = put_back(self.journal)
            self.unguard()
            answer["still_wrong"] = probe_all(self.request.get("reprobes", []))
        except Failed as error:
            # The journal stays: the next agent tries again before anything else.
            answer["not_undone"] = error.plain
        return answer

    def commit(self):
        began = time.monotonic()
        self.journal.close()
        if any(operation["kind"] == "exchange" for operation in self.request["operations"]):
            # It is told as done once: after that no power cut may bring the journal back.
            forget_closed_journals()
        self.unguard()
        self.ms["commit"] = round((time.monotonic() - began) * 1000, 1)
        return {"state": "committed", "ms": self.ms}

    def guard(self, seconds):
        """A timer outside of this process and of this session, for changes that can cut us off."""
        program = real(f"{self.journal.path}/agent.py")
        with open(program, "x", encoding="utf-8") as copy:
            copy.write(SOURCE)
        argv = ["systemd-run", "--quiet", "--collect", f"--unit={self.guard_name()}", f"--on-active={seconds}"]
        done = run([*argv, "--timer-property=AccuracySec=1s", sys.executable, program, "--undo", self.journal.name])
        if done["status"]:
            raise Refused("E_GUARD", f"no timer for the way back: {done['output']}")
        self.guarded = True

    def guard_name(self):
        return f"tsukasa-guard-{self.journal.name}"

    def unguard(self):
        if self.guarded:
            systemctl("stop", [f"{self.guard_name()}.timer"])


def undo_when_due(name):
    """What the guard's timer runs: nothing when the run was committed meanwhile."""
    lock = Lock()
    with contextlib.suppress(Refused):
        lock.take(20)
    journal = Journal(name)
    if journal.exists():
        put_back(journal)
