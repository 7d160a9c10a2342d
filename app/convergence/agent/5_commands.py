"""Commands: argument arrays, bounded in time and output, never a shell."""

ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/root"}


def drain(stream, kept):
    while part := stream.read(8192):
        if len(kept) < MAX_OUTPUT:
            kept.extend(part[: MAX_OUTPUT - len(kept)])


def run(argv, timeout=30):
    """{"status", "output", "ms"}; status 124 when its time was over, 127 when it is not there."""
    began, kept = time.monotonic(), bytearray()
    try:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=ENVIRONMENT,
            cwd="/",
            bufsize=0,
            start_new_session=True,
        )
    except OSError as error:
        return {"status": 127, "output": f"{argv[0]}: {error.strerror}", "ms": 0}
    # A daemon that a command leaves behind may keep the pipe open: wait for the process, not for the pipe.
    reader = threading.Thread(target=drain, args=(process.stdout, kept), daemon=True)
    reader.start()
    try:
        status = process.wait(timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        status = 124
        kept.extend(f"\n{argv[0]}: not finished after {timeout} s".encode())
    reader.join(0.2)
    return {
        "status": status,
        "output": bytes(kept).decode("utf-8", "replace").strip(),
        "ms": round((time.monotonic() - began) * 1000, 1),
    }


def systemctl(verb, names):
    """One call for many units; what failed as text, or None."""
    failed = []
    for start in range(0, len(names), 100):
        done = run([SETTINGS["systemctl"], verb, "--", *names[start : start + 100]], 60)
        if done["status"]:
            failed.append(done["output"])
    return "\n".join(failed) or None


def active_units(names):
    """Those of the units that are active. Many are read from one list, a few are asked for."""
    if len(names) > 20:
        listed = run_whole([SETTINGS["systemctl"], "list-units", "--full", "--plain", "--no-legend", "--no-pager", "--state=active"])
        return {line.split(None, 1)[0] for line in listed.splitlines() if line.strip()}
    answered = run([SETTINGS["systemctl"], "is-active", "--", *names])["output"].splitlines()
    return {name for name, state in zip(names, answered) if state in ("active", "reloading")}


def run_whole(argv):
    """Whole output of a command of our own (a list of units is longer than what `run` keeps)."""
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, env=ENVIRONMENT, timeout=30, check=False)
    return done.stdout[: 4 << 20].decode("utf-8", "replace")
