#!/usr/bin/env python3
# fmt: off
"""Check a footprint ledger, or a bundle of evidence from one, with nothing but Python 3.11.

    python3 check_footprint.py FILE [--trust POLICY-FILE] [--against NOTE-FILE]...
                                    [--receipt LINE]... [--json]

FILE is a ledger (SQLite) or a bundle (zip). Hold against it what was kept outside: checkpoints,
receipt lines, or a C2SP tlog-policy file of keys that you trust. Exit status: 0 verified,
3 tampered, 5 cannot tell, 2 not called as above.

Written from docs/format.md, RFC 6962, RFC 8032, and the C2SP pages signed-note, tlog-checkpoint,
tlog-cosignature, tlog-witness, tlog-proof and tlog-policy. It shares nothing with the program that
writes ledgers, so that one mistake need not be in both. It changes no entry, asks no network, and
runs nothing that it finds in a file. (Tables are set by hand and functions stand close, so that it
can be read in one sitting.)
"""
import argparse
import base64
import json
import os
import re
import sqlite3
import struct
import sys
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from functools import lru_cache, partial
from hashlib import sha256, sha512
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

# --- the published schema: name, and half the SHA-256 of type, name, table and statement ----------
SCHEMA = dict(re.findall("([a-z_]+) ([0-9a-f]{32})", """
event 8c57848d83e783d7bd8a4777f7cc3ce8 checkpoint 68061398bca738af66711605a35d6f87
subtree b1d6f627364e68718824c96be218abad head 80dc95c3e006b825329a5c610c29fdf0
vault 903d60d5213178b3e1ce735ec2cebff7 vault_child c73d76a6fc5baaee7f529d1e595e42e5
event_dense e2f201b8ef7688d939fca9c7782446fa event_no_update 41d6a14178c3e2b86e3990de8b40271e
event_once 2973795d798af8264d91f258ea34ae83 event_no_delete 9a442e9b1ea814bd53eab6ff3a41b5cd
subtree_once 4a8981d4d20515a7fe170d56f9b5ee55 subtree_no_update 36830ae29e4387d0e985ffa697f2d30c
vault_once cac273e1d97d2376df9cd7a4427e007f subtree_no_delete 2c985fe6fcb06d3dbddeca18a0f5f4dd
vault_no_update 28dc29dc319804d67d1c1739f4b40254 vault_child_once b9afa53edef3434f166e1df97df5d199
vault_child_no_update df594544f691a3e8920db80fadaaa88a
checkpoint_no_update 202a397acadf4e0481046613d9f01777
checkpoint_no_delete c5375205306c0ca4bd7b571b8c51636c
checkpoint_once 4cdb2823ca8c810e3d51d15b4f5fb796"""))
OWN = (("index", "sqlite_autoindex_event_1", "event", None),  # what SQLite puts there by itself
       *(("table", sql[13:25], sql[13:25], sql) for sql in (
           "CREATE TABLE sqlite_stat1(tbl,idx,stat)",
           "CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)")))

# --- the facts of each topic ("!" behind those always there), and what they may be ----------------
HEADER = "format! event_id! command_id! recorded_at! occurred_on! actor! source! clock words "
RAISED = ("service! themes! ladder! ladder_version! stage! capacity! iro role team prompted_by "
          "proceedings respond_by")
TOPICS = {
    "CH": f"""challenge.raised {RAISED}; alert.raised {RAISED} resolve_by;
        thread.alerted stage! role respond_by resolve_by; note.added privileged; thread.reopened;
        thread.escalated stage! reason! role respond_by resolve_by; impact.recorded impact!;
        response.received stage! response! role action_by; thread.closed closure! by! basis;
        cafcass.recorded step!; party.told party!; thread.filed; thread.handed-over iro!;
        document.attached privileged; entry.corrected corrects! facts!;
        redaction.requested positions! basis!; entry.redacted positions! basis! requested!""",
    "policy": """policy.ladder-adopted version! starts_on! ladder! services! stages! total_days;
        policy.calendar-adopted version! starts_on! calendar! first! last! off! taken_from!;
        policy.vocabulary-adopted version! starts_on! lists! aliases;
        policy.rules-adopted version! starts_on! case_number! publish_threshold!""",
    "ledger": """ledger.opened authority! origin! key!; signer.changed key! endorsement;
        ledger.restored size! root! left!; ledger.moved engine!;
        report.issued report! period! position! digest!"""}
FACTS = {(kind, topic): {fact.rstrip("!"): fact.endswith("!") for fact in HEADER.split() + facts}
         for kind, topics in TOPICS.items() for topic, *facts in map(str.split, topics.split(";"))}
DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
MOMENT = DAY + "T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}[.][0-9]{6}Z"
NOT_TEXT = {name: form for names, form in (  # all others are any text
    ("format stage ladder_version version corrects requested size left position", int),
    ("total_days publish_threshold", int), ("proceedings privileged", bool),
    ("occurred_on respond_by resolve_by action_by starts_on first last", DAY),
    ("recorded_at", MOMENT), ("actor", ".+"), ("source", "at-the-time|transcribed|recalled"),
    ("event_id command_id", "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
    ("words", "[0-9a-f]{64}"), ("themes services", [".*"]), ("positions", [int]), ("off", [DAY]),
    ("lists aliases", {"": {"": ".*"}}), ("facts", {"": 7}), ("stages", [{"": 7}]),
) for name in names.split()}

def show(value: Any, most: int = 80) -> str:
    """A value from a file, so that it can be printed: not long, and no control characters."""
    if type(value) in (bytes, bool):
        value = value[:32].hex() or "none" if type(value) is bytes else "yes" if value else "no"
    text = str(value) if type(value) in (str, int) else f"({type(value).__name__})"
    shown = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[:most])
    return shown + "..." * (len(text) > most)

