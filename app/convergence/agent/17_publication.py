"""Chosen files of staging become public (WEB-02): each copied aside first, and then exchanged with what it replaces.

What was there before lies where the copy lay, so taking it back is the same exchange again. Names are bytes: a file's
name need not be text. Everything below html and html.stage is done as the domain's account, from open directories.
"""

import base64

MOST_CHOSEN = 500
MOST_SHOWN = 500


def bytes_of(name):
    return base64.urlsafe_b64decode(name + "=" * (-len(name) % 4))


def plain_name(path):
    return base64.urlsafe_b64encode(path).decode().rstrip("=")


def parts_of(path):
    parts = path.split(b"/")
    if len(parts) > DEEPEST or any(part in (b"", b".", b"..") or b"\0" in part or len(part) > 255 for part in parts):
        raise Refused("E_GONE", "not a path below the directory")
    return parts


def chosen_paths(names):
    """Without those that lie in others that are chosen as well."""
    if not names or len(names) > MOST_CHOSEN:
        raise Refused("E_GONE", "nothing chosen, or too much")
    paths = sorted({b"/".join(parts_of(bytes_of(name))) for name in names})
    kept = []
    for path in paths:
        if not kept or not path.startswith(kept[-1] + b"/"):
            kept.append(path)
    return kept


class Below:
    """A directory of the customer's, and what is found in it step by step without following links."""

    def __init__(self, handle):
        self.handle = handle

    @contextlib.contextmanager
    def parent(self, path, like=None):
        """(handle, last name) of a path; with `like`, another tree, missing directories are made as they are there."""
        *above, name = parts_of(path)
        handle, twin = os.dup(self.handle), like and os.dup(like.handle)
        try:
            for part in above:
                handle, twin = self.step(handle, part, twin)
            yield handle, name
        finally:
            os.close(handle)
            if twin is not None:
                os.close(twin)

    def step(self, handle, part, twin):
        below = twin
        if twin is not None:
            with contextlib.suppress(FileExistsError):
                mode = stat.S_IMODE(os.stat(part, dir_fd=twin, follow_symlinks=False).st_mode)
                os.mkdir(part, mode | 0o700, dir_fd=handle)
            below = os.open(part, DIRECTORY, dir_fd=twin)
            os.close(twin)
        try:
            inner = os.open(part, DIRECTORY, dir_fd=handle)
        except OSError as error:
            if below is not None:
                os.close(below)
            if error.errno in (errno.ENOTDIR, errno.ELOOP):
                raise Refused("E_GONE", "a part of the way is no directory")
            raise
        os.close(handle)
        return inner, below

    def status(self, path):
        try:
            with self.parent(path) as (handle, name):
                return os.stat(name, dir_fd=handle, follow_symlinks=False)
        except FileNotFoundError:
            return None


