"""The runner: catching up, rebuilding, checking, and what happens to views that are not ours."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import ledger_helpers as own
import pytest
from hypothesis import given
from hypothesis import strategies as st

from footprint.domain.asks import AddNote, Ask, Close, Escalate, Raise, RaiseToAlert, Respond
from footprint.errors import Refused
from footprint.ledger.ledger import Ledger
from footprint.projections.views import Views, delete_views, views_path

DAY = own.DAY
SAID: dict[str, Any] = {"on": DAY, "source": "recalled", "words": {"text": "x", "why": "y"}}
LATER: tuple[Ask, ...] = (
    Respond(response="agreed", role="team-manager", **SAID),
    Respond(response="holding", role="team-manager", **SAID),
    RaiseToAlert(role="team-manager", **SAID),
    Escalate(role="director", reason="serious", **SAID),
    Close(closure="resolved", **SAID),
    AddNote(**SAID),
)


def opening(service: str, *, formal: bool) -> Raise:
    return Raise(
        child="C1", service=service, themes=("PLC",), role="team-manager", iro="mb", formal=formal,
        **SAID,
    )  # fmt: skip


HISTORIES = st.lists(
    st.one_of(
        st.builds(opening, st.sampled_from(["CSC", "CAMHS"]), formal=st.booleans()),
        st.tuples(st.integers(0, 5), st.sampled_from(LATER)),
    ),
    max_size=25,
)


def live(ledger: Ledger, history: list[Any]) -> None:
    """Record a history; what is not legal in it is passed over, as a person would."""
    streams: list[str] = []
    for step in history:
        if isinstance(step, Raise):
            streams.append(ledger.record(step, actor="mb").stream)
        elif streams:
            nth, ask = step
            try:
                ledger.record(ask, actor="mb", stream=streams[nth % len(streams)])
            except Refused:
                continue


def contents(views: Views) -> list[Any]:
    return list(views._stored())


@given(history=HISTORIES, cuts=st.lists(st.integers(0, 40), max_size=4))
def test_any_split_of_catching_up_equals_a_rebuild(
    tmp_path_factory: pytest.TempPathFactory, history: list[Any], cuts: list[int]
) -> None:
    """Views caught up in any steps hold what one fold from the start holds, to the byte."""
    ledger = own.make_ledger(tmp_path_factory.mktemp("l"), signed=False)
    with closing(ledger):
        live(ledger, history)
        stepwise = Views(ledger)
        for cut in sorted(min(cut, ledger.size()) for cut in cuts if cut):
            stepwise.upto = cut
            stepwise.catch_up()
        stepwise.upto = None
        stepwise.catch_up()
        whole = Views(ledger)
        whole.rebuild()
        assert contents(stepwise) == contents(whole)
        assert stepwise.check() == []


@given(history=HISTORIES, cut=st.integers(1, 30))
def test_views_at_an_entry_are_those_of_a_ledger_that_ended_there(
    tmp_path_factory: pytest.TempPathFactory, history: list[Any], cut: int
) -> None:
    """As it was known: a prefix of the entries gives the views of that prefix."""
    with closing(own.make_ledger(tmp_path_factory.mktemp("l"), signed=False)) as ledger:
        live(ledger, history)
        upto = min(cut, ledger.size())
        expected = [ledger.thread(ref, upto) for ref, _ in contents(Views.at(ledger, upto))]
        assert list(Views.at(ledger, upto).threads()) == expected


@pytest.fixture
def ledger(tmp_path: Path) -> Any:
    with closing(own.make_ledger(tmp_path)) as made:
        own.record_threads(made, 3)
        yield made


def test_readers_see_what_was_just_written(ledger: Ledger) -> None:
    """Stored views are caught up before they are read."""
    assert len(list(Views.beside(ledger).threads())) == 3
    own.record_threads(ledger, 2)
    assert len(list(Views.beside(ledger).threads())) == 5


def test_a_read_thread_is_the_thread_of_its_entries(ledger: Ledger) -> None:
    """What is stored and read again equals what the entries make."""
    for thread in Views.beside(ledger).threads():
        assert thread == ledger.thread(thread.ref)


def test_deleted_views_come_back(ledger: Ledger) -> None:
    """They can be deleted at any moment."""
    before = contents(Views.beside(ledger))
    delete_views(ledger.path)
    assert contents(Views.beside(ledger)) == before


def edit(ledger: Ledger, statement: str) -> None:
    with closing(sqlite3.connect(views_path(ledger.path))) as connection, connection:
        connection.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE thread SET state = replace(state, 'CSC', 'EDU') WHERE ref = 'CH-0000002'",
        "DELETE FROM thread WHERE ref = 'CH-0000002'",
        "INSERT INTO thread SELECT 'CH-00000015', state FROM thread LIMIT 1",
    ],
)
def test_an_edited_view_is_named_and_mended(ledger: Ledger, statement: str) -> None:
    """`check` names the thread, and `rebuild` puts it right."""
    Views.beside(ledger).close()
    edit(ledger, statement)
    views = Views.stored(ledger)
    (finding,) = views.check()
    assert "CH-" in finding
    views.rebuild()
    assert views.check() == []


@pytest.mark.parametrize("left", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 4000])
def test_what_is_no_view_is_made_anew(ledger: Ledger, left: bytes) -> None:
    """Whatever lies where the views should be."""
    delete_views(ledger.path)
    views_path(ledger.path).write_bytes(left)
    assert len(list(Views.beside(ledger).threads())) == 3
    assert Views.stored(ledger).check() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE place SET origin = 'another'",
        "UPDATE place SET leaf = x'00'",
        "UPDATE place SET position = 999",
        "UPDATE place SET folded_by = 0",
        "DROP TABLE thread",
    ],
)
def test_views_of_something_else_are_folded_again(ledger: Ledger, statement: str) -> None:
    """Of another ledger, of an exchanged history, or of another version."""
    Views.beside(ledger).close()
    edit(ledger, statement)
    assert [thread.ref for thread in Views.beside(ledger).threads()] == [
        "CH-0000001", "CH-0000002", "CH-0000003",
    ]  # fmt: skip


def test_where_views_cannot_be_stored_they_are_folded_in_memory(ledger: Ledger) -> None:
    """A folder that takes no file (here: one stands in the way) is no reason not to answer."""
    delete_views(ledger.path)
    views_path(ledger.path).mkdir()
    views = Views.beside(ledger)
    assert (views.path, len(list(views.threads()))) == (None, 3)


def test_stored_views_hold_no_words_and_no_case_number(ledger: Ledger) -> None:
    """Neither is in the bytes of the file."""
    Views.beside(ledger).close()
    data = views_path(ledger.path).read_bytes()
    assert own.CHILD.encode() not in data
    assert own.TEXT.encode() not in data
    assert date.today().isoformat().encode() not in data  # noqa: DTZ011 - nothing of the day


def test_views_left_behind_are_not_accused(ledger: Ledger) -> None:
    """`check` compares them with the entries up to where they stand."""
    Views.beside(ledger).close()
    own.record_threads(ledger, 1)
    assert Views.stored(ledger).check() == []


def test_a_question_mark_in_the_path_is_part_of_it(tmp_path: Path) -> None:
    """The views go beside the ledger, whatever its name."""
    folder = tmp_path / "a?b"
    folder.mkdir()
    with closing(own.make_ledger(folder)) as made:
        Views.beside(made).close()
        assert views_path(made.path).exists()
        assert not (tmp_path / "a").exists()
