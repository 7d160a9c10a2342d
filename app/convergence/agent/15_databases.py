"""Databases and their users (WEB-04) as MariaDB has them: asked and changed through its own client, as root over the socket."""

DATABASES = "/var/lib/mysql"
OVER_LIMIT = "/var/lib/tsukasa/mariadb/over"
DATABASE_KINDS = ("database", "database_user")
# The shape of everything that is a customer's; nothing else is ever asked for, changed or dropped.
DATABASE_NAME = re.compile(r"d[1-9][0-9]{0,9}_[a-z0-9_]{1,40}")
ACCOUNT_NAME = re.compile(DATABASE_NAME.pattern + r"(?:\.owner)?")
PLUGINS = ("mysql_native_password", "unix_socket")
RIGHTS = (
    "SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "GRANT OPTION", "REFERENCES", "INDEX", "ALTER",
    "CREATE TEMPORARY TABLES", "LOCK TABLES", "CREATE VIEW", "SHOW VIEW", "CREATE ROUTINE", "ALTER ROUTINE", "EXECUTE",
    "EVENT", "TRIGGER", "DELETE HISTORY", "SHOW CREATE ROUTINE",
)  # fmt: skip
# What is left to a domain over its limit: to look, to take away, and to export, which TRIGGER and the like are for. Procedures run
# with the rights of somebody of the same domain, so they are no way around it.
SHRINKING = {"SELECT", "DELETE", "DROP", "LOCK TABLES", "SHOW VIEW", "SHOW CREATE ROUTINE", "EXECUTE", "TRIGGER"}


def column_of(right):
    name = "Create_tmp_table" if right == "CREATE TEMPORARY TABLES" else right.removesuffix(" OPTION").replace(" ", "_").capitalize()
    return f"{name}_priv"


def literal(text, shape):
    """Within quotes; whatever could end them is no name."""
    if not isinstance(text, str) or not shape.fullmatch(text):
        raise Refused("E_NAME", f"not a name of a customer's: {text!r}"[:200])
    return f"'{text}'"


def pattern_of(database):
    """Rights are given on patterns, in which `_` would be any character."""
    return database.replace("_", "\\_")


def sql(text, timeout=60):
    """Rows of what statements answer. They come by standard input, so no process list shows a hash."""
    status, output, error = speak(text, timeout)
    if status and "(2002)" in error and systemctl("start", ["mariadb.service"]) is None:
        status, output, error = speak(text, timeout)
    if status:
        # The client repeats the statement, hash and all; MariaDB's own words begin with ERROR.
        said = "; ".join(line for line in error.splitlines() if line.startswith("ERROR"))
        code = "ENOSPC" if "No space left" in said or "Errcode: 28" in said or "Errcode: 122" in said else "E_DATABASE"
        raise Refused(code, said[:500] or f"mariadb: status {status}")
    return [line.split("\t") for line in output.splitlines()]


def speak(text, timeout):
    argv = [SETTINGS.get("mariadb", "mariadb"), "--no-defaults", "--batch", "--raw", "--skip-column-names", "--user=root"]
    try:
        done = subprocess.run(
            [*argv, "--default-character-set=utf8mb4"],
            input=text.encode(),
            capture_output=True,
            timeout=timeout,
            env=ENVIRONMENT,
            cwd="/",
        )
    except subprocess.TimeoutExpired:
        return 124, "", "ERROR MariaDB does not answer"
    except OSError as error:
        return 127, "", f"ERROR mariadb: {error.strerror}"
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


@functools.cache
def known_rights():
    """Column by right; those that an older MariaDB does not have are nobody's there."""
    rows = sql("SELECT column_name FROM information_schema.columns WHERE table_schema = 'mysql' AND table_name = 'db';")
    columns = {column for (column,) in rows}
    return {right: column_of(right) for right in RIGHTS if column_of(right) in columns}


