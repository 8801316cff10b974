"""A ledger to attack: made once, copied for each test, changed by somebody who owns the file.

The strongest attacker lifts the triggers, writes what they like, hashes everything again and
puts the published schema back to the letter.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pytest
from verifier_helpers import second_opinion

from footprint.audit.verdict import CANNOT_TELL, TAMPERED, VERIFIED, Finding, Verdict
from footprint.audit.verify import verify_ledger
from footprint.audit.vouchers import Voucher, from_note, from_receipt
from footprint.demo.poole import record_year
from footprint.domain.adoption import calendar_years, first_policy
from footprint.domain.entry import Move
from footprint.domain.events import (
    EntryRedacted,
    Event,
    LedgerOpened,
    NoteAdded,
    RedactionRequested,
)
from footprint.engine.connection import Connection
from footprint.engine.place import Place, located
from footprint.engine.sqlite import delete_database
from footprint.engine.sqlite_schema import STATEMENTS
from footprint.england import bank_holidays
from footprint.ledger.ledger import Ledger
from footprint.ledger.opening import create_ledger, open_ledger
from footprint.ledger.signing.home import folder_of
from footprint.ledger.signing.signer import LedgerSigner, create_signer
from footprint.proof.checkpoint import Checkpoint, checkpoint_text
from footprint.proof.key import Signer
from footprint.proof.policy import NOBODY, Policy

__all__ = ["CANNOT_TELL", "TAMPERED", "VERIFIED"]

ORIGIN = "example.org/attacked-7f3a"
DAY = date(2017, 4, 3)
RUN = 256
BOTH = pytest.mark.parametrize("engine", ["file", "server"])
"""For a module whose attacks are made on either engine."""
BOTH_SLOWLY = pytest.mark.parametrize(
    "engine", ["file", pytest.param("server", marks=pytest.mark.slow)]
)
"""For many attacks on what an entry says, which is the same bytes on either."""
FORGER = Signer(ORIGIN, sha256(b"a key of the attacker's").digest())


@dataclass(frozen=True)
class Case:
    """A ledger file with its signer's home, and what others hold of it."""

    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / "ledger.db"

    @property
    def place(self) -> Place:
        """Where it is, for who verifies it."""
        return self.path

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def stranger(self) -> Path:
        """The home of somebody who holds nothing."""
        return self.folder / "nobody"

    @property
    def kept(self) -> Voucher:
        """The checkpoint that an auditor kept, some entries before the end."""
        return from_note(self.folder / "kept.note")

    @property
    def early(self) -> Voucher:
        """The checkpoint that another kept when only the policy was there."""
        return from_note(self.folder / "early.note")

    @property
    def last(self) -> Voucher:
        """The checkpoint of the whole ledger."""
        return from_note(self.folder / "last.note")

    @property
    def receipt(self) -> Voucher:
        """The receipt for the last entry."""
        return from_receipt((self.folder / "receipt").read_text())

    def signer(self) -> LedgerSigner:
        return LedgerSigner(folder_of(self.home, ORIGIN), ORIGIN, self.place)

    @contextmanager
    def writing(self) -> Iterator[Ledger]:
        """The application at work."""
        with closing(open_ledger(self.path, sealer=lambda _origin: self.signer())) as ledger:
            yield ledger

    def by_signer(self, *vouchers: Voucher) -> Verdict:
        """What the signer's machine says."""
        return self.judged(self.home, vouchers)

    def by_stranger(self, *vouchers: Voucher) -> Verdict:
        """What somebody says who holds these vouchers alone."""
        return self.judged(self.stranger, vouchers)

    def judged(
        self, home: Path, vouchers: Sequence[Voucher] = (), trust: Policy = NOBODY
    ) -> Verdict:
        """What both verifiers say."""
        return both(self.path, home, vouchers, trust)

    def saved(self) -> Any:
        """A backup."""
        backup = self.folder / "backup.db"
        shutil.copy(self.path, backup)
        return backup

    def restore(self, saved: Any) -> None:
        """Put a backup back."""
        delete_database(self.path)
        shutil.copy(saved, self.path)

    @contextmanager
    def raw(self) -> Iterator[Any]:
        """A plain connection, as any other program would have."""
        with closing(sqlite3.connect(self.path, isolation_level=None)) as connection:
            yield connection

    @contextmanager
    def attack(self) -> Iterator[Any]:
        """Write without triggers; afterwards the schema is the published one again."""
        with self.raw() as connection:
            connection.execute("PRAGMA ignore_check_constraints = ON")
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall():
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute("BEGIN")
            yield connection
            connection.execute("COMMIT")
            connection.text_factory = str
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
            for statement in STATEMENTS:
                if statement.startswith("CREATE TRIGGER") and _table(statement) in tables:
                    connection.execute(statement)

    @contextmanager
    def untyped(self, table: str) -> Iterator[Any]:
        """Write values of any type: STRICT, NOT NULL and CHECK are taken away and put back."""
        published = next(s for s in STATEMENTS if s.startswith(f"CREATE TABLE {table} "))
        loose = published.replace(" NOT NULL", "").replace("STRICT, ", "").replace(" STRICT", "")
        loose = loose.replace(" TEXT", " ").replace(" BLOB", " ").replace(" INTEGER,", ",")
        with self.attack() as connection:
            _declare(connection, table, loose)
        with self.attack() as connection:
            yield connection
        with self.attack() as connection:
            _declare(connection, table, published)

    def entries(self) -> list[tuple[Any, ...]]:
        """Every entry's bytes, read apart from the verifier."""
        with self.raw() as connection:
            return entries_of(connection)

    def rewrite(
        self, position: int, change: Callable[[dict[str, Any]], Any], *, rehash: bool = True
    ) -> None:
        """Change the facts of one entry, in canonical form, and hash everything again."""
        with self.attack() as connection:
            facts = state_at(connection, position)
            changed = orjson.dumps(change(facts) or facts, option=orjson.OPT_SORT_KEYS)
            put_state(connection, position, changed)
            if rehash:
                rehash_all(connection)


