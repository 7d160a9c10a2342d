"""Probes: what must answer, asked from here, again and again until it does or the time is over."""


def connect(probe, left):
    plain = socket.create_connection((probe["address"], probe["port"]), timeout=max(0.2, min(left, 5)))
    if not probe.get("tls"):
        return plain
    # Whether the certificate is the right one is not asked here: a server may not have one yet.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(plain, server_hostname=probe.get("host"))


def first_line(connection):
    line = b""
    while b"\n" not in line and len(line) < 1024:
        part = connection.recv(512)
        if not part:
            break
        line += part
    return line.split(b"\n", 1)[0].decode("latin-1").strip()


def ask_http(probe, left):
    request = (
        f"GET {probe['path']} HTTP/1.1\r\nHost: {probe['host']}\r\n"
        "User-Agent: tsukasa-probe\r\nConnection: close\r\n\r\n"
    )
    with connect(probe, left) as connection:
        connection.sendall(request.encode("latin-1"))
        line = first_line(connection)
    found = re.match(r"HTTP/\d\.\d (\d{3})", line)
    if not found or int(found[1]) not in probe["expect"]:
        return f"answered {line[:120]!r}"
    return None


def ask_greeting(probe, left):
    with connect(probe, left) as connection:
        line = first_line(connection)
    return None if line.startswith(probe["starts"]) else f"greeted {line[:120]!r}"


def ask_status(probe, left):
    done = run(probe["argv"], max(1, left))
    return None if done["status"] == 0 else f"status {done['status']}: {done['output'][:500]}"


ASK = {"http": ask_http, "greeting": ask_greeting, "command": ask_status}


def probe_one(probe):
    """None when it answered as it must, otherwise what it did last."""
    until, pause = time.monotonic() + probe.get("within", 10), 0.02
    while True:
        left = until - time.monotonic()
        try:
            wrong = ASK[probe["kind"]](probe, left)
        except OSError as error:
            wrong = str(error) or type(error).__name__
        if wrong is None:
            return None
        if time.monotonic() + pause > until:
            return wrong
        time.sleep(pause)
        pause = min(0.25, pause * 1.5)


def probe_all(probes):
    """[{"index", "message"}] of those that did not answer."""
    if len(probes) == 1:
        answers = [probe_one(probes[0])]
    else:
        with ThreadPoolExecutor(min(8, max(1, len(probes)))) as pool:
            answers = list(pool.map(probe_one, probes))
    return [{"index": index, "message": wrong} for index, wrong in enumerate(answers) if wrong]