def database_states(databases, users):
    """(character set and collation by database, state by user) of those that are there. One call for all."""
    names = ", ".join(literal(name, DATABASE_NAME) for name in databases) or "''"
    accounts = ", ".join(literal(name, ACCOUNT_NAME) for name in users) or "''"
    rights = ", ".join(f"IF({column} = 'Y', '{right}', NULL)" for right, column in known_rights().items())
    rows = sql(
        "SELECT 'd', schema_name, default_character_set_name, default_collation_name"
        f" FROM information_schema.schemata WHERE schema_name IN ({names});"
        f"SELECT 'u', user, priv FROM mysql.global_priv WHERE host = 'localhost' AND user IN ({accounts});"
        f"SELECT 'r', user, db, CONCAT_WS(',', {rights}) FROM mysql.db WHERE host = 'localhost' AND user IN ({accounts}) ORDER BY db;"
    )
    found = {row[1]: [row[2], row[3]] for row in rows if row[0] == "d"}
    states = {row[1]: user_state(json.loads(row[2])) for row in rows if row[0] == "u"}
    for row in rows:
        if row[0] == "r":
            states[row[1]]["rights"].append([row[2].replace("\\_", "_"), sorted(row[3].split(","))])
    return found, states


def user_state(privilege):
    """One shape for what MariaDB keeps in two: one way to sign in, or several."""
    first = [privilege.get("plugin", ""), privilege.get("authentication_string", "")]
    ways = privilege.get("auth_or") or [{}]
    return {
        "auth": [[way["plugin"], way.get("authentication_string", "")] if way else first for way in ways],
        "locked": privilege.get("account_locked", False),
        "connections": privilege.get("max_user_connections", 0),
        "everywhere": privilege.get("access", 0),
        "rights": [],
    }


def over_limit():
    """Accounts of the domains whose databases may not grow at the moment; found out on the server (services/mariadb)."""
    try:
        with open(SETTINGS["root"] + OVER_LIMIT, encoding="utf-8") as file:
            return set(file.read().split())
    except FileNotFoundError:
        return set()


def rights_now(name, rights, over):
    """What of the wanted rights a user has at the moment."""
    known = set(known_rights())
    allowed = known & SHRINKING if name.split("_", 1)[0] in over else known
    return [[database, sorted(set(wanted) & allowed)] for database, wanted in sorted(rights)]


def observe_databases(wanted):
    """`wanted`: index → ("database", name, charset, collation) or ("database_user", name, auth, locked, connections, rights)."""
    if not wanted:
        return {}
    databases, users = database_states(
        [one[1] for one in wanted.values() if one[0] == "database"],
        [one[1] for one in wanted.values() if one[0] == "database_user"],
    )
    over, different = over_limit(), {}
    for index, (kind, name, *rest) in wanted.items():
        if kind == "database":
            state = databases.get(name)
            if state != rest:
                different[index] = {"is": state and {"type": kind, "digest": state_digest(state), "text": " ".join(state)}}
        elif users.get(name) != (state := user_wanted(name, rest, over)):
            different[index] = {"is": shown_user(users.get(name), state)}
    return different


def user_wanted(name, wanted, over):
    auth, locked, connections, rights = wanted
    rights = rights_now(name, rights, over)
    return {"auth": auth, "locked": locked, "connections": connections, "everywhere": 0, "rights": rights}


def shown_user(state, wanted):
    if state is None:
        return None
    names = [key for key in state if state[key] != wanted[key]]
    digest = state_digest([state["auth"], state["locked"], state["connections"], state["rights"]])
    return {"type": "database_user", "digest": digest, "text": f"differs in {', '.join(names)}"}


def state_digest(state):
    return hashlib.sha256(json.dumps(state, separators=(",", ":")).encode()).hexdigest()


def before_database(operation, states):
    """For the journal. `states` answers for all operations of the apply at once."""
    databases, users = states()
    found = databases if operation["kind"] == "database" else users
    return {"kind": operation["kind"], "name": operation["name"], "was": found.get(operation["name"])}


def states_of(operations):
    names = {kind: [one["name"] for one in operations if one["kind"] == kind] for kind in DATABASE_KINDS}
    return functools.cache(lambda: database_states(names["database"], names["database_user"]))