def _table(statement: str) -> str:
    return statement.partition(" ON ")[2].partition("\n")[0].split()[0]


def _declare(connection: sqlite3.Connection, table: str, sql: str) -> None:
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (sql, table))


def both(
    path: Path, home: Path, vouchers: Sequence[Voucher] = (), trust: Policy = NOBODY
) -> Verdict:
    """What the verifier says; the second one, written apart from it, has to say the same."""
    verdict = checked(verify_ledger(path, home, vouchers, trust))
    agreed(verdict, second_opinion(path, home, vouchers, trust))
    return verdict


def agreed(verdict: Verdict, second: dict[str, Any]) -> None:
    """Assert that the second verifier says the same."""
    assert second["verdict"] == verdict.verdict, (verdict, second)
    if verdict.verdict == VERIFIED:
        assert second["words_checked"] is verdict.words_checked, (verdict, second)


def checked(verdict: Verdict) -> Verdict:
    """Any verdict can be printed on any terminal, at a length that a person can read."""
    for text in (*(f.message for f in verdict.findings), *verdict.doubts, *verdict.remarks):
        text.encode()
        assert len(text) < 10_000, text[:200]
        assert all(c.isprintable() or c == "\n" for c in text), ascii(text[:200])
    for finding in verdict.findings:
        (finding.ref or "").encode()
    return verdict


# --- making it ------------------------------------------------------------------------------