def need(holds: Any, wanted: str, *found: Any) -> None:
    """Raises ValueError where something is not as it has to be."""
    if not holds:
        raise ValueError(f"expected {wanted}, found {' '.join(map(show, found)) or 'otherwise'}")

def fits(form: Any, value: Any) -> bool:
    """Whether a value has a form: a type, a pattern of text, a list or an object of a form.

    A number is the form of any value with no more than so many lists and objects in each other.
    """
    if type(form) is type or type(form) is str is not type(value):
        return type(value) is form
    if type(form) is not str:
        inner = value.values() if type(value) is dict else value if type(value) is list else ()
        one = form - 1 if type(form) is int else form[0] if type(form) is list else form[""]
        fit = form >= 0 if type(form) is int else type(form) is type(value)
        return fit and all(fits(one, each) for each in inner)
    try:  # a day or a moment has to be one that there is
        return bool(re.fullmatch(form, value, re.DOTALL)
                    and (form not in (DAY, MOMENT) or datetime.fromisoformat(value)))
    except ValueError:
        return False

def number(text: str) -> int:
    need(len(text) < 18 and abs(int(text)) <= 2**53, "a number up to 2^53")
    return int(text)

# `int` reads neither floats nor NaN but raises. Of a key that is there twice one is lost.
read_json = json.JSONDecoder(parse_int=number, parse_float=int, parse_constant=int).decode
write_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode

def from_canonical(data: bytes) -> dict[str, Any]:
    """The object of these bytes. Raises ValueError where they are not the one way to write it."""
    try:
        value = read_json(data.decode())
        if type(value) is dict and write_json(value).encode() == data:
            return value
    except (ValueError, RecursionError):
        pass
    raise ValueError("expected a JSON object in canonical form, found other bytes")

def read_state(stream: str, topic: str, state: bytes) -> dict[str, Any]:
    """The facts of an entry; of a later format (above 1) they are not judged. Raises ValueError."""
    facts = from_canonical(state)
    form: Any = facts.get("format") if type(facts.get("format")) is int else 0
    kind = "CH" if re.fullmatch("CH-[0-9]{7}", stream) else stream.replace("CH", "no stream")
    allowed = FACTS.get((kind, topic), {})
    if form and form > 1 and "\n" not in stream + topic:
        return facts
    need(form == 1 and allowed, "format 1, and a topic of its stream", form, topic, stream)
    for name in [name for name, always in allowed.items() if always and name not in facts]:
        need(False, f"the facts of {topic}", f"no {name}")
    for name, value in facts.items():
        form = NOT_TEXT.get(name) if value is not None or name != "occurred_on" else type(None)
        if name not in allowed or not (fits(form, value) if form else type(value) is str):
            need(False, f"the facts of {topic}", name, value)
    return facts

def check_correction(facts: dict[str, Any], topic: str | None) -> None:
    """Raises ValueError where an entry of this topic (None: there is none) cannot be put so."""
    own = {name: always for name, always in FACTS.get(("CH", topic or ""), {}).items()
           if name in ("occurred_on", "source") or name not in HEADER.replace("!", "").split()}
    need(own, "an earlier entry of its thread to correct", facts["corrects"])
    for name, value in facts["facts"].items():
        taken = value is None and (name == "occurred_on" or not own.get(name, True))
        need(name in own and (taken or fits(NOT_TEXT.get(name, ".*"), value)),
             f"facts that {topic} may have", name, value)

def place(kind: str, stream: str, version: int, topic: str) -> bytes:
    """What is hashed before an entry or its words, so that neither can be moved to another."""
    line = f"footprint/{kind}/v1\n{stream}\n{version}\n{topic}\n"
    return line.encode("utf-8", "surrogateescape")

# --- the tree (RFC 6962 section 2.1) --------------------------------------------------------------
def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()

