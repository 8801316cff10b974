"""Several asks as one command, and threads in bulk: the same entries as one by one, or none."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from eventsourcing.persistence import StoredEvent
from hypothesis import event, given, settings
from hypothesis import strategies as st
from ledger_helpers import (
    ACTOR,
    CHILD,
    DAY,
    START,
    TEXT,
    at_any_time,
    challenge,
    check_whole,
    make_ledger,
    note,
    record,
    record_threads,
    reopen,
    stored,
    vault_keys_in,
)
from locks import locked, root, unmixed
from strategies import text

from footprint.domain.asks import (
    AddNote,
    ApproveRedaction,
    Ask,
    AskRedaction,
    Attach,
    Close,
    Correct,
    Escalate,
    HandOver,
    RaiseToAlert,
    RecordCafcass,
    RecordImpact,
    Reopen,
    Respond,
)
from footprint.domain.entry import Move
from footprint.domain.events import RulesAdopted
from footprint.domain.policy import STREAM as POLICY
from footprint.errors import NotFound, Refused
from footprint.ledger.ledger import Ledger, Recorded
from footprint.ledger.store.codec import encode
from footprint.ledger.store.vault import Locked

FIRST = "CH-0000001"
OWN = {"event_id", "command_id", "recorded_at", "clock", "words"}
"""What differs between two recordings of one thing; `words` commits to another salt."""
DOCUMENT = {"title": "Plan", "sha256": "5f" * 32, "size": "9", "type": "application/pdf"}


def answer(**facts: Any) -> Respond:
    said: dict[str, Any] = {"response": "agreed", "role": "team-manager", "source": "transcribed"}
    return Respond(**{"on": DAY, **said, **facts})


ROW = (
    challenge(),
    answer(words={"text": "Dates were sent."}),
    Close(on=DAY, source="transcribed", closure="resolved", basis="done"),
    RecordImpact(on=DAY, source="transcribed", impact="delay", words={"text": TEXT}),
)
"""What a row of a sheet proves."""
BACKWARDS = (ROW[0], ROW[1].but(on=DAY - timedelta(days=1)))

# --- the same as one by one -----------------------------------------------------------------

words = st.fixed_dictionaries(
    {"text": text(max_size=40)}, optional={"why": text(max_size=9), "child": text(max_size=9)}
)
header = {
    "on": st.none() | st.integers(0, 60).map(lambda days: DAY + timedelta(days=days)),
    "source": st.sampled_from(["transcribed", "recalled", "Recalled"]),
    "words": words,
}
role = st.sampled_from([None, "team-manager", "Director"])
later_asks = st.one_of(
    st.builds(Respond, response=st.sampled_from(["agreed", "holding"]), role=role, **header),
    st.builds(Escalate, reason=st.sampled_from(["unsatisfied", "overdue"]), role=role, **header),
    st.builds(RaiseToAlert, role=role, **header),
    st.builds(Close, closure=st.sampled_from(["resolved", "withdrawn"]), **header),
    st.builds(Reopen, **header),
    st.builds(RecordImpact, impact=st.sampled_from(["plan", "too-early"]), **header),
    st.builds(RecordCafcass, step=st.just("considered"), **header),
    st.builds(HandOver, iro=st.sampled_from(["MB", "CD", "no one"]), **header),
    st.builds(AddNote, **header),
    st.builds(lambda **given: Attach(**given | {"words": DOCUMENT}), **header),
)
raised = st.builds(
    lambda formal, **given: challenge().but(formal=formal, **given), st.booleans(), **header
)


def one_by_one(ledger: Ledger, asks: Sequence[Ask]) -> str | None:
    """A thread by a command for each of its entries; None, and nothing, where one is refused."""
    stream: str | None = None
    with suppress(Refused), ledger.writing():
        for ask in asks:
            stream = ledger.record(ask, actor=ACTOR, stream=stream).stream
        return stream
    return None


def in_bulk(ledger: Ledger, each: Sequence[Sequence[Ask]]) -> list[Recorded]:
    """New threads, decided first and then recorded in one go."""
    with ledger.writing():
        decided = [ledger.consider_together(asks, actor=ACTOR) for asks in each]
        streams = ledger.record_decided(decided, actor=ACTOR)
        return [Recorded(stream=s, entries=tuple(ledger.entries(s))) for s in streams]


def kept_of(ledger: Ledger, stream: str) -> list[tuple[Any, ...]]:
    """What is stored of a thread, but for what is drawn anew for every entry."""
    rows = ledger.connection.execute(
        "SELECT version, topic, state, words FROM event LEFT JOIN vault USING (position)"
        " WHERE stream = ? ORDER BY version",
        (stream,),
    )
    return [
        (version, topic, {n: f for n, f in orjson.loads(state).items() if n not in OWN}, words)
        for version, topic, state, words in rows
    ]


@given(asks=st.tuples(raised, st.lists(later_asks, max_size=5)), cut=st.integers(1, 6))
@settings(max_examples=120, deadline=None)
def test_together_is_as_one_by_one(shared: Ledger, asks: tuple[Ask, list[Ask]], cut: int) -> None:
    """States, words, case numbers and the folded thread are the same, and so are refusals."""
    every = (asks[0], *asks[1])
    size = shared.size()
    apart = one_by_one(shared, every)
    event(f"{len(every)} asks, {'refused' if apart is None else 'recorded'}")
    if apart is None:
        with pytest.raises(Refused):
            shared.record_together(every, actor=ACTOR)
        with pytest.raises(Refused):
            in_bulk(shared, [every])
        assert shared.size() == size
        return
    (bulk,) = in_bulk(shared, [every])
    streams = [shared.record_together(every, actor=ACTOR).stream, bulk.stream]
    begun = one_by_one(shared, every[:cut])
    assert begun
    if every[cut:]:
        shared.record_together(every[cut:], actor=ACTOR, stream=begun)
    for stream in (*streams, begun):
        assert kept_of(shared, stream) == kept_of(shared, apart)
        assert shared.vault.child(stream) == shared.vault.child(apart) == CHILD
        thread = shared.thread(apart)
        assert thread
        assert shared.thread(stream) == thread.but(ref=stream)


def test_one_command(ledger: Ledger, tmp_path: Path) -> None:
    """The entries of a row have one command and one time; a row after it has others."""
    rows = [ledger.record_together(ROW, actor=ACTOR) for _ in range(2)]
    rows += in_bulk(ledger, [ROW, ROW])
    assert [row.stream for row in rows] == [f"CH-{n:07}" for n in range(1, 5)]
    for row in rows:
        assert ledger.entries(row.stream) == list(row.entries)
        assert len({(e.command_id, e.recorded_at) for e in row.entries}) == 1
    entries = [entry for row in rows for entry in row.entries]
    assert len({entry.command_id for entry in entries}) == 4
    assert len({entry.event_id for entry in entries}) == len(entries)
    assert check_whole(tmp_path) == START + 16


# --- refused --------------------------------------------------------------------------------


def test_a_refusal_leaves_the_rest_of_the_unit(ledger: Ledger, tmp_path: Path) -> None:
    """Inside one transaction rows that are refused use up nothing, and the others are recorded."""
    with ledger.writing():
        for row in (ROW, BACKWARDS, ROW):
            try:
                ledger.consider_together(row)
                ledger.record_together(row, actor=ACTOR)
            except Refused:
                assert row is BACKWARDS
        for wrong, why in ((BACKWARDS, "before"), ((ROW[0].but(child="Poppy"),), "name")):
            with pytest.raises(Refused, match=why):
                ledger.consider_together(wrong)
        assert [one.stream for one in in_bulk(ledger, [ROW])] == ["CH-0000003"]
    assert check_whole(tmp_path) == START + 3 * len(ROW)


def test_what_is_asked_before_counts_by_its_day(ledger: Ledger) -> None:
    """What happened last is last, whichever was asked first."""
    moved = [
        HandOver(on=DAY + timedelta(days=days), source="transcribed", iro=iro)
        for iro, days in (("CD", 5), ("EF", 1), ("CD", 7))
    ]
    with pytest.raises(Refused, match="the thread is CD's already"):
        ledger.record_together((challenge(), *moved), actor=ACTOR)
    assert ledger.record_together((challenge(), *moved[:2]), actor=ACTOR).stream == FIRST
    with pytest.raises(Refused, match="CH-1 is CD's already"):
        ledger.record(moved[2], actor=ACTOR, stream=FIRST)


def test_a_thread_in_bulk_may_follow_another(ledger: Ledger) -> None:
    """An earlier thread is looked up; where there is none, that is the row's refusal."""
    record_threads(ledger, 1)
    follows, unknown = (
        (challenge().but(words={"text": TEXT, "follows": to}),) for to in ("ch1", "CH-9")
    )
    (recorded,) = in_bulk(ledger, [follows])
    assert ledger.vault.words(recorded.stream)[START + 2]["follows"] == "CH-1"
    with pytest.raises(NotFound):
        in_bulk(ledger, [unknown])


