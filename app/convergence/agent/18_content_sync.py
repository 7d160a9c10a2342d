"""A site's files from one server to another (WEB-08): rsync at both ends, and between them the panel, which passes on bytes.

Neither end trusts the other. rsync runs as the domain's account and sees nothing but the programs of the system and one
directory, at /mnt: what is public on the one server, which it can't write to, and a copy beside staging on the other. It has
no network, and no process but its own. So whatever a stream makes it do, nothing else is read or written.
"""

CLONE_NEWIPC, CLONE_NEWPID, CLONE_NEWNET = 0x08000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REMOUNT = 0x1, 0x2, 0x4, 0x20
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
HIDDEN = ("/data", "/dev/shm", "/home", "/media", "/opt", "/proc", "/root", "/run", "/srv", "/sys", "/tmp", "/var")
LONGEST_SYNC = 45 * 60
MOST_LEFT_OUT = 20

# Flags are those that the receiving end below would ask for. Without incremental recursion: all names are known before
# anything is written. By content, because what has the same size and time may be another text.
# What can't be read there is said in the stream; to its own standard error nobody listens.
SEND = [
    *["/usr/bin/rsync", "--server", "--sender", "-lHtprcSe.LsfxCIvu", "--no-msgs2stderr", "--timeout=600", "--ignore-errors"],
    *[".", "."],
]
# Ends when the panel has nothing more to pass on, as a remote shell would.
BRIDGE = "/bin/sh -c 'exec 5<&0; cat <&5 >&4 & exec cat <&3'"
# Blocking, or the bridge would give up when rsync is slow.
RECEIVE = [
    *["/usr/bin/rsync", "-rlptHSc", "--no-inc-recursive", "--delete-before", "--ignore-errors", "--timeout=600"],
    *["--info=progress2,stats2,nonreg1", "--no-human-readable", "--outbuf=L", "--blocking-io", "-e", BRIDGE, "panel:.", "."],
]
WHOLE, VANISHED, PARTLY = 0, 24, 23
# The stream ended too early, or nothing came any more.
LOST = (12, 30, 35)


def report(message):
    os.write(2, json.dumps(message, ensure_ascii=True).encode() + b"\n")


def hide(path):
    if os.path.isdir(path) and not os.path.islink(path):
        mount("tmpfs", path, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, "size=4k,mode=0755")


def bind(site, path, writable):
    """A directory of the customer's whose place is root's to give, at /mnt. Opened anew: a view knows no handle of another."""
    site.tree.close()
    mount(f"/proc/self/fd/{site.handle(path)}", "/mnt", None, MS_BIND)
    if not writable:
        # What the file system was mounted with must be said again.
        kept = os.statvfs("/mnt").f_flag & (MS_NOSUID | MS_NODEV | 0x8 | 0x400 | 0x800)
        mount(None, "/mnt", None, MS_BIND | MS_REMOUNT | MS_RDONLY | kept)


def enter_sync_view(site, path, writable):
    if libc.unshare(CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "unshare")
    mount(None, "/", None, MS_REC | MS_PRIVATE)
    bind(site, path, writable)
    for path in HIDDEN:
        hide(path)


def end_with_parent():
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def become(uid):
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))


def end_with(status):
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def run_confined(site, path, writable, prepare, argv):
    """Number of a process; `prepare` gives it its channels. The first process of its own numbers ends all others with it."""
    child = os.fork()
    if child:
        return child
    try:
        end_with_parent()
        enter_sync_view(site, path, writable)
        if first := os.fork():
            end_with(os.waitpid(first, 0)[1])
        end_with_parent()
        if program := os.fork():
            end_with(os.waitpid(program, 0)[1])
        prepare()
        os.chdir("/mnt")
        become(site.uid)
        os.execve(argv[0], argv, {"PATH": ENVIRONMENT["PATH"], "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"})
    except BaseException as error:
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
    os._exit(125)


def status_of(child):
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def sync_send(site, order):
    """What is public goes to standard output, as far as standard input asks for it."""
    return {"status": status_of(run_confined(site, f"{site.root}/html", False, lambda: None, SEND))}