def grow(peaks: list[tuple[int, bytes]], leaf: bytes) -> list[tuple[int, bytes]]:
    """Put a leaf behind the trees so far (height, root). Gives (n, root) of each run of 256^n."""
    height, closed = 0, []
    while peaks and peaks[-1][0] == height:
        leaf, height = node(peaks.pop()[1], leaf), height + 1
        closed += [(height // 8, leaf)] if height % 8 == 0 else []
    peaks.append((height, leaf))
    return closed

def root_of(peaks: Sequence[tuple[int, bytes]]) -> bytes:
    root = peaks[-1][1] if peaks else sha256(b"").digest()
    for _, peak in reversed(peaks[:-1]):
        root = node(peak, root)
    return root

def way(first: int, size: int, least: int) -> list[bool]:
    """The way up to the root: at each step, whether the other half is on the left.

    It begins at the last of the first leaves, or (least 0) at the last complete tree of them.
    """
    steps = []
    while size > least and (least or first != size):
        split = 1 << (size - 1).bit_length() - 1
        steps.append(first > split)
        first, size = (first - split, size - split) if first > split else (first, split)
    return steps[::-1]

def inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes | None:
    """The root that a proof of section 2.1.1 leads to; None where it is no such proof."""
    steps = way(index + 1, size, 1) if 0 <= index < size else [False] * (len(proof) + 1)
    for left, other in zip(steps, proof, strict=False):
        leaf = node(other, leaf) if left else node(leaf, other)
    return leaf if len(steps) == len(proof) and len(leaf) == 32 else None

def consistency(old: int, size: int, root: bytes, proof: Sequence[bytes]) -> Any:
    """The roots of both trees that a proof of section 2.1.2 leads to; None where it is no proof."""
    steps = way(old, size, 0) if 0 < old <= size else [False] * (len(proof) + 1)
    path = proof if any(steps) else [root, *proof]  # an old tree in one piece is the beginning
    one = other = path[0] if path else b""
    for left, step in zip(steps, path[1:], strict=False):
        one, other = (node(step, one), node(step, other)) if left else (one, node(other, step))
    return (one, other) if len(steps) == len(path) - 1 else None

# --- Ed25519 (RFC 8032 section 5.1) ---------------------------------------------------------------
# Without the cofactor, as OpenSSL has it: the encoding of [S]B - [k]A has to be that of R, so that
# no other R passes; S has to be below L; a key A is taken as it comes, canonical or not.
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int, int, int]

def add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * D * p[3] * q[3] % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P

def point(data: bytes) -> Point | None:
    sign, y = divmod(int.from_bytes(data, "little"), 2**255)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    x = x if x % 2 == sign else -x % P
    return (x, y % P, 1, x * y % P) if x * x % P == square else None

BASE = point(b"\x58" + b"\x66" * 31) or (0, 1, 1, 0)

@lru_cache(maxsize=1024)
def ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is that of the key over the message."""
    key, s = point(public), int.from_bytes(signature[32:], "little")
    if len(public) != 32 or len(signature) != 64 or key is None or s >= L:
        return False
    k = int.from_bytes(sha512(signature[:32] + public + message).digest(), "little") % L
    minus = (-key[0] % P, key[1], 1, -key[3] % P)
    steps, total = ((0, 1, 1, 0), BASE, minus, add(BASE, minus)), (0, 1, 1, 0)
    for bit in range(252, -1, -1):  # both products at once, doubling once for the two
        total = add(add(total, total), steps[(s >> bit & 1) + 2 * (k >> bit & 1)])
    inverse = pow(total[2], -1, P)
    x, y = total[0] * inverse % P, total[1] * inverse % P
    return (y + (x % 2 << 255)).to_bytes(32, "little") == signature[:32]

# --- keys, notes and trust (C2SP) -----------------------------------------------------------------
Key = tuple[str, bytes, int, bytes]  # name, id, type (1: a log's, 4: a witness's), public key

class Note(NamedTuple):
    """A checkpoint, or as much as is known of one; a line is a name, a key's id and a signature."""
    origin: str
    size: int
    root: bytes
    text: bytes = b""
    lines: Sequence[tuple[str, bytes, bytes]] = ()

Kept = tuple[str, Note, str, int]  # what it is; of a receipt the stream and the position

def from_base64(text: str, least: int, most: int) -> bytes:
    """Raises ValueError for other than the one way to write so many bytes."""
    data = base64.b64decode(text.encode(), validate=True)
    need(base64.b64encode(data).decode() == text and least <= len(data) <= most, "base64", text)
    return data

def from_decimal(text: str) -> int:
    need(re.fullmatch("0|[1-9][0-9]{0,18}", text) and int(text) < 2**63, "plain decimal", text)
    return int(text)

def read_key(vkey: str, kind: int) -> Key:
    """The key of a vkey: name, id in hex, and type and key in base64. Raises ValueError."""
    name, claimed, encoded = [*vkey.split("+", 2), "", ""][:3]
    data = from_base64(encoded, 33, 33)
    true = sha256(name.encode("utf-8", "surrogateescape") + b"\n" + data).digest()[:4]
    need(name.split() == [name] and data[0] == kind and claimed == true.hex(),
         f"a verifier key of type {kind}", vkey)
    return name, true, kind, data[1:]

def read_note(data: bytes) -> Note:
    """Raises ValueError for what is no signed checkpoint."""
    body, _, tail = data.decode().rpartition("\n\n")
    origin, size, root, *more = [*body.split("\n"), "", ""]
    lines = [line.split(" ") for line in tail.split("\n")]
    need(len(data) <= 1_000_000 and not re.search(b"[\0-\x09\x0b-\x1f]", data) and origin
         and "" not in more[:-2] and lines.pop() == [""] and 0 < len(lines) <= 100
         and all(len(line) == 3 and line[0] == "\u2014" for line in lines)
         and all("+" not in name and name.split() == [name] for _, name, _ in lines),
         "a signed checkpoint")
    signatures = [(name, from_base64(encoded, 5, 10**6)) for _, name, encoded in lines]
    return Note(origin, from_decimal(size), from_base64(root, 32, 32), f"{body}\n".encode(),
                [(name, signature[:4], signature[4:]) for name, signature in signatures])

def times(note: Note, key: Key) -> list[int] | None:
    """The times of the key's lines on a note (0 for a log's line). None: one of them is bad."""
    found = []
    for signature in [line[2] for line in note.lines if line[:2] == key[:2]]:
        time, signed, head = 0, signature, b""
        if key[2] == 4:
            time, signed = int.from_bytes(signature[:8], "big"), signature[8:]
            head = b"cosignature/v1\ntime %d\n" % time
        if time >= 2**63 or not ed25519(key[3], head + note.text, signed):
            return None
        found.append(time)
    return found

def read_policy(data: bytes) -> tuple[list[Key], dict[str, Any], str]:
    """The logs' keys, the witnesses and groups by name, and the quorum. Raises ValueError."""
    logs: list[Key] = []
    names: dict[str, Any] = {}  # a witness's key, or how many of which names
    quorums, once = [], Counter[Any]()
    need(not re.search(b"[^\t\n\x20-\x7e\x80-\xff]", data), "a policy without control characters")
    for line in data.decode("utf-8", "surrogateescape").split("\n"):
        match re.findall("[^ \t]+", line):
            case ["log", vkey, *url] if len(url) <= 1:
                logs.append(read_key(vkey, 1))
                once[logs[-1][3]] += 1
            case ["witness", name, vkey, *url] if len(url) <= 1 and name not in names:
                names[name] = read_key(vkey, 4)
                once[names[name][3]] += 1
            case ["group", name, least, *of] if of and name not in names and {*of} <= names.keys():
                names[name] = {"all": len(of), "any": 1}.get(least) or from_decimal(least), of
                need(1 <= names[name][0] <= len(of), "a group that can be met", name)
                once.update(of)
            case ["quorum", name] if name == "none" or name in names:
                quorums.append(name)
            case [first, *_] if first[0] != "#":
                need(False, "a line of a policy, in its place", line)
    need(len(quorums) == 1 and "none" not in names and {*once.values()} <= {1},
         "one quorum, each key and member once, and nothing named `none`")
    return logs, names, quorums[0]

# --- what was found: a run holds all that is known so far -----------------------------------------
def expect(run: Any, what: str, want: Any, have: Any, position: Any = None, stream: Any = "",
           about: str = "") -> None:
    """Note a contradiction, where there is one. Of a kind that is found often, 50 are kept."""
    if want == have:
        return
    run.counts[what] += 1
    thread = re.fullmatch("CH-0*([0-9]+)", stream) if type(stream) is str else None
    if run.counts[what] <= 50:
        run.findings.append({
            "what": what, "position": position if type(position) is int else None,
            "ref": f"CH-{thread[1]}" if thread else show(stream) if stream else None,
            "message": f"{about or what}: " + (show(f"{have}", 300) if isinstance(have, Exception)
                                               else f"expected {show(want)}, found {show(have)}")})

def vouch(run: Any, what: str, note: Note) -> None:
    """Hold the trust against a checkpoint: does it vouch for it, and is there a bad line on it?"""
    if run.policy is None:
        return
    (logs, names, quorum), met, good = run.policy, {"none"}, set()
    for key in [*run.trusted, *(one for one in names.values() if len(one) == 4)]:
        found = times(note, key)
        expect(run, "line", True, found is not None,
               about=f"whether the line of {show(key[0])} on {what} is good")
        good |= {key} if found else set()
        run.seen += [(note.size, time) for time in found or () if time]
    for name, one in names.items():
        enough = one in good if len(one) == 4 else sum(each in met for each in one[1]) >= one[0]
        met |= {name} if enough else set()
    signed = good & run.trusted
    expect(run, "key", True, bool(signed or not logs or what == "a checkpoint"),
           about=f"whether a trusted key signed {what}")
    own = run.endorsed | {key for key in logs if key[0] == note.origin}
    if quorum in met and signed & own:
        run.covered = max(run.covered, note.size)

def compare(run: Any, kept: Iterable[Kept]) -> None:
    """Compare with what is held outside, the smallest first, to say between which entries."""
    last = 0
    for name, note, stream, position in sorted(kept, key=lambda one: one[1].size):
        if any(times(note, key) is None for key in run.known) or len(note.root) != 32:
            run.doubts.append(f"{name} was altered, or could not be read: it tells nothing")
            continue
        placed = 0 < position <= note.size and run.placed(position, stream)
        expect(run, "receipt", True, bool(placed or not stream), position, stream,
               f"whether entry {position} is what {name} says")
        root = run.root_at(note) if note.size else note.root
        if note.size and note.origin not in ("", run.origin):
            expect(run, "origin", note.origin, run.origin, about=name)
        elif root is None:
            run.doubts.append(f"{name}, of {note.size} entries, cannot be compared with this")
        elif root != note.root:
            first = min(last, run.size) + 1
            expect(run, "root", note.root, root, first, "", f"{name}, of {note.size} entries (what"
                   f" differs is between {first} and {note.size})")
        else:
            last = note.size
            if note.lines and not any(times(note, key) for key in run.known):
                run.remarks.append(f"{name} is signed by no key that is known here")
    run.covered = max(run.covered, last)

# --- an entry, in a ledger or in a bundle ---------------------------------------------------------
def check_entry(run: Any, position: int, stream: str, version: int, topic: str, state: bytes,
                vaulted: Sequence[Any]) -> dict[str, Any]:
    """Check what an entry says. `vaulted`: a row of words (None: no row), their salt, the words.

    Gives its facts, none where they cannot be read.
    """
    here = partial(expect, run, position=position, stream=stream)
    here("versions", run.versions.get(stream, 0) + 1, version)
    run.versions[stream] = version
    facts, what = {}, "state"
    try:
        read = read_state(stream, topic, state)
        if read["format"] > 1:
            run.later = "an entry is of a later format: a later verifier has to check it"
            return {}
        if topic == "entry.corrected":
            at = read["corrects"]
            check_correction(read, run.topic_at(at, stream) if 0 < at < position else None)
        facts, what = read, "words"
        here("order", max(run.last, facts["recorded_at"]), facts["recorded_at"])
        run.last = facts["recorded_at"]
        if vaulted[0] is not None:
            head = place("words", stream, version, topic)
            if not check_words(run, stream, head, facts.get("words"), *vaulted[1:]):
                need(not run.bundle, "the case number of the thread in the words")
                run.misnamed[position] = stream
        elif "words" in facts:
            run.missing[position] = stream
    except ValueError as error:
        here(what, None, error)
    return facts

def check_words(run: Any, stream: str, head: bytes, commitment: Any, salt: Any, words: Any) -> bool:
    """Whether the case number is that of the thread. ValueError: not the words committed to."""
    need(commitment and type(words) is type(salt) is bytes and len(salt) == 32,
         "words for a commitment, and 32 bytes of salt")
    locked = words[:1] == b"\0" and not run.bundle
    need(not locked or not any(salt), "32 bytes of zero beside locked words", salt)
    if not locked:
        found = sha256(head + salt + words).hexdigest()
        need(found == commitment, f"words of commitment {commitment}", found)
        texts = from_canonical(words)
        need(fits({"": ".*"}, texts), "words to be texts")
        child = texts["child"].encode() if "child" in texts else None  # none: its thread has none
        if run.bundle and child is not None:
            run.children.setdefault(stream, child)
        known = child if run.bundle and child is None else run.children.get(stream)
        locked = type(known) is bytes and known[:1] == b"\0"
        if not (locked or stream[:3] != "CH-" or (child != b"" and child == known)):
            return False
    run.words_checked &= not locked
    return True

# --- a ledger -------------------------------------------------------------------------------------
def connect(path: Path) -> sqlite3.Connection:
    """Open a ledger to read one state of it, what is in a journal beside it included.

    SQLite opens no journal on media that it cannot write. Where there is nothing in one, the file
    by itself is all there is, and `immutable` lets that be read.
    """
    real = path.resolve()
    beside = [Path(f"{real}{end}") for end in ("-wal", "-journal")]
    alone = not any(one.exists() and one.stat().st_size for one in beside)
    for mode in ("?mode=ro", "?mode=ro&immutable=1"):
        db = sqlite3.connect(real.as_uri() + mode, uri=True, isolation_level=None)
        db.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
        try:
            for sql in ("PRAGMA trusted_schema = OFF", "PRAGMA query_only = ON", "BEGIN",
                        "SELECT 1 FROM sqlite_master"):
                db.execute(sql).fetchone()
            break
        except sqlite3.Error as error:  # 8, 10, 14: it cannot be written, read, opened
            db.close()
            if "immutable" in mode or not alone or error.sqlite_errorcode & 255 not in (8, 10, 14):
                raise
    return db

def check_schema(run: Any) -> None:
    """Compare the schema with the published one. What is not as published is never read from."""
    rows = run.db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    if not any(str(row[1]).lower() == "event" for row in rows):
        run.doubts.append("this database holds no ledger")
        return
    for row in rows:
        text = " ".join(map(str, row)).encode("utf-8", "surrogateescape")
        known = SCHEMA.get(row[1]) == sha256(text).hexdigest()[:32] and row[1] not in run.tables
        run.tables |= {row[1]} if known else set()
        expect(run, "schema", True, known or row in OWN,
               about=f"whether {show(row[0])} {show(row[1])} is as published")
    run.words_checked = any(str(row[1]).startswith("vault") for row in rows)  # else: an audit copy
    for name in SCHEMA.keys() - run.tables:
        expect(run, "schema", True, name.startswith("vault") and not run.words_checked,
               about=f"whether {name} is there, as published")
    if not run.findings:  # a check of the file runs what its schema says
        for (says,) in run.db.execute("PRAGMA integrity_check(10)").fetchall():
            expect(run, "integrity", "ok", says)

def change_key(run: Any, position: int, stream: str, facts: dict[str, Any], root: bytes) -> None:
    """From this entry on another key signs; the tree up to it may be signed by either."""
    try:
        key = read_key(facts["key"], 1)
        if run.keys:
            start, _, old = run.keys[-1]
            run.keys[-1] = start, position, old
            text = (f"footprint/signer-changed/v1\n{run.origin}\n{position - 1}\n"
                    f"{base64.b64encode(root).decode()}\n{facts['key']}\n")
            if "endorsement" in facts:
                word = from_base64(facts["endorsement"], 64, 64)
                need(ed25519(old[3], text.encode(), word), "the word of the old key for this one")
                if old in run.endorsed or (old in run.trusted and old[0] == run.origin):
                    run.trusted, run.endorsed = run.trusted | {key}, run.endorsed | {key}
        run.keys.append((position, 2**63, key))
        run.known.add(key)
    except ValueError as error:
        expect(run, "key", None, error, position, stream)

def check_note(run: Any, what: str, size: Any, text: Any, root: bytes | None) -> None:
    """Check a note that the ledger holds. `root`: that of so many entries, if there are."""
    try:
        note = read_note(text.encode("utf-8", "surrogateescape") if type(text) is str else b"")
        by = [times(note, key) for start, end, key in run.keys if start <= note.size <= end]
        need(note.size == size and type(size) is int, "the size of its row", size, note.size)
        need(note.origin == run.origin or run.later, f"origin {show(run.origin)}", note.origin)
        need((any(by) and None not in by) or run.later, "a good signature by the ledger's key")
        need(note.root == root, f"root {note.root.hex()} of entries 1 to {size}", root)
        run.notes.append((what, note))
    except ValueError as error:
        expect(run, "note", None, error, size, about=what)

def check_entries(run: Any, sizes: set[Any]) -> dict[Any, bytes]:
    """Check the entries, one after the other. Gives the roots of the trees of these sizes."""
    peaks: list[tuple[int, bytes]] = []
    roots, last, closed = {0: root_of(peaks)}, 0, 0
    notes = run.rows("checkpoint", "SELECT size, note FROM checkpoint ORDER BY size")
    note: Any = next(notes, None)
    columns = "vault.position, salt, words" if run.vault else "NULL, NULL, NULL"
    join = "LEFT JOIN vault ON vault.position = event.position" if run.vault else ""
    for position, stream, version, topic, state, leaf, *vaulted in run.rows(
            "event", f"SELECT event.position, stream, version, topic, state, leaf, {columns}"
            f" FROM event NOT INDEXED {join} ORDER BY event.position"):
        here = partial(expect, run, position=position, stream=stream)
        expect(run, "positions", last + 1, position, last + 1)
        last, run.size, found, facts = position, run.size + 1, b"", {}
        if [*map(type, (stream, version, topic, state))] == [str, int, str, bytes]:
            found = sha256(b"\0" + place("event", stream, version, topic) + state).digest()
            facts = check_entry(run, position, stream, version, topic, state, vaulted)
        here("leaf", found, leaf)
        here("opened", position == 1, topic == "ledger.opened", about="whether it is ledger.opened")
        if facts and topic in ("ledger.opened", "signer.changed"):
            run.origin = facts.get("origin", run.origin)
            change_key(run, position, stream, facts, root_of(peaks))
        elif facts and topic == "redaction.requested":
            run.requests[position] = stream, facts
        elif facts and topic == "entry.redacted":
            asked = asked_for(run, position, stream, facts)
            here("redaction", True, asked, about="whether somebody else asked for it")
            redact(run, position, stream, facts["positions"])
        for level, root in grow(peaks, found):
            closed, nth = closed + 1, run.size // 256**level - 1
            sql, where = "SELECT hash FROM subtree WHERE level = ? AND nth = ?", (level, nth)
            expect(run, "subtree", root, next(run.rows("subtree", sql, *where), [None])[0],
                   about=f"subtree {nth} of level {level}")
        if run.size in sizes:
            roots[run.size] = root_of(peaks)
        while note and isinstance(note[0], int | float) and note[0] <= run.size:
            whole = root_of(peaks) if note[0] == run.size else None
            check_note(run, "a checkpoint", note[0], note[1], whole)
            note = next(notes, None)
    while note:
        check_note(run, "a checkpoint", note[0], note[1], None)
        note = next(notes, None)
    expect(run, "subtree", closed, *next(run.rows("subtree", "SELECT count(*) FROM subtree"), [0]))
    run.root = root_of(peaks)
    return roots

def asked_for(run: Any, position: int, stream: str, facts: dict[str, Any]) -> bool:
    """Whether somebody else asked for just this redaction, or for corrections of it since."""
    of, request = run.requests.get(facts["requested"], ("", {}))
    if of != stream or request["actor"] == facts["actor"] or request["basis"] != facts["basis"]:
        return False
    asked, removed = {*request["positions"]}, {*facts["positions"]}
    if not asked:  # all of the thread
        return facts["requested"] in removed
    return asked <= removed and all(
        0 < one < position and run.topic_at(one, stream) == "entry.corrected"
        for one in removed - asked)

def redact(run: Any, position: int, stream: str, positions: Sequence[int]) -> None:
    """Let a redaction explain that words of its thread before it are missing."""
    for one in {*positions}:
        if run.missing.get(one) == stream:
            del run.missing[one]
            run.redacted += 1
        elif 0 < one < position and run.topic_at(one, stream) and next(
                run.rows("vault", "SELECT 1 FROM vault WHERE position = ?", one), None):
            run.back.append(one)
            run.misnamed.pop(one, None)  # an old vault names whom the thread was moved from

def check_ledger(run: Any, db: sqlite3.Connection, kept: Sequence[Kept]) -> None:
    """Check a ledger: its schema, its entries in their order, and what stands around them."""
    def rows(table: str, sql: str, *values: Any) -> Any:
        return db.execute(sql, values) if table in run.tables else iter(())

    def topic_at(position: int, stream: str) -> Any:
        sql = "SELECT topic FROM event NOT INDEXED WHERE position = ? AND stream = ?"
        return next(rows("event", sql, position, stream), [None])[0]
    run.db, run.rows, run.topic_at, run.placed = db, rows, topic_at, topic_at
    check_schema(run)
    if "event" not in run.tables:
        return
    run.vault = {"vault", "vault_child"} <= run.tables
    run.children = dict(rows("vault_child", "SELECT stream, child FROM vault_child"))
    heads = [*rows("head", "SELECT one, size, note FROM head LIMIT 2")]
    roots = check_entries(run, {note.size for _, note, *_ in kept} | {row[1] for row in heads})
    run.root_at = lambda note: roots.get(note.size, b"")
    expect(run, "head", "[1]", str([row[0] for row in heads]), about="the rows of the head")
    for _, size, note in heads:
        check_note(run, "the head", size, note, roots.get(size))
        above = min(size, run.size) + 1 if type(size) is int else None
        expect(run, "head", run.size, size, above, about="the entries of the head")
    for position, stream in run.missing.items() if run.vault else ():
        expect(run, "words", "words, or a redaction", "none", position, stream)
    for position, stream in run.misnamed.items():
        expect(run, "words", "the case number of the thread", "another", position, stream)
    sql = "SELECT position FROM vault WHERE position NOT IN (SELECT position FROM event)"
    for (position,) in rows("vault", sql):
        expect(run, "words", "none without an entry", f"words of {position}", position)
    for stream in run.children.keys() - {one for one in run.versions if one[:3] == "CH-"}:
        expect(run, "words", "no case number without a thread", "one", None, stream, show(stream))
    for what, note in run.notes:  # only now is it known which keys the trusted ones endorsed
        vouch(run, what, note)
    compare(run, kept)
    run.uncovered = run.size - run.covered
    if run.back:
        run.remarks.append("words are back after their redaction, and have to be removed again:"
                           f" of entries {show(', '.join(map(str, run.back)), 200)}")
    for size, time in () if run.findings or run.later else run.seen:
        for position, sign, when in ((size, 1, "after"), (size + 1, -1, "before")):
            for (state,) in rows("event", "SELECT state FROM event WHERE position = ?", position):
                said = datetime.fromisoformat(from_canonical(state)["recorded_at"]).timestamp()
                if sign * int(said) > sign * time:
                    run.remarks.append(f"entry {position} says that it was recorded {when} a"
                                       f" witness saw {size} entries")

# --- a bundle -------------------------------------------------------------------------------------
MANIFEST = {"format": "footprint/bundle/v1", "origin": ".+", "stream": "CH-[0-9]{7}",
            "positions": [int], "files": {"": "[0-9a-f]{64}"}}

def unpack(data: bytes) -> dict[str, bytes]:
    """The files of a zip archive that is laid out as the page says. Raises ValueError.

    `zipfile` would pass over what stands between the files, twice, or nowhere.
    """
    count, length, at = struct.unpack("<10xH2L2x", data[-22:])
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, length, at, 0)
    need(data[-22:] == end and at + length + 22 == len(data) and count <= 20_000, "an end record")
    files, start, total, first = dict[str, bytes](), 0, 0, at
    for _ in range(count):
        entry = data[at:at + 46].ljust(46, b"\0")
        (sign, _, _, flags, method, _, _, crc, packed, size, name_size, extra, comment, disk, _,
         mode, offset) = struct.unpack("<4s6H3L5H2L", entry)
        raw = data[at + 46:at + 46 + name_size]
        at, total, body = at + 46 + name_size, total + size, start + 30 + name_size
        need(sign == b"PK\1\2" and data[start:body] == b"PK\3\4" + entry[6:32] + raw
             and offset == start and not extra and not comment and not disk and method in (0, 8)
             and not flags & ~0x806 and not mode & 0x10 and mode >> 28 in (0, 8)
             and size <= 2**24 and total <= 2**28, "a plain file, as in the directory", str(raw))
        content, start = data[body:body + packed], body + packed
        if method:
            inflate = zlib.decompressobj(-15)
            content = inflate.decompress(content, size + 1)
            need(inflate.eof and not inflate.unused_data, "an end of the data", str(raw))
        need(len(content) == size and zlib.crc32(content) == crc, "a whole file", str(raw))
        need(files.setdefault(raw.decode(), content) is content, "each file once", str(raw))
    need(at + 22 == len(data) and start == first, "files and their directory alone")
    return files

