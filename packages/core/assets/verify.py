#!/usr/bin/env python3
"""Verifies a CAUM bundle or local run with the Python standard library alone.

    python3 verify.py BUNDLE --key VKEY [--key VKEY ...] [--require-closed] [--require-complete]
                      [--expect-size N] [--expect-root HEX] [--session ID] [--origin TEXT] [--json]

BUNDLE is a folder, or a .tar, .tar.gz or .zip of it or of its files; by default the folder that
holds this file. Nothing is written or fetched. Keys come from --key only: a key or a program found inside a bundle
proves nothing, so compare this file with the published one before you rely on it.

It is written from docs/protocol.md, independently of the program it has to agree with.
Exit codes: 0 ok, 1 tampered, 2 usage, 3 malformed, 4 incomplete, 5 forked, 6 untrusted,
10 not closed (with --require-closed), 11 redacted (with --require-complete), 12 records after the
last signature, which anybody could have added.
"""

import argparse
import base64
import copy
import hashlib
import io
import json
import os
import re
import stat
import struct
import sys
import time as clock
import zlib

MAX_LINE = 16384
MAX_NOTE, MAX_PROOF, MAX_RECEIPT, MAX_EXTENSION = 131072, 147456, 196608, 65536
MAX_UNPACKED = 268435456
CLOCK_SKEW = 600
MAX_NOTES, MAX_RECEIPTS, MAX_LOG_PROOFS = 1024, 4096, 1024
MAX_RUNS, MAX_ENTRIES = 65536, 100000
MAX_FINDINGS, MAX_SIGNATURES, MAX_HASHES, MAX_DEPTH = 100, 100, 64, 64
MAX_INTEGER = 2**53 - 1
ZEROS = "0" * 64
EMPTY_ROOT = hashlib.sha256(b"").hexdigest()

VERDICTS = ["malformed", "untrusted", "tampered", "forked", "incomplete", "ok-redacted", "ok-open",
            "ok"]
EXIT_CODE = {
    "malformed": 3, "untrusted": 6, "tampered": 1, "forked": 5, "incomplete": 4,
    "ok-redacted": 0, "ok-open": 0, "ok": 0,
}
KINDS = {
    "malformed": "not_a_bundle malformed_record line_too_long duplicate malformed_tombstone "
                 "malformed_note malformed_receipt malformed_fork malformed_log_proof too_many_runs",
    "untrusted": "no_note retired_key",
    "tampered": "altered reordered spliced root_mismatch wrong_origin wrong_session "
                "bad_signature bad_receipt not_in_log",
    "forked": "checkpoint_fork log_fork fork",
    "incomplete": "gap hole missing_records torn_line",
    "ok-open": "unsigned_tail",
}
VERDICT_OF = {kind: verdict for verdict, kinds in KINDS.items() for kind in kinds.split()}


class Refused(Exception):
    """Something that is not what it should be; `forged` when a signature does not fit."""

    def __init__(self, why, forged=False):
        super().__init__(why)
        self.forged = forged


# Hashes and proofs (RFC 6962) -----------------------------------------------------------------

def sha256(data):
    return hashlib.sha256(data).hexdigest()


def hash_leaf(line):
    return sha256(b"\x00" + line)


def hash_children(left, right):
    return sha256(b"\x01" + bytes.fromhex(left) + bytes.fromhex(right))


class Tree:
    """The roots of the perfect subtrees of a growing tree, largest first."""

    def __init__(self):
        self.size, self.hashes = 0, []

    def append(self, leaf):
        rest = self.size
        while rest % 2:
            leaf, rest = hash_children(self.hashes.pop(), leaf), rest // 2
        self.hashes.append(leaf)
        self.size += 1

    def root(self):
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = hash_children(left, root)
        return root


def verify_inclusion(index, size, leaf, proof, root):
    """Walks the path from the root down, which is another way than the one of RFC 9162."""
    if index >= size:
        return False
    sides, first, count = [], 0, size
    while count > 1:
        left = 1 << ((count - 1).bit_length() - 1)
        if index < first + left:
            sides.append("right")
            count = left
        else:
            sides.append("left")
            first, count = first + left, count - left
    if len(sides) != len(proof):
        return False
    for side, sibling in zip(reversed(sides), proof):
        leaf = hash_children(leaf, sibling) if side == "right" else hash_children(sibling, leaf)
    return leaf == root


# Ed25519 (RFC 8032) ---------------------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)
ORDER_8_Y = 2707385501144840649318225287225658788936804267575313519463743609750303402022
SMALL_ORDER_Y = {0, 1, P - 1, ORDER_8_Y, P - ORDER_8_Y}


def point(encoded):
    """The point of 32 bytes in extended coordinates; None when there is none."""
    number = int.from_bytes(encoded, "little")
    y, sign = number % 2**255, number >> 255
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_1 % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x % 2 != sign:
        x = P - x
    return x, y, 1, x * y % P


def add(a, b):
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    e, g, h, f = f - e, h - g, h + g, f + e
    return e * g % P, h * f % P, g * h % P, e * f % P


def multiply(scalar, base):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, base)
        base, scalar = add(base, base), scalar >> 1
    return result


def encode(a):
    inverse = pow(a[2], P - 2, P)
    x, y = a[0] * inverse % P, a[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def verify_ed25519(public_key, message, signature):
    if len(signature) != 64:
        return False
    key, scalar = point(public_key), int.from_bytes(signature[32:], "little")
    if key is None or scalar >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public_key + message).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    minus_key = (P - key[0], key[1], key[2], P - key[3])
    return encode(add(multiply(scalar, BASE), multiply(challenge, minus_key))) == signature[:32]


# Keys, notes, checkpoints, proofs (C2SP) ------------------------------------------------------

SPACE = "\t\n\x0b\x0c\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
UNFIT_NAME = re.compile("[" + SPACE + "+\x00-\x1f\x7f-\x9f\ud800-\udfff]")
UNFIT_NOTE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
DECIMAL = re.compile(r"0|[1-9][0-9]{0,15}")


def strict_base64(text):
    if not re.fullmatch(r"[A-Za-z0-9+/]*={0,2}", text):
        return None
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return data if base64.b64encode(data).decode() == text else None


def is_key_name(name):
    return name != "" and not UNFIT_NAME.search(name)