def test_a_document_is_attached_once(ledger: Ledger) -> None:
    """What the same command attaches counts as attached."""
    document = Attach(on=DAY, source="transcribed", words=DOCUMENT)
    with pytest.raises(Refused, match="the very document"):
        ledger.record_together((challenge(), document, document), actor=ACTOR)
    ledger.record_together((challenge(), document), actor=ACTOR)
    with pytest.raises(Refused, match="of that very document"):
        ledger.record_together((note(), document), actor=ACTOR, stream=FIRST)


RIGHT = Correct(on=DAY, entry=START + 1, facts={"iro": "CD"}, words={"reason": "Misread."})
REMOVE = AskRedaction(on=DAY, positions=(), basis="error", words={"why": "Not hers."})


@pytest.mark.parametrize("ask", [RIGHT, REMOVE])
def test_what_puts_right_stands_alone(ledger: Ledger, ask: Ask) -> None:
    """Taking a correction back takes back all of its command, so nothing else is in it."""
    record(ledger)
    for asks in ((note(), ask), (ask, note()), (ask, ask)):
        with pytest.raises(Refused, match="a command of its own"):
            ledger.record_together(asks, actor=ACTOR, stream=FIRST)
    assert ledger.size() == START + 1


def test_a_thread_begins_once(ledger: Ledger) -> None:
    """With a challenge or an alert, and with nothing else."""
    for asks in ((challenge(), challenge()), (note(), note())):
        with pytest.raises(Refused, match="only once"):
            ledger.record_together(asks, actor=ACTOR)
    with pytest.raises(Refused, match="only once"):
        ledger.record_together((note(), challenge()), actor=ACTOR, stream=record(ledger).stream)