def check_bundle(run: Any, path: Path, kept: Sequence[Kept]) -> None:
    """Check a bundle. Raises ValueError where there is no use in going on."""
    need(path.stat().st_size <= 2**28 + 2**24, "at most 272 MiB")
    files = unpack(path.read_bytes())
    manifest = from_canonical(files.pop("manifest.json", b""))
    need(manifest.keys() == MANIFEST.keys()
         and all(fits(form, manifest[key]) for key, form in MANIFEST.items()), "a manifest")
    stream, positions, run.origin = manifest["stream"], manifest["positions"], manifest["origin"]
    need(positions and [0, *positions] == sorted({0, *positions}), "positions in their order")
    names = {f"entries/{one}.{kind}" for one in positions for kind in ("leaf", "tlog-proof")}
    names |= {"checkpoint", "statement.txt", "reading-copy.txt", "reading-copy.html"}
    given = [one for one in positions if f"words/{one}.json" in files]
    names |= {f"words/{one}.{kind}" for one in given for kind in ("json", "salt")}
    need(files.keys() - {"consistency"} == names, "the files of a bundle")
    need(manifest["files"] == {name: sha256(data).hexdigest() for name, data in files.items()},
         "files with the digests of the manifest")
    note = read_note(files["checkpoint"])
    need(note.origin == run.origin, f"a checkpoint of {show(run.origin)}", note.origin)
    topics = dict[int, str]()
    run.topic_at = lambda position, _stream: topics.get(position)
    for version, position in enumerate(positions, 1):
        leaf = files[f"entries/{position}.leaf"]
        topic = [*leaf.split(b"\n", 4), b"", b"", b""][3].decode("utf-8", "surrogateescape")
        head = place("event", stream, version, topic)
        words = [files.get(f"words/{position}.{kind}") for kind in ("salt", "json")]
        before = run.counts.total()
        try:
            need(leaf.startswith(head), f"entry {version} of {stream}")
            facts = check_entry(run, position, stream, version, topic, leaf[len(head):],
                                [words[0], *words])
            topics[position] = topic
            lines, proof = proof_of(files[f"entries/{position}.tlog-proof"], files["checkpoint"])
            need(lines == ["c2sp.org/tlog-proof@v1", f"index {position - 1}"] and note.root
                 == inclusion(position - 1, note.size, sha256(b"\0" + leaf).digest(), proof),
                 "a proof from this entry to the checkpoint")
            run.proved += [] if run.counts.total() > before else [
                {"position": position, "topic": topic, "facts": facts,
                 "words": json.loads(words[1]) if facts and words[1] else None}]
        except ValueError as error:
            expect(run, "entry", None, error, position, stream)
    old, proof = 0, []
    if "consistency" in files:
        lines, proof = proof_of(b"\n" + files["consistency"], files["checkpoint"])
        old = from_decimal(lines[1].removeprefix("old "))
        need(lines == ["", f"old {old}"] and 0 < old < note.size and len(proof) < 64,
             "a proof from a smaller checkpoint")

    def root_at(one: Note) -> bytes | None:
        """The root that a kept tree has to have; of the older one only whether it is right."""
        if one.size == old:
            whole = consistency(old, note.size, one.root, proof) == (one.root, note.root)
            return one.root if whole else b""
        return note.root if one.size == note.size else None
    vouch(run, "the checkpoint", note)
    witnesses = run.policy[1].values() if run.policy else ()
    run.known = run.trusted | {one for one in witnesses if len(one) == 4}
    run.root_at, run.size = root_at, note.size
    run.placed = lambda at, of: at > note.size or (at in positions) == (of == stream)
    compare(run, kept)
    run.size, run.root = len(positions), note.root
    run.words_checked &= len(given) == sum("words" in one["facts"] for one in run.proved)
    run.uncovered = sum(position > run.covered for position in positions)

