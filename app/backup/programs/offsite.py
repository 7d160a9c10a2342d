

# ---- BKP-02: what leaves the house. restic keeps a repository at a target of the provider's, over SFTP, so that copies outlive the
# machine that they are on. It runs as the same account and sees the newest generations at paths that stay the same every night, so
# that only what changed is read; secrets come by standard input and lie in memory that nobody else sees.

WORK = ".offsite"
RUNNING = set()
LONGEST_SECRETS = 4 << 20
PLACES = f"x:x:{ACCOUNT}:{ACCOUNT}::/secret:/usr/sbin/nologin\n"
CONFIGURATION = """Host target
HostName {address}
Port {port}
User {account}
IdentityFile /secret/key
IdentitiesOnly yes
HostKeyAlias target
UserKnownHostsFile /secret/known_hosts
GlobalKnownHostsFile /dev/null
StrictHostKeyChecking yes
PreferredAuthentications publickey
BatchMode yes
ConnectTimeout 30
ServerAliveInterval 30
ServerAliveCountMax 6
"""
# What ssh and restic say, and what the panel calls it; the first that is found.
COMPLAINTS = [
    ("Host key verification failed", "host_key"),
    ("No matching host key", "host_key"),
    ("Permission denied (", "refused"),
    ("Could not resolve hostname", "no_such_name"),
    ("Connection refused", "unreachable"),
    ("Connection timed out", "unreachable"),
    ("No route to host", "unreachable"),
    ("Network is unreachable", "unreachable"),
    ("wrong password or no key found", "wrong_password"),
    ("repository is already locked", "locked"),
    ("No space left", "no_space"),
    ("Disk quota exceeded", "no_space"),
    ("repository does not exist", "no_repository"),
    ("permission denied", "no_permission"),
    ("Permission denied", "no_permission"),
    ("subsystem request failed", "no_sftp"),
    ("contains errors", "damaged"),
    ("Connection closed", "unreachable"),
    ("unable to start the sftp session", "unreachable"),
]


def secrets_given():
    """One line; whoever sent it keeps his end open for as long as he wants the work done."""
    text = bytearray()
    while not text.endswith(b"\n"):
        piece = os.read(0, PIECE)
        if not piece or len(text) > LONGEST_SECRETS:
            raise Refused("failed", "no line of secrets")
        text += piece
    return json.loads(text)


def keep_for_account(path, text):
    with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o400), "w") as file:
        file.write(text)
    os.chown(path, ACCOUNT, ACCOUNT)


def furnish_for(directory, given):
    work, target = f"{prepared(directory)}/{WORK}", given["target"]
    for path in (work, f"{work}/cache", f"{work}/tmp"):
        os.makedirs(path, 0o700, exist_ok=True)
        os.chown(path, ACCOUNT, ACCOUNT)

    def furnish(place):
        for name in ("etc", "work", "secret"):
            os.mkdir(f"{place}/{name}")
        # ssh wants to know who it is.
        with open(f"{place}/etc/passwd", "w") as file:
            file.write(PLACES)
        for name in ("resolv.conf", "hosts"):
            with contextlib.suppress(OSError):
                shutil.copyfile(f"/etc/{name}", f"{place}/etc/{name}")
        bind(work, f"{place}/work", NO_SUID | NO_DEV | NO_EXEC)
        keep_for_account(f"{place}/secret/config", CONFIGURATION.format(**target))
        keep_for_account(f"{place}/secret/key", target["key"])
        keep_for_account(f"{place}/secret/known_hosts", f"target {target['hostKey']}\n")
        keep_for_account(f"{place}/secret/password", given["password"])
        keep_for_account(f"{place}/tree/sets.json", json.dumps(given.get("sets", {})))

    return furnish


def go_out(directory, given, trees, writable=False):
    confine(trees, writable, furnish_for(directory, given))
    leave_root()
    # Whoever waited for the answer is gone: so is what he wanted.
    threading.Thread(target=stop_when_alone, daemon=True).start()
    return f"sftp:target:{given['target']['path']}"


def stop_when_alone():
    with contextlib.suppress(OSError):
        while os.read(0, 8192):
            pass
    # With restic and its ssh; a group of their own (`restic`), or none began.
    for group in RUNNING:
        with contextlib.suppress(OSError):
            os.killpg(group, signal.SIGKILL)
    os._exit(1)


# Its own words: restic passes them on only as far as they come before its end.
SSH_SAID = "/work/tmp/ssh"


def restic(repository, *words):
    """Its status and what it said on both streams, of each the end."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(SSH_SAID)
    child = subprocess.Popen(
        ["/usr/bin/restic", "-r", repository, "-o", f"sftp.command=/usr/bin/ssh -F /secret/config -E {SSH_SAID} target -s sftp", "--retry-lock=30m", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            "HOME": "/work",
            "TMPDIR": "/work/tmp",
            "RESTIC_CACHE_DIR": "/work/cache",
            "RESTIC_PASSWORD_FILE": "/secret/password",
            "RESTIC_PROGRESS_FPS": "0.01",
            # Small machines: it gives memory back rather than being killed for it.
            "GOGC": "20",
        },
        cwd="/",
        start_new_session=True,
    )
    RUNNING.add(child.pid)
    said = bytearray()
    reader = threading.Thread(target=keep_last, args=(child.stderr, said), daemon=True)
    reader.start()
    answer = bytearray()
    keep_last(child.stdout, answer, LONGEST_SECRETS)
    status = child.wait()
    RUNNING.discard(child.pid)
    reader.join(5)
    with contextlib.suppress(OSError), open(SSH_SAID, "rb") as file:
        said.extend(file.read(16384))
    return status, answer.decode("utf-8", "replace"), said.decode("utf-8", "replace")


def keep_last(stream, kept, most=16384):
    while piece := stream.read1(8192):
        kept.extend(piece)
        del kept[:-most]


def done(ran, allowed=()):
    """What it answered; a failure in one of the panel's words."""
    status, answer, said = ran
    if status and status not in allowed:
        found = (code for words, code in COMPLAINTS if words in said)
        raise Refused(next(found, "wrong_password" if status == 12 else "no_repository" if status == 10 else "failed"), said[-280:].strip())
    return answer


