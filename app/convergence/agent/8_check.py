"""Checks: the candidate at its real paths, seen only by the daemons' own checkers.

A child in a mount namespace of its own lays overlays over the directories that change, puts the candidate
in, runs the checkers, and ends: with it everything is gone. The running daemons never see any of it.
"""

CLONE_NEWNS = 0x00020000
MS_REC, MS_PRIVATE, MS_BIND = 0x4000, 0x40000, 0x1000
SCRATCH = "/run/tsukasa/check"


def mount(source, target, kind, flags=0, data=None):
    encoded = [None if text is None else text.encode() for text in (source, target, kind)]
    if libc.mount(*encoded, ctypes.c_ulong(flags), None if data is None else data.encode()):
        number = ctypes.get_errno()
        raise OSError(number, f"mount {kind or ''} on {target}: {os.strerror(number)}")


def bases_of(operations):
    """The directories that get an overlay: /etc, /var/lib/<x>, /data/domain/<x>, … as far as they exist."""
    bases = set()
    for operation in operations:
        if "path" not in operation or operation.get("seed") or operation["kind"] == "exchange":
            continue
        parts = operation["path"].split("/")
        base = "/".join(parts[: 2 if parts[1] in ("etc", "srv", "opt") else 4])
        while base and not os.path.isdir(real(base)):
            base = base.rsplit("/", 1)[0]
        if base and base.split("/")[1] not in ("run", "proc", "sys", "dev"):
            bases.add(base)
    # An overlay covers what lies below it, but not other file systems that are mounted there.
    return sorted(base for base in bases if os.path.ismount(real(base)) or not any(base.startswith(f"{other}/") for other in bases))


def mounts_below(base):
    """Mount points below a directory, the outer ones first."""
    prefix = real(base) + "/"
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as table:
        targets = {re.sub(r"\\(\d{3})", lambda code: chr(int(code[1], 8)), line.split(" ")[4]) for line in table}
    below = sorted(target for target in targets if target.startswith(prefix) and not target.startswith(real(SCRATCH)))
    return [target for target in below if not any(target.startswith(f"{other}/") for other in below)]


def lay_over(base, number):
    scratch = real(SCRATCH)
    upper, work = f"{scratch}/{number}/upper", f"{scratch}/{number}/work"
    os.makedirs(upper)
    os.makedirs(work)
    status = os.stat(real(base))
    os.chown(upper, status.st_uid, status.st_gid)
    os.chmod(upper, stat.S_IMODE(status.st_mode))
    covered = mounts_below(base)
    if covered:
        os.makedirs(f"{scratch}/{number}/whole")
        mount(real(base), f"{scratch}/{number}/whole", None, MS_BIND | MS_REC)
    options = f"lowerdir={real(base)},upperdir={upper},workdir={work}"
    try:
        mount("overlay", real(base), "overlay", 0, options + ",userxattr")
    except OSError:
        # Kernels without overlays for unprivileged containers: a copy costs more and does the same.
        shutil.rmtree(upper)
        shutil.copytree(real(base), upper, symlinks=True, ignore_dangling_symlinks=True)
        mount(upper, real(base), None, MS_BIND)
    for target in covered:
        mount(f"{scratch}/{number}/whole{target[len(real(base)) :]}", target, None, MS_BIND | MS_REC)


def enter_private_view(operations):
    if libc.unshare(CLONE_NEWNS):
        raise OSError(ctypes.get_errno(), "unshare")
    mount(None, "/", None, MS_REC | MS_PRIVATE)
    os.makedirs(real(SCRATCH), 0o700, exist_ok=True)
    mount("tmpfs", real(SCRATCH), "tmpfs", 0, "mode=0700")
    for number, base in enumerate(bases_of(operations)):
        lay_over(base, number)


def run_checks(operations, commands):
    enter_private_view(operations)
    placed = [o for o in operations if not o.get("seed") and o["kind"] in ("file", "directory", "symlink")]
    Switch("check", placed).run(durable=False)
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda command: run(command["argv"], command.get("timeout", 30)), commands))


def check(operations, commands):
    """Results of the commands, in their order. Nothing of it remains."""
    if not commands:
        return []
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        try:
            answer = {"results": run_checks(operations, commands)}
        except BaseException as error:
            answer = {"error": refusal(error).plain()}
        with open(theirs, "wb") as out:
            out.write(json.dumps(answer).encode())
        os._exit(0)
    os.close(theirs)
    with open(ours, "rb") as answered:
        body = answered.read()
    os.waitpid(child, 0)
    answer = json.loads(body or b'{"error": {"code": "E_AGENT", "message": "the check ended early"}}')
    if "error" in answer:
        error = answer["error"]
        raise Refused(error.pop("code"), error.pop("message"), **error)
    return answer["results"]
