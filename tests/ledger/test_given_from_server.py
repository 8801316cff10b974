"""What is given out of a server's ledger: what is signed, whatever was recorded a moment ago."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import NamedTuple, cast

import ledger_helpers as own
import orjson
import pytest
import servers
from serving import made_on_server, opened_on_server

from footprint.audit.verify import verify_ledger
from footprint.domain.asks import ApproveRedaction, AskRedaction
from footprint.engine.place import Server
from footprint.errors import Refused
from footprint.evidence.gathering import NotSigned, gather, snapshot, with_words
from footprint.ledger.checkpoints.kept import issue_checkpoint
from footprint.ledger.elsewhere.copying import write_audit_copy
from footprint.ledger.elsewhere.giving import write_entries
from footprint.ledger.elsewhere.taking import read_entries
from footprint.ledger.ledger import Ledger
from footprint.ledger.opening import open_ledger
from footprint.proof.policy import NOBODY


class There(NamedTuple):
    """A ledger on a server of which the newest entries are not signed, and its folder."""

    folder: Path
    ledger: Ledger
    signed: int

    @property
    def schema(self) -> str:
        return cast(Server, self.ledger.place).schema

    def sign(self) -> None:
        servers.grant(self.schema, "given_signer", ["signer"])
        place = servers.address(self.schema, "given_signer")
        with closing(opened_on_server(self.folder, place, signing=True)) as ledger:
            issue_checkpoint(ledger)


@pytest.fixture
def there(tmp_path: Path) -> Iterator[There]:
    """One thread of two entries is signed; a third of its entries and another thread are not."""
    with (
        made_on_server(tmp_path) as schema,
        closing(opened_on_server(tmp_path, servers.address(schema, own.ACTOR))) as ledger,
    ):
        stream = own.record(ledger).stream
        own.record(ledger, "Signed.", stream)
        there = There(tmp_path, ledger, ledger.size())
        there.sign()
        own.record(ledger, "Not signed.", stream)
        own.record_threads(ledger, 260)
        yield there


def exported(there: There, *, words: bool) -> list[bytes]:
    file = BytesIO()
    assert write_entries(there.ledger, file, words=words).size == there.signed
    return file.getvalue().splitlines(keepends=True)


def test_an_audit_copy_is_of_what_is_signed(there: There, tmp_path: Path) -> None:
    """It verifies as a file, without one entry more; an auditor, who reads no words, makes it."""
    servers.grant(there.schema, "given_auditor", ["auditor"])
    with closing(open_ledger(servers.address(there.schema, "given_auditor"))) as ledger:
        assert write_audit_copy(ledger, tmp_path / "copy.db").size == there.signed
    verdict = verify_ledger(tmp_path / "copy.db", own.home_in(there.folder))
    assert (verdict.verdict, verdict.entries) == ("verified", there.signed)
    assert not verdict.words_checked
    there.sign()
    write_audit_copy(there.ledger, tmp_path / "later.db")
    with closing(sqlite3.connect(tmp_path / "later.db")) as copy:
        assert copy.execute("SELECT count(*) FROM subtree").fetchone() == (1,)
    verdict = verify_ledger(tmp_path / "later.db", own.home_in(there.folder))
    assert (verdict.verdict, verdict.entries) == ("verified", there.ledger.size())


@pytest.mark.parametrize("words", [False, True])
def test_an_export_is_of_what_is_signed(there: There, tmp_path: Path, words: bool) -> None:  # noqa: FBT001
    """Entries, words and case numbers of the signed tree; read back, the file verifies."""
    lines = exported(there, words=words)
    said = b"".join(lines)
    assert (b"Signed." in said, b"Not signed." in said) == (words, False)
    assert said.count(b"export.case-number") == words
    read_entries(BytesIO(said), tmp_path / "back.db", lambda made: None)  # noqa: ARG005
    verdict = verify_ledger(tmp_path / "back.db", own.home_in(there.folder))
    assert (verdict.verdict, verdict.entries) == ("verified", there.signed)


def test_words_behind_an_unsigned_redaction_wait_for_it(there: There) -> None:
    """They are gone, and nothing that could be given out says why; facts go out all the same."""
    ask = AskRedaction(
        on=own.DAY, source="at-the-time", positions=(8,), basis="third-party", words={"why": "x"}
    )
    there.ledger.record(ask, actor=own.ACTOR, stream="CH-0000001")
    servers.grant(there.schema, "given_keeper", ["keeper"])
    place = servers.address(there.schema, "given_keeper")
    with closing(opened_on_server(there.folder, place)) as ledger:
        ledger.record(
            ApproveRedaction(on=own.DAY, source="at-the-time"),
            actor="given_keeper",
            stream="CH-0000001",
        )
    with pytest.raises(Refused, match="a redaction, is not signed yet"):
        exported(there, words=True)
    assert orjson.loads(exported(there, words=False)[-1])["type"] == "footprint.export.ended"
    with snapshot(there.ledger):
        evidence = with_words(
            there.ledger, gather(there.ledger, "CH-0000001", NOBODY), legal_advice=False
        )
    assert (evidence.redacted, [*evidence.words]) == ((8,), [7])


def test_evidence_is_of_what_is_signed(there: There) -> None:
    """The entries that are proved, and how many are not in it; none where none is signed."""
    with snapshot(there.ledger):
        evidence = gather(there.ledger, "CH-0000001", NOBODY)
        assert ([e.position for e in evidence.entries], evidence.newer) == ([7, 8], 1)
        with pytest.raises(NotSigned, match="No entry of CH-2 is signed yet"):
            gather(there.ledger, "CH-0000002", NOBODY)