def change_database(operation):
    name = operation["name"]
    if operation["kind"] == "database":
        return put_database(name, operation["charset"], operation["collation"])
    if operation["do"] == "remove":
        return drop_user(name)
    wanted = [operation[key] for key in ("auth", "locked", "connections", "rights")]
    put_user(name, user_wanted(name, wanted, over_limit()))


WORD = re.compile(r"[a-z0-9_]+")


def put_database(name, charset, collation):
    options = f"CHARACTER SET {literal(charset, WORD)} COLLATE {literal(collation, WORD)}"
    literal(name, DATABASE_NAME)
    sql(f"CREATE DATABASE IF NOT EXISTS `{name}` {options}; ALTER DATABASE `{name}` {options};")


HASH = re.compile(r"\*[0-9A-F]{40}|d[1-9][0-9]{0,9}|invalid|")


def put_user(name, wanted):
    """Only what differs is changed: rights that stay are there all the time."""
    _, users = database_states([], [name])
    had = users.get(name) or {"auth": [], "locked": False, "connections": 0, "everywhere": 0, "rights": []}
    who = f"{literal(name, ACCOUNT_NAME)}@'localhost'"
    ways = [f"{literal(plugin, WORD).strip(chr(39))} USING {literal(text, HASH)}" for plugin, text in wanted["auth"]]
    lock = "LOCK" if wanted["locked"] else "UNLOCK"
    options = f"IDENTIFIED VIA {' OR '.join(ways)} WITH MAX_USER_CONNECTIONS {int(wanted['connections'])} ACCOUNT {lock}"
    lines = [f"CREATE USER IF NOT EXISTS {who} {options}", f"ALTER USER {who} {options}"]
    if had["everywhere"]:
        # Somebody gave him rights on everything; what is his own comes back below.
        lines.append(f"REVOKE ALL PRIVILEGES, GRANT OPTION FROM {who}")
        had = had | {"rights": []}
    lines += right_changes(who, dict(had["rights"]), dict(wanted["rights"]))
    if users.get(name) and is_less(had, wanted):
        # Those who are signed in would keep what they had.
        lines.append(f"KILL HARD CONNECTION USER {who}")
    sql("".join(f"{line};\n" for line in lines))


def is_less(had, wanted):
    """Whether somebody who is signed in may do something that he may not any more."""
    now = dict(wanted["rights"])
    lost = any(set(rights) - set(now.get(database, [])) for database, rights in had["rights"])
    return lost or had["auth"] != wanted["auth"] or wanted["locked"] or bool(had["everywhere"])


def right_changes(who, had, wanted):
    lines = []
    for database in sorted(had.keys() | wanted.keys()):
        have, want = set(had.get(database, [])), set(wanted.get(database, []))
        if not all(right in RIGHTS for right in want):
            raise Refused("E_NAME", "not a right")
        on = f"`{pattern_of(literal(database, DATABASE_NAME).strip(chr(39)))}`.*"
        if want - have:
            lines.append(f"GRANT {', '.join(sorted(want - have))} ON {on} TO {who}")
        if have - want:
            lines.append(f"REVOKE {', '.join(sorted(have - want))} ON {on} FROM {who}")
    return lines


def drop_user(name):
    who = f"{literal(name, ACCOUNT_NAME)}@'localhost'"
    sql(f"DROP USER IF EXISTS {who};\nKILL HARD CONNECTION USER {who};")


def undo_database(note):
    """A database that was made now goes again when nothing is in it; what was there gets back what it was."""
    name, was = note["name"], note["was"]
    if note["kind"] == "database_user":
        return drop_user(name) if was is None else put_user(name, was)
    if was is not None:
        return put_database(name, *was)
    tables = sql(f"SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = {literal(name, DATABASE_NAME)};")
    if tables == [["0"]]:
        sql(f"DROP DATABASE IF EXISTS `{name}`;")


def drop_databases(names, tell):
    """For good, after a commit: a person confirmed it."""
    for name in names:
        literal(name, DATABASE_NAME)
        tell({"phase": "prune"})
        sql(f"DROP DATABASE IF EXISTS `{name}`;", 240)