def lines_of(answer):
    for line in answer.splitlines():
        with contextlib.suppress(ValueError):
            yield json.loads(line)


def offsite_copy(directory, kept):
    """The newest generation of everything as one snapshot, and of older snapshots those that are to be kept."""
    given = secrets_given()
    top, sets = prepared(directory), {}
    for name, number in given["sets"].items():
        path = f"{top}/{shaped(name, SET)}/{shaped(str(number), NUMBER)}"
        if os.path.isdir(path):
            sets[name] = number
    # A host that was just made anew: what is at the target is all there is.
    if not sets:
        raise Refused("nothing_here", top)
    repository = go_out(directory, {**given, "sets": sets}, {name: f"{top}/{name}/{number}" for name, number in sets.items()})
    # What only looks for it: one that was there once and is not any more is never made anew in silence.
    found = restic(repository, "cat", "config")
    if found[0] == 10 and given["isFirst"]:
        done(restic(repository, "init"))
    else:
        done(found)
    done(restic(repository, "unlock"))
    tags = ["--host=tsukasa", "--group-by=host"]
    ran = restic(repository, "backup", "--json", "--ignore-ctime", *tags, "/tree")
    summary = next((line for line in lines_of(done(ran, {3})) if line.get("message_type") == "summary"), {})
    missing = sorted(set(given["sets"]) - set(sets))
    # While something is lost here, older snapshots may be all that is left of it.
    if not missing:
        done(restic(repository, "forget", f"--keep-last={int(kept)}", *tags, "--prune"))
    size = next(lines_of(done(restic(repository, "stats", "--mode=raw-data", "--json"))), {})
    code = "partial" if ran[0] == 3 or missing else "done"
    words = "; ".join([f"missing: {', '.join(missing)[:200]}"] if missing else []) + (ran[2][-280:] if ran[0] == 3 else "")
    print(json.dumps({"code": code, "words": words, "sets": len(sets), "sent": summary.get("data_added_packed", 0), "size": size.get("total_size", 0)}))


def offsite_check(directory, portion):
    """Whether the repository holds together; of the data one portion in turn is read and compared."""
    given = secrets_given()
    repository = go_out(directory, given, {})
    done(restic(repository, "cat", "config"))
    done(restic(repository, "unlock"))
    done(restic(repository, "check", f"--read-data-subset={shaped(portion, re.compile('[0-9]+/[0-9]+'))}"))
    print(json.dumps({"code": "done"}))


def offsite_sets(directory):
    """Of everything that is there the newest generation, and the snapshot that has it."""
    given = secrets_given()
    repository = go_out(directory, given, {})
    listed = json.loads(done(restic(repository, "snapshots", "--json", "--host=tsukasa")) or "[]")
    if not listed:
        raise Refused("gone", "no snapshots")
    sets = {}
    for snapshot in sorted(listed, key=lambda each: each["time"], reverse=True):
        for name, number in json.loads(done(restic(repository, "dump", snapshot["id"], "/tree/sets.json"))).items():
            sets.setdefault(name, [number, snapshot["id"]])
    print(json.dumps({"sets": sets}))


def offsite_return(directory, name, number, snapshot):
    """A generation that this host does not have any more. One that it has stays as it is."""
    given = secrets_given()
    path = f"{prepared(directory)}/{shaped(name, SET)}"
    with contextlib.suppress(FileExistsError):
        os.mkdir(path, 0o700)
        os.chown(path, ACCOUNT, ACCOUNT)
    repository = go_out(directory, given, {name: path}, writable=True)
    top = f"/tree/{name}"
    part = f"{top}/{shaped(number, NUMBER)}.part"
    if os.path.isdir(f"{top}/{number}"):
        return print(json.dumps({"code": "there"}))
    if os.path.isdir(part):
        remove(part)
    os.mkdir(part, 0o700)
    # The next generation begins as a snapshot of this one.
    begin_tree(f"{part}/tree", None)
    try:
        source = f"{shaped(snapshot, re.compile('[0-9a-f]{64}'))}:/tree/{name}"
        done(restic(repository, "restore", source, f"--target={part}", "--sparse"))
    except Refused:
        remove(part)
        raise
    seal(f"{part}/tree")
    sync_of(top)
    os.rename(part, f"{top}/{number}")
    print(json.dumps({"code": "done"}))


VERBS |= {"offsite_copy": offsite_copy, "offsite_check": offsite_check, "offsite_sets": offsite_sets, "offsite_return": offsite_return}


def main():
    os.umask(0o077)
    verb, *given = sys.argv[1:]
    try:
        VERBS[verb](*given)
    except (Refused, OSError, ValueError) as error:
        tell(error=code_of(error), words=str(error)[:300])
        sys.exit(1)


main()