class Key:
    def __init__(self, text):
        name, key_id, encoded = (text.split("+", 2) + ["", ""])[:3]
        typed = strict_base64(encoded)
        if not is_key_name(name) or not re.fullmatch(r"[0-9a-f]{8}", key_id) \
                or not typed:
            raise Refused("not a verifier key: expected <name>+<key id>+<base64>")
        if typed[0] not in (1, 4, 6):
            raise Refused("the key is of an unknown type: only Ed25519 and ML-DSA-44 are known")
        if len(typed) != (1313 if typed[0] == 6 else 33):
            raise Refused("not a verifier key: it has the wrong length")
        if sha256(name.encode() + b"\n" + typed)[:8] != key_id:
            raise Refused("the key id does not belong to this name and key")
        # ML-DSA is not in the standard library: such keys are named, and ignored.
        self.checkable = typed[0] != 6
        y = int.from_bytes(typed[1:], "little") % 2**255
        if self.checkable and y >= P:
            raise Refused("the key is not in its canonical form")
        if self.checkable and y in SMALL_ORDER_Y:
            raise Refused("the key has a small order: anyone can sign under it")
        self.text, self.name, self.id = text, name, key_id
        self.timed, self.public_key = typed[0] == 4, typed[1:]


    def of_log(self, origin):
        """This key by the name of the log that its owner keeps."""
        own = copy.copy(self)
        own.name = origin
        own.id = sha256(origin.encode() + b"\n\x01" + self.public_key)[:8]
        return own


class Note:
    def __init__(self, data):
        try:
            whole = data.decode("utf-8") if len(data) <= MAX_NOTE else ""
        except UnicodeDecodeError:
            whole = ""
        split = whole.rfind("\n\n")
        if split <= 0 or not whole.endswith("\n") or UNFIT_NOTE.search(whole):
            raise Refused("not a signed note")
        self.text, lines = whole[:split + 1], whole[split + 2:-1].split("\n")
        if len(lines) > MAX_SIGNATURES:
            raise Refused("not a signed note: it has more than 100 signatures")
        self.signatures = [self.signature(line) for line in lines]

    @staticmethod
    def signature(line):
        parts = line[2:].split(" ")
        data = strict_base64(parts[1]) if len(parts) == 2 else None
        if not line.startswith("\u2014 ") or not is_key_name(parts[0]) \
                or data is None or len(data) <= 4:
            raise Refused("not a signed note: a signature line is malformed")
        return parts[0], data[:4].hex(), data[4:]

    def signers(self, keys):
        """The given keys that signed, each with its time or None. One that does not fit is refused."""
        found = {}
        for name, key_id, data in self.signatures:
            key = next((k for k in keys if k.name == name and k.id == key_id), None)
            if key is None or not key.checkable or key in found:
                continue
            text, time = self.text, None
            if key.timed:
                time, data = int.from_bytes(data[:8], "big"), data[8:]
                text = "cosignature/v1\ntime %d\n%s" % (time, text)
                if time > MAX_INTEGER:
                    data = b""
            if not verify_ed25519(key.public_key, text.encode(), data):
                raise Refused("the signature by %s does not fit the note" % name, forged=True)
            found[key] = time
        return found


def parse_size(text):
    if not DECIMAL.fullmatch(text) or int(text) > MAX_INTEGER:
        return None
    return int(text)


def parse_hash(text):
    data = strict_base64(text)
    return data.hex() if data is not None and len(data) == 32 else None


def parse_checkpoint(text):
    lines = text.split("\n")
    if len(lines) < 4 or lines[0] == "" or lines[-1] != "" or "" in lines[3:-1]:
        raise Refused("not a checkpoint")
    size, root = parse_size(lines[1]), parse_hash(lines[2])
    if size is None or root is None:
        raise Refused("not a checkpoint")
    return lines[0], size, root


def parse_origin(origin):
    """(key name, session tag, run or None), or None when the origin is of neither form."""
    run = re.fullmatch(r"([^\n]+)/run/([0-9a-f]{32})/([0-9a-f]{32})", origin)
    if run:
        return run.groups()
    session = re.fullmatch(r"([^\n]+)/[0-9A-HJKMNP-TV-Z]{26}/([0-9a-f]{32})", origin)
    return session.groups() + (None,) if session else None


def log_origin(origin):
    """The log that holds the heads of this session; None for what is none."""
    parsed = parse_origin(origin) if origin else None
    return origin[:origin.rindex("/")] + "/log" if parsed and parsed[2] is None else None


def parse_proof(data):
    try:
        text = data.decode("utf-8") if len(data) <= MAX_PROOF else ""
    except UnicodeDecodeError:
        text = ""
    split = text.find("\n\n")
    lines = text[:split].split("\n") if split != -1 else [""]
    if lines.pop(0) != "c2sp.org/tlog-proof@v1":
        raise Refused("not a proof")
    if lines and lines[0].startswith("extra ") and strict_base64(lines.pop(0)[6:]) is None:
        raise Refused("not a proof: bad extra line")
    index_line = lines.pop(0) if lines else ""
    index = parse_size(index_line[6:]) if index_line.startswith("index ") else None
    hashes = [parse_hash(line) for line in lines]
    if index is None or len(hashes) > MAX_HASHES or None in hashes:
        raise Refused("not a proof")
    return index, hashes, text[split + 2:].encode()


# Records: the schema, and the canonical form (RFC 8785) ---------------------------------------

UNFIT_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def matches(pattern):
    compiled = re.compile(pattern)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None


def text_up_to(length):
    return lambda value: isinstance(value, str) and value != "" \
        and not UNFIT_TEXT.search(value) and len(value.encode("utf-8")) <= length


def identifier(value):
    return isinstance(value, str) and 0 < len(value) <= 255 and not UNFIT_TEXT.search(value)


def one_of(values):
    allowed = values.split()
    return lambda value: isinstance(value, str) and value in allowed


def is_integer(value):
    return type(value) is int and -MAX_INTEGER <= value <= MAX_INTEGER


def is_count(value):
    return is_integer(value) and value >= 0


