"""What pages ask about databases (WEB-04)."""

MOST_DATABASES = 20


@question
def database_sizes(given, until):
    """Bytes on the disk by database (None: somebody dropped it), and whether the domain may grow. Files are counted: MariaDB isn't asked, so nothing waits for it."""
    names = given["databases"]
    if len(names) > MOST_DATABASES:
        raise Refused("E_TOO_MANY", "too many databases in one question")
    over = over_limit()
    return {
        "sizes": {name: bytes_below(f"{DATABASES}/{literal(name, DATABASE_NAME)[1:-1]}") for name in names},
        "over": any(name.split("_", 1)[0] in over for name in names),
    }


def bytes_below(path):
    try:
        return sum(entry.stat(follow_symlinks=False).st_blocks * 512 for entry in os.scandir(real(path)))
    except FileNotFoundError:
        return None
