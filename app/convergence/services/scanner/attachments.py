"""Archives in a message that clamd does not open by itself: RAR, which Debian's ClamAV leaves out.

Mail clients are lenient, and so is this: whatever its header says, the beginning of each part is decoded in all the ways
there are, what isn't base64 between base64 is ignored (RFC 2045, 6.8), and an archive may have something in front of it, as
one that unpacks itself has. Parts are found at the delimiters of the multiparts that are open (RFC 2046, 5.1).
"""

import binascii
import email.parser
import email.policy
import re
import tempfile

SIGNATURE = re.compile(rb"Rar!\x1a\x07(?:\x00|\x01\x00)")
LONGEST_SIGNATURE = 8
# How far into a part an archive may begin; programs that unpack themselves are some 100 kB.
WINDOW = 1 << 20
# More than anybody sends: such a message is refused.
MOST_ARCHIVES, MOST_PARTS, MOST_OPEN = 20, 10_000, 100
# Where an archive ends only the client knows. As long as this is not reached, it has all that follows in it.
MOST_KEPT = 256 << 20
LONGEST_DELIMITER, LONGEST_HEADER = 200, 64 << 10
PARSER = email.parser.BytesHeaderParser(policy=email.policy.compat32)
BLANK_LINE = rb"\n\r?\n"
LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
NO_LETTERS = bytes(set(range(256)) - set(LETTERS))


class Base64:
    """`skipped`: letters in front that belong to something else."""

    def __init__(self, skipped):
        self.skipped, self.code = skipped, b""

    def decode(self, data):
        data = data.translate(None, NO_LETTERS)
        skipped, self.skipped = self.skipped, max(0, self.skipped - len(data))
        *ended, self.code = re.split(rb"=+", self.code + data[skipped:])
        whole = len(self.code) // 4 * 4
        now, self.code = self.code[:whole], self.code[whole:]
        return b"".join(map(unpadded, ended)) + binascii.a2b_base64(now)

    def end(self):
        return unpadded(self.code)


def unpadded(code):
    """One letter more than whole groups says nothing."""
    code = code[: len(code) - (len(code) % 4 == 1)]
    return binascii.a2b_base64(code + b"=" * (-len(code) % 4))


class QuotedPrintable:
    def __init__(self):
        self.line = b""

    def decode(self, data):
        """Up to a place where no escape (three characters) and no soft line break can be cut in two."""
        data = self.line + data
        end = data.rfind(b"\n") + 1 or max(0, len(data) - LONGEST_DELIMITER)
        while end and b"=" in data[max(0, end - 2) : end]:
            end -= 1
        self.line = data[end:]
        return binascii.a2b_qp(data[:end])

    def end(self):
        return binascii.a2b_qp(self.line)


class AsItIs:
    def decode(self, data):
        return data

    def end(self):
        return b""


def decoders():
    return [*map(Base64, range(4)), QuotedPrintable(), AsItIs()]


class Reading:
    """A part decoded in one way, and from the signature of an archive on written to a file."""

    def __init__(self, decoder, open_file):
        self.decoder, self.open_file = decoder, open_file
        self.seen, self.last, self.file = 0, b"", None

    def feed(self, data):
        self.take(self.decoder.decode(data))

    def end(self):
        self.take(self.decoder.end())

    def take(self, data):
        self.seen += len(data)
        if self.file:
            self.file.write(data)
            return
        data = self.last + data
        if found := SIGNATURE.search(data):
            self.file = self.open_file()
            self.file.write(data[found.start() :])
        self.last = data[1 - LONGEST_SIGNATURE :]

    @property
    def is_over(self):
        return not self.file and self.seen > WINDOW


class Attachments:
    """`files`: the archives of a message, on disk until it is closed; nothing else of it is kept."""

    def __init__(self):
        self.files, self.are_too_many, self.parts = [], False, 0
        # Names of the delimiters of the multiparts that are open, the innermost last; a header may have several.
        self.open, self.header, self.rest, self.readings = [], b"", b"", []
        self.look_for_delimiters()

    def feed(self, data):
        """The message as it comes, its header first."""
        if self.are_too_many:
            return
        data, at = self.rest + data, 0
        while not self.are_too_many and (found := (self.delimiter if self.header is None else self.end_of_header).search(data, at)):
            # The line break may be the one in front of the next delimiter.
            end = found.end() - (found.lastgroup is None)
            self.pass_on(data[at:end])
            at = end
            if found.lastgroup is None:
                self.begin_part()
            else:
                self.pass_delimiter(found)
        keep = max(at, len(data) - LONGEST_DELIMITER)
        self.pass_on(data[at:keep])
        self.rest = data[keep:]

    def pass_on(self, data):
        if self.header is not None:
            self.header += data[: max(0, LONGEST_HEADER - len(self.header))]
        for reading in self.readings:
            reading.feed(data)
        self.readings = [reading for reading in self.readings if not reading.is_over]

    def begin_part(self):
        names, is_message = what_follows(self.header)
        self.parts += 1
        self.are_too_many |= self.parts > MOST_PARTS or len(self.open) > MOST_OPEN
        if names:
            self.open.append(names)
            self.look_for_delimiters()
        self.header = b"" if is_message else None
        self.readings += [Reading(decoder, self.open_file) for decoder in decoders()]

    def pass_delimiter(self, found):
        """What was open inside of the multipart whose delimiter this is has ended, whether it said so or not."""
        is_last = found["last"] is not None
        own = max(index for index, names in enumerate(self.open) if found["name"] in names)
        if len(self.open) > own + 1 - is_last:
            del self.open[own + 1 - is_last :]
            self.look_for_delimiters()
        self.header = None if is_last else b""
        kept = sum(reading.seen for reading in self.readings if reading.file)
        self.readings = [reading for reading in self.readings if reading.file and kept < MOST_KEPT]

    def look_for_delimiters(self):
        names = sorted({name for names in self.open for name in names}, key=len, reverse=True)
        some = b"|".join(map(re.escape, names)) if names else rb"(?!)"
        delimiter = rb"\n--(?P<name>%s)(?P<last>--)?(?=[ \t\r\n])" % some
        self.delimiter, self.end_of_header = re.compile(delimiter), re.compile(BLANK_LINE + b"|" + delimiter)

    def end(self):
        self.pass_on(self.rest)
        self.rest = b""
        for reading in self.readings:
            reading.end()

    def open_file(self):
        file = tempfile.TemporaryFile()
        self.files.append(file)
        self.are_too_many |= len(self.files) > MOST_ARCHIVES
        return file

    def close(self):
        for file in self.files:
            file.close()


def what_follows(header):
    """Names of delimiters, all that a client may take for one; and whether a message with its own header does."""
    try:
        header = PARSER.parsebytes(header.lstrip(b"\r\n"))
        types = " ".join(str(value) for value in header.get_all("content-type", []))
        found = re.findall(r'boundary\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))', types, re.IGNORECASE)
        names = {quoted or plain for quoted, plain in found} | {header.get_boundary()}
        is_message = header.get_content_maintype() == "message"
    except Exception:  # Lines that strangers made: the parser raises about everything.
        return set(), False
    longest = LONGEST_DELIMITER - 10
    return {name.rstrip().encode("utf-8", "surrogateescape") for name in names if name and len(name) < longest}, is_message