def proof_of(data: bytes, checkpoint: bytes) -> tuple[list[str], list[bytes]]:
    """The first two lines and the hashes of a proof that ends in the checkpoint. Or ValueError."""
    head, _, rest = data.partition(b"\n\n")
    first, second, *lines = head.decode().split("\n")
    need(rest == checkpoint, "the same checkpoint behind a proof")
    return [first, second], [from_base64(line, 32, 32) for line in lines]

# --- the command ----------------------------------------------------------------------------------
def read_receipt(line: str) -> Kept:
    """Raises ValueError for what is no receipt."""
    form = "footprint receipt (CH-[0-9]{1,7}|policy) entry ([0-9]{1,18}) of ([0-9]{1,18}) root (.*)"
    match = re.fullmatch(form, " ".join(line.split()))
    if not match or not match[1].strip("CH-0"):
        raise ValueError(f"expected a whole receipt line, found {show(line)}")
    stream = match[1] if match[1] == "policy" else f"CH-{int(match[1][3:]):07}"
    note = Note("", int(match[3]), from_base64(match[4], 32, 32))
    return f"the receipt of {match[1]}", note, stream, int(match[2])

def check(path: str | Path, trust: str | Path | None = None, against: Iterable[str | Path] = (),
          receipts: Iterable[str] = (), roots: Iterable[tuple[str, str, int, bytes]] = (),
          ) -> dict[str, Any]:
    """The verdict as data. `roots` (name, origin or "", size, root) are kept by other means.

    Raises ValueError or OSError where what is held against the file cannot be read itself.
    """
    path, policy = Path(path), read_policy(Path(trust).read_bytes()) if trust else None
    kept = [(name, Note(origin, size, root), "", 0) for name, origin, size, root in roots]
    kept += [(show(f"{one}", 300), read_note(Path(one).read_bytes()), "", 0) for one in against]
    kept += map(read_receipt, receipts)
    logs = policy[0] if policy else []
    run = SimpleNamespace(
        policy=policy, trusted={*logs}, endorsed=set(), known=set(), notes=[], findings=[],
        doubts=[], remarks=[], counts=Counter(), size=0, root=b"", covered=0, uncovered=0,
        redacted=0, words_checked=True, proved=[], bundle=False, later="", origin="", keys=[],
        tables=set(), versions={}, missing={}, misnamed={}, children={}, requests={}, last="",
        seen=[], back=[])
    try:
        with path.open("rb") as file:
            first = file.read(16)
            file.seek(max(0, file.seek(0, 2) - 65_557))
            ledger = first == b"SQLite format 3\0"
            run.bundle = not ledger and b"PK\5\6" in file.read()
        if run.bundle:
            check_bundle(run, path, kept)
        elif ledger:
            with closing(connect(path)) as db:
                check_ledger(run, db, kept)
        else:
            run.doubts.append("this is neither a ledger nor a bundle")
    except (sqlite3.Error, ValueError, OSError, MemoryError, zlib.error, struct.error) as error:
        damaged = getattr(error, "sqlite_errorcode", 0) & 255 == 11  # SQLite calls it malformed,
        damaged |= isinstance(error, UnicodeError)  # sometimes in words that are no text
        if damaged or (run.bundle and not isinstance(error, OSError | MemoryError)):
            expect(run, "damaged", None, error)
        else:
            run.doubts.append(f"it could not be read: {show(f'{error}')}")
    run.doubts += [run.later] if run.later else []
    run.remarks += [f"{n - 50} more findings: {what}" for what, n in run.counts.items() if n > 50]
    vouched = run.covered and not run.doubts and not (run.bundle and run.uncovered)
    return {"verdict": "tampered" if run.findings else "verified" if vouched else "cannot tell",
            "entries": run.size, "root": run.root.hex(), "checkpoint_size": run.covered or None,
            "uncovered": run.uncovered, "redacted": run.redacted,
            "words_checked": run.words_checked, "findings": run.findings, "doubts": run.doubts,
            "remarks": run.remarks} | ({"proved": run.proved} if run.bundle else {})

