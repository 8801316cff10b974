"""Deleted words on a server: in no file of the database, or said to be there still."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from ledger_helpers import ACTOR, CHILD, DAY, TEXT, record, reopen
from server_ledgers import address_in, eraser, in_data_files, on_server, unguarded
from servers import OWNER

from footprint.domain.asks import ApproveRedaction, AskRedaction
from footprint.engine.connecting import connect
from footprint.engine.postgres import ServerConnection
from footprint.ledger.ledger import Ledger
from footprint.ledger.opening import open_ledger
from footprint.ledger.words import redacting
from footprint.ledger.words.erasing import NotYetGone, is_marked

KEEPER = "keeps"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[str]:
    """What is here is about servers."""
    with on_server(tmp_path):
        yield "server"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("footprint.ledger.words.erasing._PATIENCE_SECONDS", 0)


def keeping(folder: Path, login: str = KEEPER) -> Ledger:
    """The ledger for a keeper, who has no signer."""
    place = address_in(folder, login, *(() if login == OWNER else ("keeper",)))
    return open_ledger(place, sealer=lambda _origin: pytest.fail("a keeper does not sign"))


def erasing(folder: Path) -> Ledger:
    """The ledger for whoever may erase what a keeper deleted."""
    return keeping(folder, eraser(KEEPER))


def redacted(ledger: Ledger, folder: Path) -> None:
    """A thread's words are deleted, and not yet erased."""
    stream = record(ledger).stream
    ask = AskRedaction(
        on=DAY, source="transcribed", words={"why": "Over."}, positions=(), basis="retention"
    )
    ledger.record(ask, actor=ACTOR, stream=stream)
    with closing(keeping(folder)) as keeper:
        asks = {stream: ApproveRedaction(on=DAY, source="transcribed")}
        redacting.approve(keeper, asks, home(folder), actor=KEEPER)


def home(folder: Path) -> Path:
    """Where the keeper's marker is."""
    return folder / "keepers" / "signers" / "of-this-ledger"


def in_files() -> list[str]:
    everything = in_data_files()
    return [text for text in (TEXT, CHILD) if text.encode() in everything]


def test_nothing_is_left_in_any_file_of_the_database(ledger: Ledger, tmp_path: Path) -> None:
    """Neither in the tables nor in what the planner knows of them, while they were analysed."""
    redacted(ledger, tmp_path)
    with unguarded(tmp_path) as connection:
        connection.execute("ANALYZE")
    assert in_files() == [TEXT, CHILD]  # in rows that were deleted
    with closing(erasing(tmp_path)) as keeper:
        redacting.finish(keeper, home(tmp_path))
    assert in_files() == []
    assert not is_marked(home(tmp_path))


def test_the_planner_knows_no_words(ledger: Ledger, tmp_path: Path) -> None:
    """Samples of rows that are there are kept of everything but of what the vault holds."""
    for _ in range(3):
        record(ledger)
    with unguarded(tmp_path) as connection:
        connection.execute("ANALYZE")
        known = connection.execute(
            "SELECT DISTINCT attname FROM pg_stats WHERE schemaname = ?"
            " AND tablename IN ('vault', 'vault_child')",
            (connection.server.schema,),
        ).fetchall()
        assert sorted(known) == [("position",), ("stream",)]


@pytest.mark.parametrize("reads", ["the vault", "something else"])
def test_who_may_still_see_them_is_named(ledger: Ledger, tmp_path: Path, reads: str) -> None:
    """A transaction from before has its own view of things: what it may see is carried along."""
    other = ServerConnection(address_in(tmp_path, "reads_on", "manager"), readonly=True)
    with closing(other), other.one_moment():
        table = "vault" if reads == "the vault" else "head"
        other.execute(f"SELECT count(*) FROM {table}").fetchall()
        redacted(ledger, tmp_path)
        with closing(erasing(tmp_path)) as keeper:
            with pytest.raises(NotYetGone, match=r"reads_on .*redact --finish"):
                redacting.finish(keeper, home(tmp_path))
            keeper.entry(1)  # the connection is as good as before
        assert is_marked(home(tmp_path))
        assert TEXT in in_files()
    with closing(erasing(tmp_path)) as keeper:
        redacting.finish(keeper, home(tmp_path))
    assert in_files() == []


@pytest.mark.parametrize("login", [KEEPER, ACTOR])
def test_who_may_not_is_told_who_may(ledger: Ledger, tmp_path: Path, login: str) -> None:
    """Before PostgreSQL 17 a keeper cannot be given the right: the owner ends it, from there."""
    redacted(ledger, tmp_path)
    with closing(connect(address_in(tmp_path))) as owner:
        if eraser(KEEPER) == KEEPER:
            schema = owner.server.schema  # type: ignore[attr-defined]
            owner.execute(f"REVOKE MAINTAIN ON vault, vault_child FROM {schema}_keeper")
    with (
        closing(keeping(tmp_path, login)) as keeper,
        pytest.raises(NotYetGone, match="under the login of the ledger's owner"),
    ):
        redacting.finish(keeper, home(tmp_path))
    assert is_marked(home(tmp_path))
    with closing(keeping(tmp_path, OWNER)) as owned:
        redacting.finish(owned, home(tmp_path))
    assert in_files() == []
    assert not is_marked(home(tmp_path))


def test_a_marker_of_a_later_deletion_stays(ledger: Ledger, tmp_path: Path) -> None:
    """It is taken away by whoever began to erase after it was put there."""
    redacted(ledger, tmp_path)
    with closing(erasing(tmp_path)) as keeper, closing(reopen(tmp_path)) as other:
        redacting.finish(keeper, home(tmp_path))
        redacted(other, tmp_path)
    assert is_marked(home(tmp_path))