def make_case(folder: Path, years: int = 1) -> Case:
    """A ledger of some years, of which others kept checkpoints and a receipt."""
    case = Case(folder)
    signer = create_signer(case.home, ORIGIN, case.path)
    opened = LedgerOpened(authority="Example", origin=ORIGIN, key=signer.verifier.vkey)
    policy = first_policy(DAY, *bank_holidays(*calendar_years(DAY)))
    with closing(create_ledger(case.path, opened, policy, actor="mb", sealer=signer)) as ledger:
        keep(ledger, folder / "early.note")
        for _ in range(years):
            record_year(ledger)
        keep(ledger, folder / "kept.note")
        ledger.connection.execute("INSERT INTO checkpoint SELECT size, note FROM head")
        for number in range(5):
            note_on(ledger, "CH-0000003", f"Later note {number}.")
        _origin, size, root, *_ = keep(ledger, folder / "last.note").split("\n")
        line = f"footprint receipt CH-3 entry {size} of {size} root {root}"
        (folder / "receipt").write_text(line)
    return case


def keep(ledger: Ledger, path: Path) -> str:
    """Keep the signed note of the newest tree in a file."""
    _size, note = ledger.head() or (0, "")
    path.write_bytes(note.encode())
    return note


def copy_case(case: Case, folder: Path) -> Case:
    """The same ledger elsewhere, where its signer would go on with it."""
    copied = Case(folder)
    adopted(case, copied)
    return copied


def adopted(case: Case, copied: Case) -> None:
    """What belongs to a case, for a copy of it: its signer goes on there."""
    shutil.copytree(case.folder, copied.folder, dirs_exist_ok=True)
    state = folder_of(copied.home, ORIGIN) / "state"
    remembered = orjson.loads(state.read_bytes()) | {"ledger": located(copied.place)}
    state.write_bytes(orjson.dumps(remembered))


def redact(ledger: Ledger, stream: str, positions: tuple[int, ...]) -> None:
    """Ask for a redaction, approve it as another, and delete the words."""
    with ledger.writing():
        asked = RedactionRequested(positions=positions, basis="third-party")
        request = append(ledger, stream, asked, actor="one")
        event = EntryRedacted(positions=positions, basis="third-party", requested=request)
        append(ledger, stream, event, actor="other")
        for position in positions:
            ledger.connection.execute("DELETE FROM vault WHERE position = ?", (position,))


def note_on(ledger: Ledger, stream: str, text: str = "A note.") -> None:
    """Record a note with words on a thread."""
    move = Move(event=NoteAdded(), occurred_on=DAY, source="at-the-time", words={"text": text})
    ledger.append(stream, [move], actor="mb")


def append(ledger: Ledger, stream: str, event: Event, *, actor: str = "mb") -> int:
    """Append one event without a decision. Returns its position."""
    move = Move(event=event, occurred_on=DAY, source="at-the-time", words={})
    return ledger.append(stream, [move], actor=actor).entries[-1].position


# --- attacking it ---------------------------------------------------------------------------


def entries_of(connection: Connection) -> list[tuple[Any, ...]]:
    """Position, stream, version, topic and state of every entry."""
    return connection.execute(
        "SELECT position, stream, version, topic, state FROM event ORDER BY position"
    ).fetchall()


def state_at(connection: Connection, position: int) -> dict[str, Any]:
    """The facts of an entry."""
    (state,) = connection.execute(
        "SELECT state FROM event WHERE position = ?", (position,)
    ).fetchone()
    facts: dict[str, Any] = orjson.loads(state)
    return facts


def canonical(facts: Any) -> bytes:
    """JSON as the ledger stores it."""
    return orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)


def put_state(connection: Connection, position: int, state: bytes | str) -> None:
    """Replace the state of an entry."""
    connection.execute("UPDATE event SET state = ? WHERE position = ?", (state, position))


INSERT = (
    "INSERT INTO event (position, stream, version, topic, state, leaf) VALUES (?, ?, ?, ?, ?, ?)"
)


def perfect(connection: Connection, position: int, **facts: Any) -> tuple[Any, ...]:
    """An entry that nothing in itself gives away: another one, once more, for CH-2."""
    (last,) = connection.execute("SELECT max(position) FROM event").fetchone()
    state = canonical({**state_at(connection, last), "actor": "slipped-in", **facts})
    state = canonical({k: v for k, v in orjson.loads(state).items() if k != "words"})
    version = connection.execute(
        "SELECT max(version) + 1 FROM event WHERE stream = 'CH-0000002'"
    ).fetchone()[0]
    row = ("CH-0000002", version, "note.added", state)
    return (position, *row, leaf_of(*row))