class Publication:
    """What is published, how far it is, and the way back; `plan.json` at its place outlives a kill."""

    def __init__(self, site, place):
        self.site, self.path = site, place_of(site, place)
        self.plan_path = real(f"{self.path}/plan.json")
        self.handles = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for handle in self.handles:
            os.close(handle)

    def open(self, path):
        self.handles.append(self.site.handle(path))
        return self.handles[-1]

    def read(self):
        try:
            with open(self.plan_path, encoding="utf-8") as file:
                return json.load(file)
        except FileNotFoundError:
            return None

    def enter(self):
        self.public = Below(self.open(f"{self.site.root}/html"))
        self.staged = Below(self.open(f"{self.site.root}/html.stage"))
        self.kept = self.open(f"{self.path}/kept")

    def prepare(self, names, room, beat):
        """Copies of everything chosen, and the plan; nothing public has changed after it."""
        paths = chosen_paths(names)
        make_place(self.site, self.path.rsplit("/", 1)[1])
        os.close(make_own(self.site, f"{self.path}/kept"))
        self.enter()
        self.refuse_without_room(paths, room, beat)
        copier = Copier(beat, self.kept)
        with self.site.acting():
            entries = [self.stage(copier, number, path) for number, path in enumerate(paths)]
        figures = {"files": copier.files, "bytes": copier.bytes, "skipped": copier.skipped}
        libc.syncfs(self.kept)
        self.write({"entries": entries, "figures": figures})

    def refuse_without_room(self, paths, room, beat):
        look = Look(time.monotonic() + 60)
        with self.site.acting():
            for path in paths:
                with contextlib.suppress(FileNotFoundError), self.staged.parent(path) as (handle, name):
                    look.take(handle, b"", name, None, 0)
        beat.total = look.files + look.directories
        needed = look.files * FILE_COSTS + (0 if shares_blocks(self.kept) else look.bytes)
        if room is not None and needed > room:
            raise Refused("E_NO_ROOM", f"{needed} bytes are needed, {room} are left")

    def stage(self, copier, number, path):
        """What is chosen and only public is taken away from there."""
        there, new = self.public.status(path), str(number).encode()
        skipped = copier.skipped
        try:
            with self.staged.parent(path) as (handle, name):
                os.stat(name, dir_fd=handle, follow_symlinks=False)
                copier.one(handle, name, self.kept, new, b"", 0)
        except FileNotFoundError:
            if there is None:
                raise Refused("E_GONE", "neither on staging nor public")
        made = self.inode(new)
        if made is None and copier.skipped != skipped:
            raise Refused("E_GONE", "can not be read")
        return {"path": plain_name(path), "made": made, "was": there and there.st_ino}

    def inode(self, name):
        try:
            return os.stat(name, dir_fd=self.kept, follow_symlinks=False).st_ino
        except FileNotFoundError:
            return None

    def write(self, plan):
        part = self.plan_path + ".part"
        with open(part, "w", encoding="utf-8") as file:
            json.dump(plan, file)
            file.flush()
            os.fsync(file.fileno())
        os.rename(part, self.plan_path)
        sync_directories(self.site.tree, [self.path])

    def move(self, number, entry, wanted):
        """Makes `wanted` public: an inode, or None for nothing. What is there instead goes to where that lay."""
        path, kept = bytes_of(entry["path"]), str(number).encode()
        there = self.public.status(path)
        if (there and there.st_ino) == wanted:
            return
        if wanted is not None and self.inode(kept) != wanted:
            raise Refused("E_GONE", "what was kept is not there any more")
        with self.public.parent(path, self.staged if there is None else None) as (handle, name):
            if there is None:
                rename_how(RENAME_NOREPLACE, self.kept, kept, handle, name)
            elif wanted is None:
                rename_how(RENAME_NOREPLACE, handle, name, self.kept, kept)
            else:
                rename_how(RENAME_EXCHANGE, handle, name, self.kept, kept)

    def carry_out(self, entries, wanted):
        """All of it, or back again. Each entry is atomic; a try that was killed is gone on with by the next."""
        with self.site.acting():
            try:
                for number, entry in enumerate(entries):
                    self.move(number, entry, entry[wanted])
            except OSError as error:
                self.take_back(entries, "was" if wanted == "made" else "made")
                raise Refused("E_GONE", f"can not be replaced: {error.strerror}")
            except Refused:
                self.take_back(entries, "was" if wanted == "made" else "made")
                raise
        for handle in (self.public.handle, self.kept):
            os.fsync(handle)

    def take_back(self, entries, wanted):
        for number, entry in enumerate(entries):
            with contextlib.suppress(OSError, Refused):
                self.move(number, entry, entry[wanted])


def refresh_php(account):
    done = run(["/usr/bin/python3", "-I", "-S", real("/etc/tsukasa/staging/refresh.py"), account])
    if done["status"]:
        raise Refused("E_REFRESH", done["output"])


def stage_publish(site, request, beat):
    with Publication(site, request["into"]) as publication:
        if publication.read() is None:
            try:
                publication.prepare(request["chosen"], request.get("room"), beat)
            except BaseException:
                clear_place(site, request["into"])
                raise
        else:
            publication.enter()
        plan = publication.read()
        publication.carry_out(plan["entries"], "made")
    refresh_php(request["account"])
    return plan["figures"]


def stage_withdraw(site, request, beat):
    with Publication(site, request["from"]) as publication:
        plan = publication.read()
        if plan is None:
            raise Refused("E_GONE", "nothing is kept of it")
        publication.enter()
        publication.carry_out(plan["entries"], "was")
    refresh_php(request["account"])
    return {}


STAGE |= {"publish": stage_publish, "withdraw": stage_withdraw}