class Received:
    """What rsync tells: how far it is, what is left out, and what went wrong at this end."""

    FIGURES = {
        "files": re.compile(rb"Number of files: .*\breg: (\d+)"),
        "bytes": re.compile(rb"Total file size: (\d+) bytes"),
        "sent": re.compile(rb"Number of regular files transferred: (\d+)"),
    }

    def __init__(self):
        self.figures = dict.fromkeys(self.FIGURES, 0)
        self.skipped, self.left_out, self.problems, self.told = 0, [], [], 0

    def take(self, line):
        if found := re.match(rb"\s*\d+\s+(\d{1,3})%", line):
            return self.tell(int(found[1]))
        for name, figure in self.FIGURES.items():
            if found := figure.match(line):
                self.figures[name] = int(found[1])
        if re.match(rb"(skipping non-regular file|rsync: \[sender\]|file has vanished:)", line):
            return self.leave_out(line)
        # Names are shown with escapes, so none of them looks like a line of rsync's own.
        if line.startswith(b"rsync: ") and len(self.problems) < 20:
            self.problems.append(line.decode("utf-8", "replace")[:500])

    def leave_out(self, line):
        self.skipped += 1
        if (found := re.search(rb'"(?:/mnt/)?([^"]*)"', line)) and len(self.left_out) < MOST_LEFT_OUT:
            self.left_out.append(shown_name(found[1]))

    def tell(self, percent):
        if time.monotonic() - self.told > 0.4:
            self.told = time.monotonic()
            report({"done": min(99, percent)})

    def read(self, pipes, until):
        """Of standard output and of errors, which would else stand in the middle of each other's lines."""
        rests = dict.fromkeys(pipes, b"")
        while rests and time.monotonic() < until:
            for pipe in select.select(list(rests), [], [], 1)[0]:
                part = os.read(pipe, 65536)
                *lines, rests[pipe] = re.split(rb"[\r\n]", (rests[pipe] + part)[-(1 << 20) :])
                for line in lines:
                    self.take(line)
                if not part:
                    self.take(rests.pop(pipe))
        return not rests


def channels_of_receiver(said, errors):
    """3 and 4: the panel. What rsync says goes to the given ones, which may themselves be of those numbers."""
    said, errors = [fcntl.fcntl(handle, fcntl.F_DUPFD_CLOEXEC, 10) for handle in (said, errors)]
    for handle, number in ((0, 3), (1, 4), (said, 1), (errors, 2)):
        os.dup2(handle, number)
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)


def sync_receive(site, order):
    """Makes the copy at a place of its own equal to what comes from the other server."""
    with working(site):
        path = f"{place_of(site, order['into'])}/html"
        handle = site.handle(path)
        ours, theirs = zip(os.pipe(), os.pipe())
        child = run_confined(site, path, True, lambda: channels_of_receiver(*theirs), RECEIVE)
        for end in theirs:
            os.close(end)
        received = Received()
        in_time = received.read(ours, time.monotonic() + LONGEST_SYNC)
        if not in_time:
            os.kill(child, signal.SIGKILL)
        refuse_broken(status_of(child), received, in_time)
        # What is renamed later must be whole after a power cut.
        libc.syncfs(handle)
    return {**received.figures, "skipped": received.skipped, "leftOut": received.left_out}


def refuse_broken(status, received, in_time):
    said = "; ".join(received.problems)
    if not in_time:
        raise Refused("E_TOO_MUCH", "not finished in time")
    if re.search("No space left on device|Disk quota exceeded", said):
        raise Refused("E_NO_ROOM", said)
    if status in (WHOLE, VANISHED) or status == PARTLY and not received.problems:
        return
    raise Refused("E_SOURCE_LOST" if status in LOST else "E_CUT_OFF", f"rsync ended with {status}: {said}")


SYNC = {"send": sync_send, "receive": sync_receive}


def sync_content(order):
    try:
        with Site(order["domain"]) as site:
            answer = {"result": SYNC[order["role"]](site, order)}
    except Exception as error:
        answer = {"error": refusal(error).plain()}
    report(answer)