def leaf_of(stream: str, version: int, topic: str, state: bytes) -> bytes:
    """The published leaf hash, written out again here."""
    place = f"footprint/event/v1\n{stream}\n{version}\n{topic}\n".encode()
    return sha256(b"\x00" + place + state).digest()


def root_of(leaves: list[bytes]) -> bytes:
    """The definition of RFC 6962 section 2.1, word for word."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else sha256(b"").digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + root_of(leaves[:split]) + root_of(leaves[split:])).digest()


def rehash_all(connection: Connection) -> list[bytes]:
    """Give every entry its true leaf and every run its true root. Returns the leaves."""
    rows = []
    for position, stream, version, topic, state in entries_of(connection):
        raw = state if isinstance(state, bytes) else str(state).encode()
        rows.append((leaf_of(stream, version, topic, raw), position))
    connection.executemany("UPDATE event SET leaf = ? WHERE position = ?", rows)
    leaves = [leaf for leaf, _ in rows]
    connection.execute("DELETE FROM subtree")
    for nth in range(len(leaves) // RUN):
        run = leaves[nth * RUN : (nth + 1) * RUN]
        connection.execute("INSERT INTO subtree VALUES (1, ?, ?)", (nth, root_of(run)))
    return leaves


def forge_head(connection: Connection, signer: Signer, origin: str = ORIGIN) -> str:
    """Hash everything again, and sign the tree with a key; the checkpoints go. The new head."""
    leaves = rehash_all(connection)
    text = checkpoint_text(Checkpoint(origin, len(leaves), root_of(leaves)))
    note = signer.sign(text)
    connection.execute("DELETE FROM head")
    connection.execute("INSERT INTO head VALUES (1, ?, ?)", (len(leaves), note))
    connection.execute("DELETE FROM checkpoint")
    return note


def forge_all(connection: Connection, origin: str = ORIGIN) -> Signer:
    """Make the ledger name a key of ours in its first entry, and sign all of it with that."""
    forger = Signer(origin, FORGER.seed)
    opened = state_at(connection, 1) | {"key": forger.verifier.vkey, "origin": origin}
    put_state(connection, 1, orjson.dumps(opened, option=orjson.OPT_SORT_KEYS))
    forge_head(connection, forger, origin)
    return forger


def raised(facts: dict[str, Any]) -> dict[str, Any]:
    """What an attacker would want: a concern that was somebody else's."""
    return facts | {"actor": "somebody-else"}


# --- what must have been found --------------------------------------------------------------


def found(verdict: Verdict, what: str) -> list[Finding]:
    """The findings of a kind; there must be one."""
    findings = [finding for finding in verdict.findings if finding.what == what]
    assert findings, f"no {what!r} in {verdict.findings[:5]}"
    return findings


def positions(verdict: Verdict) -> set[int | None]:
    """Every position that a finding names."""
    return {finding.position for finding in verdict.findings}


def assert_tampered_at(verdict: Verdict, position: int) -> None:
    """Tampered, and the place is named."""
    assert verdict.verdict == TAMPERED
    assert position in positions(verdict), verdict.findings[:5]


def assert_interval(verdict: Verdict, first: int, last: int) -> None:
    """Tampered, by a voucher that does not fit between two positions."""
    assert verdict.verdict == TAMPERED
    named = f"between {first} and {last}"
    assert any(named in finding.message for finding in verdict.findings), verdict.findings[:5]


def assert_words_at(case: Case, position: int) -> None:
    """Tampered for everyone, at the entry whose words they are."""
    for verdict in (case.by_signer(), case.by_stranger(), case.by_stranger(case.kept)):
        assert_tampered_at(verdict, position)
        assert position in {finding.position for finding in found(verdict, "words")}