# --- what it goes on from -------------------------------------------------------------------


def rules(version: int, pattern: str) -> Move:
    event = RulesAdopted(
        version=version, starts_on=date(2017, 1, 1), case_number=pattern, publish_threshold=5
    )
    return Move(event=event, occurred_on=None, source="recalled", words={})


def test_a_policy_adopted_in_the_unit_is_in_force(ledger: Ledger) -> None:
    """So it is for the next command, alone or in bulk."""
    with ledger.writing():
        ledger.record_together(ROW, actor=ACTOR)
        ledger.append(POLICY, [rules(2, "new-[0-9]+")], actor=ACTOR)
        with pytest.raises(Refused, match="not one of yours"):
            ledger.record_together(ROW, actor=ACTOR)
        with pytest.raises(Refused, match="not one of yours"):
            in_bulk(ledger, [ROW])
    assert ledger.size() == START + len(ROW) + 1


def test_what_others_append_in_the_unit_is_seen(ledger: Ledger, tmp_path: Path) -> None:
    """Entries that came by the recorder alone, or another writer, count like our own."""
    at_any_time(tmp_path)
    with ledger.writing():
        state = encode(record(ledger).entries[0])
        late = state.replace(b'"recorded_at":"2', b'"recorded_at":"8')
        event = StoredEvent(
            originator_id="CH-0000002", originator_version=1, topic="challenge.raised", state=late
        )
        ledger.store.insert_events([event])
        recorded = ledger.record_together(ROW, actor=ACTOR)
    assert recorded.stream == "CH-0000003"
    assert recorded.entries[0].recorded_at[0] == "8"
    assert recorded.entries[0].clock
    with closing(reopen(tmp_path)) as other:
        assert record(other).stream == "CH-0000004"
    assert record(ledger).stream == "CH-0000005"