HASH, RUN = matches(r"[0-9a-f]{64}"), matches(r"[0-9a-f]{32}")
UUID = matches(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TIME = matches(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
               r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z")
LABEL = matches(r"[A-Za-z0-9][A-Za-z0-9_.:/@ -]{0,63}")
IDENTIFIER, TEXT = identifier, text_up_to(2048)
STATUS = one_of("ok error not_found timeout rate_limited denied rejected pending cancelled "
                "unresolved answered unknown")


def fields(required, optional):
    """A table of field name -> (required, check)."""
    table = {name: (True, check) for names, check in required for name in names.split()}
    table.update({name: (False, check) for names, check in optional for name in names.split()})
    return table


def payload(required, optional=()):
    return fields([("seq", is_count)] + required,
                  [("sourcePreviousHash sourceRunId", TEXT)] + list(optional))


ENVELOPE = fields(
    [("schemaVersion", one_of("1.0")), ("eventId", UUID), ("agentId sessionId", IDENTIFIER),
     ("runId", RUN), ("sourceTimestamp", TIME), ("previousHash", HASH),
     ("category", one_of("lifecycle tool_api reasoning identity data_movement approval "
                         "environment")),
     ("payload", lambda value: isinstance(value, dict))],
    [("traceId correlationId parentEventId causationEventId agentVersion initiatorId "
      "sourceFramework actorType actorId", TEXT), ("toolType targetSystem operation", LABEL),
     ("initiatorType", one_of("human agent system"))])

LIFECYCLE = {
    "open": payload(
        [("type", one_of("open")), ("writer writerVersion digestKeyId", TEXT),
         ("layer", one_of("framework hook model mcp door import telemetry")),
         ("view", one_of("full one_server one_client")), ("digestKeyCommitment", HASH)],
        [("writerKey taskTag cohort", TEXT), ("agentName team workflow", IDENTIFIER),
         ("baselineCostNanoUsd", is_count), ("continuesRun", RUN), ("continuesHead", HASH)]),
    "close": payload([("type", one_of("close")), ("events dropped", is_count)]),
    "drop": payload([("type", one_of("drop")), ("count", is_count), ("reason", TEXT)]),
    "hole": payload([("type", one_of("hole")), ("from to", is_count)]),
    "end": payload([("type", one_of("end"))], [("resolved", one_of("true false"))]),
    "key_rotate": payload([("type", one_of("key_rotate")), ("newKey", TEXT)]),
}

PAYLOADS = {
    "tool_api": payload(
        [("toolName", LABEL), ("status", STATUS)],
        [("toolCallId argumentsSignature stateId serverTag agentTag", TEXT),
         ("op", one_of("read search write test run vcs install net wait plan act end other")),
         ("phase errorClass", LABEL), ("responseStatus", is_integer),
         ("argumentsHash argumentsNormHash argumentsShapeHash resultHash resultNormHash "
          "resultShapeHash endpointHash", HASH),
         ("argumentsBytes resultBytes durationMs inputTokens outputTokens totalTokens "
          "costNanoUsd", is_count),
         ("truncated", one_of("arguments result both")),
         ("durationIsBound", one_of("lower upper"))]),
    "reasoning": payload(
        [("kind", one_of("turn message")), ("status", STATUS)],
        [("role", one_of("user assistant system agent")), ("provider model", LABEL),
         ("responseId finishReason agentTag", TEXT), ("messageHash", HASH),
         ("inputTokens outputTokens cacheReadTokens cacheWriteTokens reasoningTokens "
          "costNanoUsd durationMs requestedTools messageBytes", is_count)]),
    "identity": payload([], [("capabilityCount", is_count)]),
    "data_movement": payload([("operation", one_of("read write delete export"))],
                             [("objectCount", is_count), ("objectsHash", HASH)]),
    "approval": payload([("decision", one_of("granted denied pending unknown"))],
                        [("scopeHash", HASH)]),
    "environment": payload([("kind", TEXT)], [("subject", TEXT), ("changeHash", HASH)]),
}


def fits(value, table):
    return all(name in table for name in value) and \
        all(check(value[name]) if name in value else not required
            for name, (required, check) in table.items())


def is_record(record):
    if not isinstance(record, dict) or not fits(record, ENVELOPE):
        return False
    body, category = record["payload"], record["category"]
    kind = body.get("type")
    if category == "lifecycle":
        table = LIFECYCLE.get(kind) if isinstance(kind, str) else None
    else:
        table = PAYLOADS[category]
    if table is None or not fits(body, table):
        return False
    if category != "lifecycle":
        return body["seq"] > 0
    if (kind == "open") != (body["seq"] == 0) and not (kind == "hole" and body["seq"] == 0):
        return False
    if kind == "close":
        return body["events"] == body["seq"]
    return kind != "hole" or (body["from"] == body["seq"] and body["to"] >= body["seq"])


def quote(text):
    short = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r",
             "\t": "\\t"}
    return '"' + "".join(
        short.get(c) or ("\\u%04x" % ord(c) if c < " " else c) for c in text) + '"'


def canonical(value):
    """RFC 8785 for what records hold: objects, texts and integers."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(quote(n) + ":" + canonical(value[n]) for n in names) + "}"
    if isinstance(value, str):
        return quote(value)
    if type(value) is int:
        return str(value)
    raise ValueError("no record holds this")


def distinct(pairs):
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name comes twice")
    return dict(pairs)


def refuse_constant(_):
    raise ValueError("no JSON")


def read_record(line):
    """The record that a line is, or None."""
    try:
        record = json.loads(line.decode("utf-8"), object_pairs_hook=distinct,
                            parse_constant=refuse_constant)
        if is_record(record) and canonical(record).encode("utf-8") == line:
            return record
    except (ValueError, RecursionError):
        pass
    return None


SEQ = rb"(0|[1-9][0-9]{0,15})"
TOMBSTONE = re.compile(rb'\{"tombstone":\{"leaf":"([0-9a-f]{64})","run":"([0-9a-f]{32})",'
                       rb'"seq":' + SEQ + rb"\}\}")
FORK = re.compile(rb'\{"fork":\{"leaf":"[0-9a-f]{64}","reason":"(?:seq|link|event_id)",'
                  rb'"run":"([0-9a-f]{32})","seq":' + SEQ + rb"\}\}")


# Files ----------------------------------------------------------------------------------------

def is_utf8(data):
    try:
        data.decode("utf-8")
        return True
    except UnicodeDecodeError:
        return False


class Slice:
    """Part of an ordinary file; opening refuses links, folders, devices and pipes."""

    def __init__(self, path, start, length):
        self.path, self.start, self.length = path, start, length

    def piece(self, start, length):
        return Slice(self.path, self.start + start, length)

    def open(self):
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        try:
            descriptor = os.open(self.path, flags | getattr(os, "O_BINARY", 0))
        except OSError as error:
            raise Refused("it cannot be read (%s)" % error.strerror)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise Refused("it is not an ordinary file")
        file = os.fdopen(descriptor, "rb", buffering=0)
        file.seek(self.start)
        return file

    def read(self, most):
        if self.length > most:
            raise Refused("longer than %d bytes" % most)
        with self.open() as file:
            parts = []
            while sum(map(len, parts)) < self.length:
                part = file.read(self.length - sum(map(len, parts)))
                if not part:
                    break
                parts.append(part)
            return b"".join(parts)

    def lines(self):
        """(line, fault): lines without newline; a fault is a kind of finding and comes last."""
        waiting, rest = b"", self.length
        with self.open() as file:
            while True:
                part = file.read(min(65536, rest))
                rest -= len(part)
                *whole, waiting = (waiting + part).split(b"\n")
                for line in whole:
                    fault = "line_too_long" if len(line) > MAX_LINE else \
                        None if is_utf8(line) else "malformed_record"
                    yield line, fault
                    if fault:
                        return
                if len(waiting) > MAX_LINE:
                    yield None, "line_too_long"
                    return
                if not part:
                    if waiting:
                        yield None, "torn_line"
                    return


class Unpacked(Slice):
    """What was unpacked in memory."""

    def open(self):
        file = io.BytesIO(self.path)
        file.seek(self.start)
        return file

    def piece(self, start, length):
        return Unpacked(self.path, self.start + start, length)


def tar_text(header, start, length):
    return header[start:start + length].split(b"\0")[0].decode("latin-1")


def tar_number(header, start, length):
    digits = re.fullmatch(r" *([0-7]{1,11}) *", tar_text(header, start, length))
    if not digits:
        raise Refused("a header holds a number that is none")
    return int(digits.group(1), 8)


def tar_name(name):
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or ".." in parts or re.search(r"[^ -\[\]-~]", name):
        raise Refused("it holds a name that leads out of it or is not plain")
    return "/".join(parts)


def check_extension(extension):
    """Refuses what renames a file, and what programs that unpack do not all read alike."""
    while extension:
        field = re.match(rb"([1-9][0-9]{0,5}) ([!-<>-~][ -<>-~]*)=", extension)
        length = int(field.group(1)) if field else 0
        if extension[length - 1:length] != b"\n" or length == 0:
            raise Refused("an extension header is malformed")
        if re.match(rb"(?:path|linkpath|size|SCHILY\.realsize)$|GNU\.", field.group(2)):
            raise Refused("an extension header renames a file")
        extension = extension[length:]


class Listing:
    """What an archive would leave on the disk."""

    def __init__(self):
        self.files, self.folders = {}, set()

    def add(self, name, file):
        """`file` is None for a folder."""
        self.folders.update(name[:match.start()] for match in re.finditer("/", name))
        if file is None:
            self.folders.add(name)
            return
        if name in self.files:
            raise Refused("it holds a name twice")
        self.files[name] = file

    def finish(self):
        if self.folders & set(self.files):
            raise Refused("it holds a name twice")
        return self.files


def list_tar(archive):
    listing, position, entries, size = Listing(), 0, 0, archive.length
    while position < size:
        entries += 1
        header = archive.piece(position, 512).read(512)
        if entries > MAX_ENTRIES + 1 or len(header) < 512:
            raise Refused("it is cut short or holds too many entries")
        if not any(header):
            return listing.finish()
        magic = header[257:263]
        total = sum(header[:148]) + 8 * 32 + sum(header[156:])
        if magic not in (b"ustar\0", b"ustar ") or total != tar_number(header, 148, 8):
            raise Refused("it is neither a folder nor an archive of one")
        prefix = tar_text(header, 345, 155) if magic == b"ustar\0" else ""
        name, kind = tar_text(header, 0, 100), tar_text(header, 156, 1) or "0"
        length = tar_number(header, 124, 12)
        after = position + 512 + (length + 511) // 512 * 512
        if position + 512 + length > size:
            raise Refused("it is cut short")
        entry = archive.piece(position + 512, length)
        is_folder = name.endswith("/")
        name = tar_name(prefix + "/" + name if prefix else name)
        if kind in "xg":
            check_extension(entry.read(MAX_EXTENSION))
        elif kind == "5" and length == 0:
            listing.add(name, None)
        elif kind != "0" or name == "" or is_folder:
            raise Refused("it holds a link or something else that is no file")
        else:
            listing.add(name, entry)
        position = after
    raise Refused("it is cut short")


# Compressed archives (RFC 1951, RFC 1952, PKWARE APPNOTE), unpacked in memory

def inflate(data, length, crc):
    """`length` and `crc` are what the archive says of the bytes."""
    inflater = zlib.decompressobj(-15)
    try:
        whole = inflater.decompress(data, length + 1)
    except zlib.error:
        raise Refused("what is compressed in it is damaged")
    if not inflater.eof or inflater.unused_data or inflater.unconsumed_tail:
        raise Refused("what is compressed in it is damaged")
    return intact(whole, length, crc)


def intact(whole, length, crc):
    if len(whole) != length or zlib.crc32(whole) != crc:
        raise Refused("what is compressed in it is damaged")
    return Unpacked(whole, 0, length)


def fits_memory(*lengths):
    if sum(lengths) > MAX_UNPACKED:
        raise Refused("it is too long to be unpacked in memory: unpack it, verify the folder")


def open_gzip(data):
    flags = data[3] if len(data) > 3 else 255
    if data[2:3] != b"\x08" or flags > 31:
        raise Refused("it is compressed in an unknown way")
    start = 10
    if flags & 4:
        start += 2 + int.from_bytes(data[start:start + 2], "little")
    for flag in (8, 16):
        if flags & flag:
            end = data.find(b"\0", start)
            if end < 0:
                raise Refused("it is cut short")
            start = end + 1
    start += 2 if flags & 2 else 0
    if start > len(data) - 8:
        raise Refused("it is cut short")
    crc, length = struct.unpack("<II", data[-8:])
    fits_memory(length)
    return inflate(data[start:-8], length, crc)


class ZipEntry:
    """One entry of the list of a zip archive, and the file that it names."""

    def __init__(self, data, at, end):
        if at + 46 > end or data[at:at + 4] != b"PK\x01\x02":
            raise Refused("it is cut short")
        (system, self.flags, self.method, self.crc, self.packed, self.length, name_length, extra,
         comment, attributes, self.start) = struct.unpack("<5xB2xHH4xIIIHHH4xII", data[at:at + 46])
        self.next = at + 46 + name_length + extra + comment
        if self.next > end or self.start + 30 > end:
            raise Refused("it is cut short")
        if self.flags & 1 or self.method not in (0, 8):
            raise Refused("it is encrypted or compressed in an unknown way")
        name = data[at + 46:at + 46 + name_length]
        mark, flags, method, length, more = struct.unpack("<4s2xHH16xHH",
                                                          data[self.start:self.start + 30])
        local = self.start + 30
        if mark != b"PK\x03\x04" or (flags, method) != (self.flags, self.method) \
                or data[local:local + length] != name:
            raise Refused("its list names another file than lies there")
        self.data = local + name_length + more
        self.stop = self.data + self.packed
        if self.stop > end:
            raise Refused("it is cut short")
        fits_memory(self.length)
        self.name = name.decode("latin-1")
        self.kind = attributes >> 16 & 0o170000 if system == 3 else 0
        self.ends = (self.stop + 12, self.stop + 16) if self.flags & 8 else (self.stop,)

    def unpack(self, data):
        packed = data[self.data:self.stop]
        return inflate(packed, self.length, self.crc) if self.method == 8 \
            else intact(packed, self.length, self.crc)


def list_zip(data):
    """The list at the end is followed; whoever reads from the front must find the same."""
    end = next((at for at in range(len(data) - 22, max(-1, len(data) - 22 - 0x10000), -1)
                if data[at:at + 4] == b"PK\x05\x06"
                and int.from_bytes(data[at + 20:at + 22], "little") == len(data) - 22 - at), None)
    if end is None:
        raise Refused("it is cut short")
    disks, here, count, size, at = struct.unpack("<IHHII", data[end + 4:end + 20])
    if disks or here != count or at + size != end:
        raise Refused("it is a zip archive of several parts, or longer than 4 GiB")
    entries, list_at = [], at
    while at < end:
        if len(entries) >= MAX_ENTRIES:
            raise Refused("it holds too many entries")
        entries.append(ZipEntry(data, at, end))
        at = entries[-1].next
    if len(entries) != count:
        raise Refused("it is cut short")
    ends = (0,)
    for entry in sorted(entries, key=lambda entry: entry.start):
        if entry.start not in ends:
            raise Refused("bytes lie between its files")
        ends = entry.ends
    if list_at not in ends:
        raise Refused("bytes lie between its files")
    listing = Listing()
    for entry in entries:
        name, is_folder = tar_name(entry.name), entry.name.endswith("/")
        if is_folder and entry.length == 0 and entry.kind in (0, 0o040000):
            listing.add(name, None)
        elif is_folder or name == "" or entry.kind not in (0, 0o100000):
            raise Refused("it holds a link or something else that is no file")
        else:
            listing.add(name, entry)
    return listing.finish()


def without_folder(files):
    """Names within the bundle, where an archive packs the folder that holds it."""
    if "records.ndjson" in files:
        return files
    folders = [name[:-14] for name in files if re.fullmatch(r"[^/]+/records\.ndjson", name)]
    if len(folders) != 1:
        return files
    return {name[len(folders[0]):]: file for name, file in files.items()
            if name.startswith(folders[0])}


def list_archive(path):
    archive = Slice(path, 0, os.path.getsize(path))
    start = archive.piece(0, min(4, archive.length)).read(4)
    if start[:2] == b"\x1f\x8b":
        return without_folder(list_tar(open_gzip(archive.read(MAX_UNPACKED))))
    if start == b"PK\x03\x04":
        data = archive.read(MAX_UNPACKED)
        files = {name: entry for name, entry in without_folder(list_zip(data)).items()
                 if is_part(name)}
        fits_memory(*(entry.length for entry in files.values()))
        return {name: entry.unpack(data) for name, entry in files.items()}
    return without_folder(list_tar(archive))


NOTE = re.compile(r"checkpoints/[A-Za-z0-9._-]{1,100}\.note")
TIME_STAMP = re.compile(r"timestamps/[A-Za-z0-9._-]{1,100}\.tsr")
RECEIPT = re.compile(r"receipts/(0|[1-9][0-9]{0,15})\.(?:json|tlog-proof)")
LOG_PROOF = re.compile(r"log/(0|[1-9][0-9]{0,15})(?:-[0-9]{1,3})?\.tlog-proof")


def is_part(name):
    return name in ("records.ndjson", "forks.ndjson") \
        or any(pattern.fullmatch(name) for pattern in (NOTE, RECEIPT, LOG_PROOF, TIME_STAMP))


def list_folder(folder):
    files = {}
    for inner in ("", "checkpoints", "receipts", "log", "timestamps"):
        path = os.path.join(folder, inner)
        if inner and not os.path.lexists(path):
            continue
        if inner and not stat.S_ISDIR(os.lstat(path).st_mode):
            raise Refused("a folder in it is a link")
        for file in os.listdir(path):
            name = inner + "/" + file if inner else file
            if is_part(name):
                status = os.lstat(os.path.join(path, file))
                if not stat.S_ISREG(status.st_mode):
                    raise Refused("%s is no ordinary file" % name)
                files[name] = Slice(os.path.join(path, file), 0, status.st_size)
    return files


class Bundle:
    def __init__(self, path):
        whole = os.path.realpath(path)
        if os.path.isdir(whole):
            files = list_folder(whole)
        elif os.path.isfile(whole):
            files = list_archive(whole)
        else:
            raise Refused("it is neither a folder nor an archive of one")
        if "records.ndjson" not in files:
            raise Refused("it holds no records.ndjson at its top")
        names = sorted(files)
        self.records, self.forks = files["records.ndjson"], files.get("forks.ndjson")
        self.notes = [(name, files[name]) for name in names if NOTE.fullmatch(name)]
        self.receipts = sorted(
            ((int(RECEIPT.fullmatch(name).group(1)), name, files[name])
             for name in names if RECEIPT.fullmatch(name)), key=lambda receipt: receipt[0])
        self.time_stamps = [name for name in names if TIME_STAMP.fullmatch(name)]
        self.log_proofs = sorted(
            ((int(LOG_PROOF.fullmatch(name).group(1)), name, files[name])
             for name in names if LOG_PROOF.fullmatch(name)), key=lambda proof: proof[0])
        if max(len(self.notes), len(self.time_stamps)) > MAX_NOTES \
                or len(self.receipts) > MAX_RECEIPTS or len(self.log_proofs) > MAX_LOG_PROOFS:
            raise Refused("it holds too many checkpoints, receipts, time-stamps or proofs of a log")


# Verification ---------------------------------------------------------------------------------

class Head:
    """A checkpoint that at least one of the given keys signed."""

    def __init__(self, file, note, checkpoint, parsed, signers):
        self.file, self.note, self.signers = file, note, signers
        self.origin, self.size, self.root = checkpoint
        self.key_name, self.tag, self.run = parsed


def depth_of(text):
    """How deep brackets nest outside of strings."""
    depth = deepest = 0
    in_string = False
    # Characters that count, and escaped ones, which do not.
    for token in re.findall(r'\\.|["{}\[\]]', text, re.S):
        if token == '"':
            in_string = not in_string
        elif not in_string and len(token) == 1:
            depth += 1 if token in "{[" else -1
            deepest = max(deepest, depth)
    return deepest


class Stop(Exception):
    """Nothing after this line can be judged."""


class Verifier:
    def __init__(self, keys, expect_size=None, expect_root=None, expect_session=None,
                 expect_origin=None, now=None):
        self.keys, self.expect_size, self.expect_root = keys, expect_size, expect_root
        self.expect_session, self.expect_origin = expect_session, expect_origin
        self.findings, self.kinds = [], set()
        self.heads, self.by_size, self.seen_names, self.signed_size = [], None, set(), 0
        self.settled, self.first_tag, self.tree_origin, self.tree_of = False, None, None, None
        self.tree, self.runs, self.lines = Tree(), {}, 0
        self.session = self.proven = self.first_unproven = self.first_unsigned = None
        self.mismatch, self.gap = None, False
        self.tombstones = self.dropped = self.imported = 0
        self.now = clock.time() if now is None else now
        self.latest, self.latest_at = "", {}
        self.ended = False
        self.root_at_expected = EMPTY_ROOT if expect_size == 0 else None
        self.receipts, self.bad_receipts, self.time_stamps = [], [], []
        self.log_proofs, self.bad_log_proofs, self.logs, self.logged = [], [], {}, 0

    def find(self, kind, file, message, place=(None, None, None)):
        self.kinds.add(kind)
        if len(self.findings) < MAX_FINDINGS:
            line, run, seq = place
            self.findings.append({"kind": kind, "file": file, "line": line, "run": run,
                                  "seq": seq, "message": message})

    def found(self, kind, message, place=(None, None, None)):
        self.find(kind, "records.ndjson", message, place)

    # Signed heads

    def add_head(self, file, data):
        note = Note(data)
        # A checkpoint of no records at all signs nothing.
        for name, key_id, _ in note.signatures if note.text.split("\n")[1] != "0" else ():
            if any(key.name == name and key.id == key_id and key.checkable for key in self.keys):
                self.seen_names.add(name)
        signers = note.signers(self.keys)
        checkpoint = parse_checkpoint(note.text)
        if not signers:
            return None
        parsed = parse_origin(checkpoint[0])
        if parsed is None:
            self.find("wrong_origin", file, "the signed origin names neither session nor run")
            return None
        head = Head(file, note, checkpoint, parsed, signers)
        if self.settled and not self.is_of_tree(head):
            return None
        self.heads.append(head)
        self.signed_size = max(self.signed_size, head.size)
        if self.by_size is not None:
            self.by_size.setdefault(head.size, []).append(head)
        return head

    def is_of_tree(self, head):
        if self.tree_origin is None and head.tag == self.first_tag:
            self.tree_origin, self.tree_of = head.origin, head
        if head.origin == self.tree_origin:
            return True
        self.find("wrong_origin", head.file, "the checkpoint is of another session or run")
        return False

    def keep_heads(self, kept):
        self.heads = [head for head in self.heads if kept(head)]
        self.by_size = None
        self.signed_size = max((head.size for head in self.heads), default=0)

    def settle(self, tag):
        """Which tree the bundle is of: the one that names the session of the first record."""
        chosen = next((head for head in self.heads if head.tag == tag), None)
        chosen = chosen or (self.heads[0] if self.heads else None)
        self.settled, self.first_tag = True, tag
        if chosen:
            self.tree_origin, self.tree_of = chosen.origin, chosen
        self.keep_heads(self.is_of_tree)

    def heads_at(self, size):
        if self.by_size is None:
            self.by_size = {}
            for head in self.heads:
                self.by_size.setdefault(head.size, []).append(head)
        return self.by_size.get(size, [])

    def retire(self, new_key, size):
        for head in self.heads:
            old = [key for key in head.signers if key.name == new_key.name and key.id != new_key.id]
            if head.size < size or not old:
                continue
            try:
                if head.note.signers([new_key]):
                    continue
            except Refused:
                pass
            head.signers = {key: time for key, time in head.signers.items() if key not in old}
            self.find("retired_key", head.file, "signed with a key that was replaced before")
        self.keep_heads(lambda head: head.signers)

    # Records

    def take(self, line):
        self.lines += 1
        number = self.lines
        if line.startswith(b'{"tombstone":'):
            match = TOMBSTONE.fullmatch(line)
            seq = int(match.group(3)) if match else 0
            if not 0 < seq <= MAX_INTEGER:
                self.found("malformed_tombstone", "not a tombstone, or one for an open record",
                           (number, None, None))
                raise Stop
            leaf, run = match.group(1).decode(), match.group(2).decode()
            record, previous = None, None
        else:
            record = read_record(line)
            if record is None:
                self.found("malformed_record", "the line is no canonical record",
                           (number, None, None))
                raise Stop
            leaf, run = hash_leaf(line), record["runId"]
            seq, previous = record["payload"]["seq"], record["previousHash"]
        place = (number, run, seq)
        if number == 1:
            self.settle(sha256(record["sessionId"].encode())[:32] if record else None)
            self.check_heads()
        self.check_scope(record, place)
        self.follow(place, leaf, previous, record)
        if record is None:
            self.tombstones += 1
            self.ended = False  # what was deleted may have opened the session again
        else:
            self.note_record(record, place)
        self.grow(leaf, place)

    def check_scope(self, record, place):
        if self.tree_of and self.tree_of.run and place[1] != self.tree_of.run:
            self.found("spliced", "the record is of another run", place)
            return
        if record is None or record["sessionId"] == self.session:
            return
        tag = sha256(record["sessionId"].encode())[:32]
        if self.session is None and (self.tree_of is None or self.tree_of.tag == tag):
            self.session = record["sessionId"]
        else:
            self.found("spliced", "the record is of another session", place)

    def follow(self, place, leaf, previous, record):
        """Links a record to the one before it in its run; see `altered` in docs/protocol.md."""
        line, run, seq = place
        state = self.runs.get(run)
        if state is None:
            if len(self.runs) >= MAX_RUNS:
                self.found("too_many_runs", "the session holds too many runs", place)
                raise Stop
            state = self.runs[run] = {"next": 0, "head": ZEROS, "line": 0, "suspect": None,
                                      "closed": False}
        if seq < state["next"]:
            if seq == state["next"] - 1 and leaf == state["head"]:
                self.found("duplicate", "the record is there twice", place)
                raise Stop
            self.found("reordered", "the record comes after a later one", place)
            return
        if seq > state["next"]:
            self.gap = True
            self.blame(state)
            self.found("gap", "seq %d to %d are missing before this record"
                       % (state["next"], seq - 1), place)
        else:
            last = (state["line"], run, seq - 1)
            linked = state["head"] is None or previous is None or previous == state["head"]
            if state["suspect"]:
                self.altered(state["suspect"] if linked else last)
                state["suspect"] = None
            elif not linked and seq == 0:
                self.altered(place)
            elif not linked:
                state["suspect"] = last
        body = record["payload"] if record and record["category"] == "lifecycle" else {}
        hole = body.get("type") == "hole"
        state["next"] = (body["to"] if hole else seq) + 1
        state["head"] = None if hole else leaf
        state["line"] = line
        state["closed"] = body.get("type") == "close"

    def altered(self, place):
        self.found("altered", "the record is not the one that those around it link to", place)

    def blame(self, state):
        if state["suspect"]:
            self.altered(state["suspect"])
        state["suspect"] = None

    def note_record(self, record, place):
        self.latest = max(self.latest, record["sourceTimestamp"])
        body = record["payload"] if record["category"] == "lifecycle" else None
        kind = body["type"] if body else "open"
        if kind == "open":
            self.ended = False
            self.imported += body is not None and body["layer"] == "import"
        elif kind == "end":
            self.ended = True
        elif kind == "drop":
            self.dropped += body["count"]
        elif kind == "hole":
            self.found("hole", "the writer lost seq %d to %d" % (body["from"], body["to"]), place)
        elif kind == "key_rotate":
            try:
                new_key = Key(body["newKey"])
            except Refused:
                self.found("malformed_record", "newKey is no verifier key", place)
                raise Stop
            self.retire(new_key, self.tree.size + 1)

    def grow(self, leaf, place):
        index = self.tree.size
        self.first_unproven = self.first_unproven or place
        if index == self.signed_size:
            self.first_unsigned = place
        self.tree.append(leaf)
        if self.tree.size == self.expect_size:
            self.root_at_expected = self.tree.root()
        while self.receipts and self.receipts[0][0] <= index:
            self.check_receipt(self.receipts.pop(0), leaf, place)
        while self.log_proofs and self.log_proofs[0][0] <= self.tree.size:
            self.check_log_proof(self.log_proofs.pop(0), self.tree.size)
        self.check_heads()

    def check_heads(self):
        heads = self.heads_at(self.tree.size)
        if not heads:
            return
        self.latest_at[self.tree.size] = self.latest
        root = self.tree.root()
        if any(head.root != heads[0].root for head in heads):
            self.find("checkpoint_fork", heads[0].file, "two roots are signed for one size")
        if any(head.root == root for head in heads):
            self.proven, self.first_unproven = (self.tree.size, root), None
        elif self.mismatch is None:
            self.mismatch = self.tree.size, self.first_unproven

    def check_receipt(self, receipt, leaf, place):
        expected, name, data = receipt
        try:
            data, claim = data.read(MAX_RECEIPT), None
            if name.endswith(".json"):
                data, claim = self.parse_receipt(data)
            index, hashes, note = parse_proof(data)
            head = self.add_head(name, note)
            if head is None:
                return
            holds = index == expected
            if leaf is None:
                holds = holds and index < head.size
            else:
                claims = claim is None or claim == (leaf, "caum_live_receipt_" + leaf[:26])
                holds = holds and claims and \
                    verify_inclusion(index, head.size, leaf, hashes, head.root)
            if not holds:
                self.bad_receipts.append((name, place))
        except Refused as error:
            self.find("bad_signature" if error.forged else "malformed_receipt", name, str(error))

    def check_log_proof(self, file, size):
        """Whether a head is in the log of its collector; who co-signed that counts for the head."""
        expected, name, data = file
        origin = self.tree_origin if self.heads else None
        log = log_origin(origin)
        own = [key.of_log(log) for key in self.keys if log and key.checkable and not key.timed
               and key.name == self.tree_of.key_name]
        try:
            index, hashes, note = parse_proof(data.read(MAX_PROOF))
            note = Note(note)
            signers = note.signers(self.keys + own)
            named, log_size, log_root = parse_checkpoint(note.text)
            if named != log or not any(key in own or key.name == log for key in signers):
                return
            known = self.logs.setdefault(log_size, log_root)
            if known != log_root:
                self.find("log_fork", name, "the log has two roots of size %d" % log_size)
            root = self.tree.root()
            head = next((head for head in self.heads_at(size) if head.root == root), None) \
                if expected == size else None
            if head is None:
                return
            text = "%s\n%d\n%s\n" % (origin, size,
                                     base64.b64encode(bytes.fromhex(root)).decode())
            if not verify_inclusion(index, log_size, hash_leaf(text.encode()), hashes, log_root):
                self.bad_log_proofs.append(name)
                return
            self.logged = size
            for key, time in signers.items():
                if key not in own:
                    before = head.signers.get(key)
                    head.signers[key] = time if None in (before, time) else min(before, time)
        except Refused as error:
            self.find("bad_signature" if error.forged else "malformed_log_proof", name, str(error))

    @staticmethod
    def parse_receipt(data):
        try:
            text = data.decode("utf-8")
            if depth_of(text) > MAX_DEPTH:
                raise ValueError("nested too deep")
            receipt = json.loads(text, parse_constant=refuse_constant, parse_int=float)
            evidence = receipt["evidence"]
            claim = evidence["event_hash"], receipt["receipt_id"]
            proof = evidence["tlog_proof"]
        except (ValueError, LookupError, TypeError, RecursionError):
            raise Refused("not a receipt")
        if not all(isinstance(part, str) for part in claim + (proof,)):
            raise Refused("not a receipt")
        return re.sub("[\ud800-\udfff]", "\ufffd", proof).encode(), claim

    def read_records(self, bundle):
        """Whether everything was read."""
        for line, fault in bundle.records.lines():
            if fault:
                self.found(fault, "a line is cut off, longer than 16 KiB or not UTF-8",
                           (self.lines + 1, None, None))
                return fault == "torn_line"
            try:
                self.take(line)
            except Stop:
                return False
        if self.lines == 0:
            self.found("not_a_bundle", "it holds no record")
            return False
        return True

    def finish(self):
        while self.receipts:
            self.check_receipt(self.receipts.pop(0), None, (None, None, None))
        while self.log_proofs:
            self.check_log_proof(self.log_proofs.pop(0), None)
        for state in self.runs.values():
            self.blame(state)
        signed, size = self.signed_size, self.tree.size
        explained = self.gap and size < signed
        for name, place in [] if explained else self.bad_receipts:
            self.find("bad_receipt", name, "the receipt is not for this record", place)
        for name in [] if explained else self.bad_log_proofs:
            self.find("not_in_log", name, "the log holds another head of these records, or none")
        if self.mismatch and not explained:
            named = self.kinds & {"altered", "reordered", "spliced", "gap"}
            place = None if named else self.mismatch[1]
            self.found("root_mismatch", "the first %d records are not the ones that were signed"
                       % self.mismatch[0], place or (None, None, None))
        if size < signed:
            self.found("missing_records", "%d records are signed, %d are there" % (signed, size))
        elif size > signed and self.proven and self.proven[0] == signed:
            self.found("unsigned_tail", "the records after number %d are under no signed "
                       "checkpoint" % signed, self.first_unsigned)
        if self.expect_size is not None and min(size, signed) < self.expect_size:
            self.found("missing_records", "%d signed records are expected" % self.expect_size)
        elif self.expect_root is not None:
            root = self.tree.root() if self.expect_size is None else self.root_at_expected
            if root != self.expect_root:
                self.found("root_mismatch", "the records do not have the expected root")

    def check_named(self):
        """A good bundle may still be another one than was asked for."""
        asked, tree = self.expect_session, self.tree_of
        if asked is not None:
            tag = sha256(asked.encode("utf-8", "surrogateescape"))[:32]
            named = asked == self.session if self.session else bool(tree) and tree.tag == tag
            if not named:
                self.found("wrong_session", "the records are of another session than asked for")
        if self.expect_origin is not None:
            origin = self.tree_origin if self.heads else None
            if origin is None or not (origin + "/").startswith(self.expect_origin + "/"):
                self.find("wrong_origin", "checkpoints", "no signed checkpoint is of the tree "
                          "that was asked for")

    def read_forks(self, bundle):
        try:
            for number, (line, fault) in enumerate(bundle.forks.lines() if bundle.forks else (), 1):
                match = None if fault else FORK.fullmatch(line)
                if not match or int(match.group(2)) > MAX_INTEGER:
                    self.find("malformed_fork", "forks.ndjson", "the line describes no fork",
                              (number, None, None))
                    return
                self.find("fork", "forks.ndjson", "another record claimed this place",
                          (number, match.group(1).decode(), int(match.group(2))))
        except Refused as error:
            self.find("not_a_bundle", "forks.ndjson", str(error))

    def verify(self, path):
        try:
            bundle = Bundle(path)
            self.receipts, self.log_proofs = bundle.receipts, bundle.log_proofs
            self.time_stamps = bundle.time_stamps
            for name, data in bundle.notes:
                try:
                    self.add_head(name, data.read(MAX_NOTE))
                except Refused as error:
                    kind = "bad_signature" if error.forged else "malformed_note"
                    self.find(kind, name, str(error))
            if self.read_records(bundle):
                self.finish()
                self.check_named()
                self.read_forks(bundle)
            self.check_signers()
        except Refused as error:
            self.find("not_a_bundle", "", "not a bundle: %s" % error)
        return self.result()

    def check_signers(self):
        signed = {key.name for head in self.heads if head.size for key in head.signers}
        signed |= self.seen_names
        checkable = [key for key in self.keys if key.checkable]
        asked = checkable if checkable or signed else self.keys
        for name in dict.fromkeys(key.name for key in asked):
            if name not in signed:
                self.find("no_note", "checkpoints", "no checkpoint is signed by %s" % name)

    def time_fault(self, time, size):
        if time is None:
            return None
        if time > self.now + CLOCK_SKEW:
            return "in_future"
        limit = clock.strftime("%Y-%m-%dT%H:%M:%S.000Z", clock.gmtime(time + CLOCK_SKEW))
        # Timestamps of one form are in the order of their text.
        return "before_records" if self.latest_at.get(size, "") > limit else None

    def result(self):
        run = self.tree_of.run if self.tree_of else None
        closed = self.runs.get(run, {}).get("closed", False) if run else self.ended
        closed = closed and self.tree.size <= self.signed_size  # what nobody signed closes nothing
        well = "ok-redacted" if self.tombstones else "ok" if closed else "ok-open"
        found = {VERDICT_OF[kind] for kind in self.kinds} | {well}
        signed_by = {}
        for head in self.heads:
            for key, time in head.signers.items():
                own = key.name in (head.key_name, log_origin(head.origin))
                role = "signed" if own else "co-signed"
                one = {"name": key.name, "keyId": key.id, "role": role,
                       "since": head.size, "upTo": head.size,
                       "timeSeconds": time, "timeFault": self.time_fault(time, head.size)}
                entry = signed_by.setdefault(key.text, one)
                since = min(entry["since"], head.size)
                earlier = head.size == entry["upTo"] and time is not None \
                    and time < entry["timeSeconds"]
                if head.size > entry["upTo"] or earlier:
                    signed_by[key.text] = one
                signed_by[key.text]["since"] = since
        size, root = self.proven or (0, None)
        log_size = max(self.logs, default=0)
        by_line = sorted(self.findings, key=lambda f: f["line"] or float("inf"))
        return {
            "verdict": next(verdict for verdict in VERDICTS if verdict in found),
            "records": self.lines, "runs": len(self.runs), "size": size, "root": root,
            "logged": self.logged,
            "log": {"size": log_size, "root": self.logs[log_size]} if log_size else None,
            "origin": self.tree_origin if self.heads else None,
            "closed": closed, "redacted": self.tombstones, "dropped": self.dropped,
            "imported": self.imported,
            "signedBy": list(signed_by.values()), "findings": by_line,
            # They are named here, not checked: the standard library has no CMS.
            "timeStamps": [{"file": name, "fault": "unchecked", "authority": None,
                            "timeSeconds": None, "size": None, "timeFault": None}
                           for name in self.time_stamps],
        }


def told_time(signer):
    time, fault = signer["timeSeconds"], signer["timeFault"]
    if time is None:
        return ""
    if fault == "in_future":
        return ", at second %d since 1970: impossible, in the future" % time
    text = clock.strftime(", at %Y-%m-%dT%H:%M:%SZ at the latest", clock.gmtime(time))
    return text + ": impossible, before that of the records" if fault else text


def exit_code(result, arguments):
    code = EXIT_CODE[result["verdict"]]
    if code == 0 and any(finding["kind"] == "unsigned_tail" for finding in result["findings"]):
        return 12
    if code == 0 and arguments.require_complete and result["redacted"]:
        return 11
    return 10 if code == 0 and arguments.require_closed and not result["closed"] else code


def main():
    parser = argparse.ArgumentParser(prog="verify.py", description=__doc__.splitlines()[0])
    parser.add_argument("bundle", nargs="?", default=os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--key", action="append", required=True, metavar="VKEY")
    parser.add_argument("--require-closed", action="store_true")
    parser.add_argument("--require-complete", action="store_true")
    parser.add_argument("--expect-size", type=int, metavar="N")
    parser.add_argument("--expect-root", metavar="HEX")
    parser.add_argument("--session", metavar="ID")
    parser.add_argument("--origin", metavar="TEXT")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    try:
        keys = [Key(text) for text in dict.fromkeys(arguments.key)]
    except Refused as error:
        parser.error(str(error))
    if not os.path.exists(arguments.bundle):
        parser.error("no such file or folder: %s" % arguments.bundle)
    try:
        origin = arguments.origin and re.sub("/$", "", arguments.origin)
        verifier = Verifier(keys, arguments.expect_size, arguments.expect_root,
                            arguments.session, origin)
        result = verifier.verify(arguments.bundle)
    except OSError as error:
        parser.error(str(error))
    if arguments.json:
        print(json.dumps(result))
    else:
        print("%s: %d records in %d runs, %d of them under a signed root"
              % (result["verdict"], result["records"], result["runs"], result["size"]))
        if result["origin"]:
            print("  tree %s" % result["origin"])
        if result["imported"]:
            print("  imported, not witnessed: %d runs" % result["imported"])
        for signer in result["signedBy"]:
            print("  %(role)s by %(name)s (%(keyId)s) since size %(since)d, up to %(upTo)d" % signer
                  + told_time(signer))
        for key in keys:
            if not key.checkable:
                print("  ignored: %s (%s): ML-DSA-44 is not in Python's standard library"
                      % (key.name, key.id))
        for stamp in result["timeStamps"]:
            print("  not checked here: %(file)s, a time-stamp; caum verify can" % stamp)
        for finding in result["findings"]:
            print("  %(kind)s: %(file)s line %(line)s, run %(run)s, seq %(seq)s: %(message)s"
                  % finding)
    sys.exit(exit_code(result, arguments))


if __name__ == "__main__":
    main()
