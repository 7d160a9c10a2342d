"""Questions that a page asks while somebody waits for it: few, bounded in time, and in what they answer."""

MAX_ANSWER = 1 << 20
LONGEST_QUESTION = 10

QUESTIONS = {}


def question(function):
    """`function(given, until)`: what the panel gave, and when it must have answered (monotonic clock)."""
    QUESTIONS[function.__name__] = function
    return function


def inquire(name, given, seconds):
    if name not in QUESTIONS:
        raise Refused("E_UNKNOWN_QUESTION", f"no such question: {name}")
    answer = QUESTIONS[name](given, time.monotonic() + min(seconds, LONGEST_QUESTION))
    if len(json.dumps(answer)) > MAX_ANSWER:
        raise Refused("E_TOO_MUCH", f"{name} has too much to tell")
    return {"answer": answer}


@question
def memory_in_use(given, until):
    """What no cache would give back, in MiB: a machine with less than this could not go on as it is."""
    with open("/proc/meminfo", encoding="ascii") as lines:
        kib = {key: int(rest.split()[0]) for key, rest in (line.split(":") for line in lines)}
    # MemAvailable counts what lies in tmpfs as a cache where lxcfs tells of a container
    files = kib["Active(file)"] + kib["Inactive(file)"]
    return {"used": max(0, kib["MemTotal"] - kib["MemFree"] - files) // 1024}


def ask_command(argv, until, given=""):
    """(status, standard output) of a command of ours; what it does not say in time ends it."""
    # doveadm wants to seek in what it reads.
    stdin = os.memfd_create("given", os.MFD_CLOEXEC)
    os.pwrite(stdin, given.encode(), 0)
    process = subprocess.Popen(
        argv,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=ENVIRONMENT,
        cwd="/",
        start_new_session=True,
    )
    os.close(stdin)
    try:
        output, _ = process.communicate(None, max(0.1, until - time.monotonic()))
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise Refused("E_TOO_SLOW", f"{argv[0]} does not answer in time")
    return process.returncode, output.decode("utf-8", "replace")