class Comparison:
    """What differs between staging and public, as far as the time goes and a page can show."""

    # Of the same size and another time, these are read.
    SMALL = 1 << 20

    def __init__(self, until):
        self.until, self.complete, self.found = until, True, []

    def walk(self, staged, public, path=b"", depth=0):
        """Where there is no such public directory all of it is new."""
        left, right = self.listed(staged), {} if public is None else self.listed(public)
        # Half a list would make names out to be gone.
        if not self.complete:
            return
        for name in sorted({*left, *right}):
            if time.monotonic() > self.until or len(self.found) >= MOST_SHOWN or depth > DEEPEST:
                self.complete = False
                return
            with contextlib.suppress(OSError):
                self.one(staged, public, path, name, left.get(name), right.get(name), depth)

    # Of one directory; more than that no page can show, and a few millions fill the memory.
    MOST_LISTED = 200_000

    def listed(self, handle):
        found = {}
        with os.scandir(handle) as entries:
            for entry in entries:
                if len(found) == self.MOST_LISTED or len(found) % 256 == 0 and time.monotonic() > self.until:
                    self.complete = False
                    break
                with contextlib.suppress(OSError):
                    found[os.fsencode(entry.name)] = entry.stat(follow_symlinks=False)
        return found

    def one(self, staged, public, path, name, left, right, depth):
        if left is None or right is None:
            return self.tell(path + name, left or right, "new" if right is None else "gone")
        if stat.S_IFMT(left.st_mode) != stat.S_IFMT(right.st_mode):
            return self.tell(path + name, left, "changed")
        if stat.S_ISDIR(left.st_mode):
            below = os.open(name, DIRECTORY, dir_fd=staged)
            try:
                other = os.open(name, DIRECTORY, dir_fd=public)
                try:
                    return self.walk(below, other, path + name + b"/", depth + 1)
                finally:
                    os.close(other)
            finally:
                os.close(below)
        if self.differs(staged, public, name, left, right):
            self.tell(path + name, left, "changed")

    def differs(self, staged, public, name, left, right):
        if stat.S_ISLNK(left.st_mode):
            return os.readlink(name, dir_fd=staged) != os.readlink(name, dir_fd=public)
        if left.st_size != right.st_size:
            return True
        if left.st_mtime_ns == right.st_mtime_ns:
            return False
        return left.st_size > self.SMALL or self.content(staged, name) != self.content(public, name)

    def content(self, over, name):
        handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=over)
        try:
            return os.read(handle, self.SMALL + 1) if stat.S_ISREG(os.fstat(handle).st_mode) else b""
        finally:
            os.close(handle)

    def tell(self, path, status, state):
        self.found.append(
            {
                "path": plain_name(path),
                "name": shown_name(path),
                "state": state,
                "directory": stat.S_ISDIR(status.st_mode),
                "bytes": status.st_size,
                "at": max(0, int(status.st_mtime)),
            }
        )


def directory_below(top, path):
    """A handle, reached as the domain's account without following links."""
    with Below(top).parent(path) as (handle, name):
        try:
            return os.open(name, DIRECTORY, dir_fd=handle)
        except OSError as error:
            if error.errno in (errno.ENOTDIR, errno.ELOOP):
                raise Refused("E_GONE", "no directory")
            raise


def public_twin(top, path):
    """None where staging alone has it."""
    try:
        return directory_below(top, path)
    except (FileNotFoundError, Refused):
        return None


@question
def staging_differences(given, until):
    """What differs below a directory of both sides; `below`: only in that directory of theirs."""
    with Site(given["domain"]) as site, contextlib.ExitStack() as open_ones:
        staged, public = (site.handle(f"{site.root}/{name}") for name in ("html.stage", "html"))
        for handle in (staged, public):
            open_ones.callback(os.close, handle)
        path, comparison = b"", Comparison(until - 0.3)
        with site.acting():
            if given.get("below"):
                path = bytes_of(given["below"]) + b"/"
                try:
                    staged = directory_below(staged, path[:-1])
                except FileNotFoundError:
                    raise Refused("E_GONE", "no directory")
                open_ones.callback(os.close, staged)
                public = public_twin(public, path[:-1])
                if public is not None:
                    open_ones.callback(os.close, public)
            comparison.walk(staged, public, path)
        return {"differences": comparison.found, "complete": comparison.complete}