@pytest.mark.parametrize("engine", ["file"], indirect=True)
def test_a_redaction_in_the_unit_is_seen(ledger: Ledger) -> None:
    """What follows it in the same transaction says nothing more of the child that was removed."""
    stream = record(ledger).stream
    with ledger.writing():
        record(ledger, stream=stream)
        ledger.record(REMOVE.but(basis="retention"), actor="one", stream=stream)
        ledger.record(ApproveRedaction(on=DAY), actor="two", stream=stream)
        after = [record(ledger, text, stream).entries[0] for text in ("After.", "After that.")]
    assert ledger.vault.words(stream) == {
        entry.position: {"text": text}
        for entry, text in zip(after, ("After.", "After that."), strict=True)
    }
    assert ledger.vault.child(stream) is None


@pytest.mark.parametrize("engine", ["file"], indirect=True)
def test_many_on_one_thread_are_as_each_alone(ledger: Ledger, tmp_path: Path) -> None:
    """Whether a thread goes on once or often in one transaction, its words name its child."""
    stream, other = record_threads(ledger, 2)
    with ledger.writing():
        texts = [f"Note {n}." for n in range(70)]
        for text in texts:
            ledger.append(stream, ledger.consider(note(text), stream), actor=ACTOR)
            record(ledger, text, other)
    for one in (stream, other):
        _, *words = ledger.vault.words(one).values()
        assert words == [{"child": CHILD, "text": text} for text in texts]
        assert [entry.version for entry in ledger.entries(one)] == [*range(1, 72)]
    assert check_whole(tmp_path) == START + 142


def test_a_unit_that_failed_is_forgotten(ledger: Ledger) -> None:
    """References and times that were rolled back are not gone on from."""
    with suppress(RuntimeError), ledger.writing():
        in_bulk(ledger, [ROW, ROW])
        raise RuntimeError
    assert ledger.record_together(ROW, actor=ACTOR).stream == FIRST


@pytest.mark.usefixtures("ledger")
def test_what_was_not_stored_is_not_gone_on_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the signer refuses inside a unit, the reference is given to the next thread."""
    with closing(reopen(tmp_path, signing=True)) as signing, signing.writing():
        with monkeypatch.context() as patch:
            patch.setattr("footprint.ledger.signing.signer.load_state", lambda _folder: None)
            with pytest.raises(Refused, match="state is missing"):
                in_bulk(signing, [ROW, ROW])
        assert signing.record_together(ROW, actor=ACTOR).stream == FIRST


# --- many -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "engine", ["file", pytest.param("server", marks=pytest.mark.slow)], indirect=True
)
def test_many_threads_in_one_transaction(ledger: Ledger, tmp_path: Path) -> None:
    """More leaves than the signer is given at once, runs completed on the way, one signature."""
    with ledger.writing():
        record(ledger)
        for count in (1, 63, 64, 700, 500, 1):
            in_bulk(ledger, [ROW] * count)
        ledger.record_together(ROW, actor=ACTOR)
    ledger.close()
    assert check_whole(tmp_path) == START + 1 + 1_330 * len(ROW)
    root(tmp_path)  # all of it verifies, words included
    with stored(tmp_path) as connection:
        assert connection.execute("SELECT count(*) FROM subtree").fetchone() == (20,)


@pytest.mark.usefixtures("engine")
def test_a_locked_vault_takes_bulk_locked(tmp_path: Path) -> None:
    """Rows in bulk are under the key of the others; without it nothing is recorded."""
    with closing(make_ledger(tmp_path)) as ledger:
        record(ledger)
        lock = locked(tmp_path).lock  # another process, after this one had looked
        with pytest.raises(Locked):
            in_bulk(ledger, [ROW])
        assert ledger.size() == START + 1
    with closing(reopen(tmp_path)) as ledger, ledger.writing():
        in_bulk(ledger, [ROW, ROW])
        ledger.record_together(ROW, actor=ACTOR)
    unmixed(tmp_path, lock)
    root(tmp_path)
    with closing(reopen(tmp_path)) as ledger:
        assert ledger.vault.threads_of(CHILD) == [f"CH-{n:07}" for n in range(1, 5)]
    assert vault_keys_in(tmp_path).ids() == [lock.id]