def told(found: dict[str, Any]) -> Iterator[str]:
    """The verdict in plain English, a line each."""
    yield f"{found['verdict'].capitalize()}: {found['entries']} entries, root {found['root']}"
    yield f"Vouched for from outside: up to {found['checkpoint_size'] or 0}"
    yield f"Not vouched for: {found['uncovered']}; redacted: {found['redacted']}"
    yield "Words: " + ("checked" if found["words_checked"] else "not checked, or not all of them")
    for one in found["findings"]:
        at = f" at {one['position']}" if one["position"] is not None else ""
        of = f" of {one['ref']}" if one["ref"] else ""
        yield f"- Finding ({one['what']}{at}{of}): {one['message']}"
    yield from (f"- {kind[:-1].capitalize()}: {one}" for kind in ("doubts", "remarks")
                for one in found[kind])
    for one in found.get("proved", ()):
        yield f"Entry {one['position']}: {one['topic']}"
        for name, value in [*one["facts"].items(), *(one["words"] or {}).items()]:
            yield f"    {show(name)}: {show(json.dumps(value, ensure_ascii=False), 20_000)}"
    if "proved" in found:
        yield "The statement and the reading copies are not checked. What is proved stands above."
        yield "That the thread ends there is not proved: later entries may be left out."

def main() -> int:
    """The command line. Gives the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("file", help="a ledger or a bundle")
    parser.add_argument("--trust", metavar="POLICY-FILE", help="a C2SP tlog-policy of trusted keys")
    for name, metavar, what in (("against", "NOTE-FILE", "a checkpoint that you kept"),
                                ("receipt", "LINE", "a receipt line to check")):
        parser.add_argument(f"--{name}", metavar=metavar, action="append", default=[],
                            help=f"{what}; may be repeated")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args()
    try:
        found = check(given.file, given.trust, given.against, given.receipt)
    except (OSError, ValueError) as error:
        parser.error(show(f"{error}", 300))
    try:
        print(json.dumps(found) if given.json else "\n".join(told(found)), flush=True)
    except BrokenPipeError:  # whoever read it has read enough; the verdict stays what it is
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return {"verified": 0, "tampered": 3, "cannot tell": 5}[found["verdict"]]

if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.exit(main())
