"""Pages on which one text stands wherever somebody could type or adopt one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from footprint_cli.forms.page import page_of
from footprint_cli.thread import page as threadpage
from footprint_cli.thread.page import Looked, Source
from footprint_cli.thread.readingcopy import as_html, gone_from, reading_copy
from footprint_cli.thread.subject import Held
from footprint_cli.thread.subject import as_html as subject_access
from report_helpers import DIGEST, POOLE
from strategies import policy, recorded

from footprint.domain import events as ev
from footprint.domain.entry import Entry, Move
from footprint.domain.fold import fold
from footprint.domain.policy import Policy
from footprint.domain.thread import Thread
from footprint.evidence.gathering import Evidence, Item, Note
from footprint.ledger.store.codec import encode_words
from footprint.proof.checkpoint import Checkpoint
from footprint.reports.figures import TEXT, Figure, Table

DAY = date(2027, 3, 4)
NOTE = Note(
    text="",
    checkpoint=Checkpoint("testing/footprint/0", 9, bytes(32)),
    lines=(),
    unknown=0,
    witnessed_at=None,
)


class Hard(NamedTuple):
    """A thread that a text is all over, and the policy that it is all over as well."""

    evidence: Evidence
    thread: Thread
    policy: Policy


def hard(text: str) -> Hard:
    """The text as every word, label, login and code that a thread has room for."""
    adopted = _policy(text)
    items = [_item(n, move, text) for n, move in enumerate(_moves(text), 1)]
    evidence = Evidence(
        authority=text, origin=text, stream="CH-0000001", note=NOTE, items=tuple(items),
        with_words=True, proceedings=True,
    )  # fmt: skip
    thread = fold(evidence.entries, adopted)
    assert thread is not None
    return Hard(evidence, thread, adopted)


def _policy(text: str) -> Policy:
    own = policy()
    ladders = {
        key: (starts_on, ladder.but(
            stages=tuple(stage.but(label=text) for stage in ladder.stages)
        ))
        for key, (starts_on, ladder) in own.ladders.items()
    }  # fmt: skip
    lists = {name: dict.fromkeys(codes, text) for name, codes in own.lists.items()}
    return own.but(ladders=ladders, lists=lists, calendar=own.calendar.but(name=text))


def _moves(text: str) -> list[tuple[ev.Event, date | None]]:
    """All that can happen in a thread: at every stage, in time and late, on days and on none."""
    opened = ev.ChallengeRaised(
        service="CSC", themes=("PLC", text), ladder="authority", ladder_version=1, stage=0,
        iro=text, role=text, team="t", prompted_by=text, proceedings=True,
        respond_by=date(2027, 1, 11),
    )  # fmt: skip
    alerted = ev.ThreadAlerted(
        stage=1, role=text, respond_by=date(2027, 1, 19), resolve_by=date(2027, 2, 9)
    )
    escalated = ev.ThreadEscalated(
        stage=2, reason="overdue", role=text, respond_by=date(2027, 1, 27)
    )
    answered = ev.ResponseReceived(
        stage=2, response="partly", role=text, action_by=date(2027, 2, 10)
    )
    return [
        (opened, date(2027, 1, 4)),
        (alerted, date(2027, 1, 12)),
        (escalated, date(2027, 1, 20)),
        (answered, date(2027, 1, 29)),
        (ev.NoteAdded(), None),
        (ev.CafcassRecorded(step="considered"), date(2027, 2, 1)),
        (ev.PartyTold(party=text), date(2027, 2, 1)),
        (ev.ThreadHandedOver(iro=text), date(2027, 2, 2)),
        (ev.DocumentAttached(), date(2027, 2, 2)),
        (ev.ThreadClosed(closure="resolved", basis="agreed"), date(2027, 2, 12)),
        (ev.ThreadReopened(), date(2027, 2, 15)),
        (ev.ImpactRecorded(impact=text), date(2027, 2, 16)),
        (ev.ThreadFiled(), date(2027, 2, 17)),
        (ev.EntryCorrected(corrects=5, facts={}), date(2027, 2, 18)),
    ]


def _item(position: int, move: tuple[ev.Event, date | None], text: str) -> Item:
    event, on = move
    words = _words(event, text)
    made = recorded(
        Move(event=event, occurred_on=on, source="transcribed", words=words), version=position
    )
    entry: Entry = made.but(actor=text, words="00" * 32)
    return Item(entry=entry, leaf=b"", proof="", sealed=(b"", encode_words(words)))


def _words(event: ev.Event, text: str) -> Mapping[str, str]:
    if isinstance(event, ev.EntryCorrected):
        return {"reason": text, "new.text": text}
    names = ("text", "why", "to", "from", "view", "title")
    return dict.fromkeys(names, text) | ({"child": text} if "raised" in event.topic else {})


# --- its pages ----------------------------------------------------------------------------------


def _reading_copy(text: str) -> str:
    said = hard(text)
    return as_html(reading_copy(said.evidence, said.thread, said.policy, DAY, text))


def _subject_access(text: str) -> str:
    said = hard(text)
    threads = [(said.evidence, said.thread)]
    return subject_access(Held(text, threads, said.policy, DAY, 9, legal_advice=False))


def _timeline(text: str) -> str:
    said = hard(text)
    gone = gone_from(said.evidence)
    entries, words = said.evidence.entries, said.evidence.words
    looked = Looked(said.thread, entries, words, said.policy, DAY, gone)
    return threadpage.as_html(looked, Source(text, text, 9, bytes(32)), with_words=True)


def _report(text: str) -> str:
    """A report of which every title, label of a row, sentence and cell of words is the text.

    The headings of its columns are the program's own.
    """
    made = POOLE.made._replace(authority=text, origin=text, calendar=text, command=text)
    sections = tuple(
        one._replace(title=text, tables=tuple(_table(table, text) for table in one.tables))
        for one in POOLE.sections
    )
    said = POOLE._replace(title=text, whom=text, remarks=(text,), sections=sections, made=made)
    return page_of(said, DIGEST)


def _table(table: Table, text: str) -> Table:
    rows = tuple(
        row._replace(label=text, cells=tuple(_cell(cell, text) for cell in row.cells))
        for row in table.rows
    )
    chart = table.chart and table.chart._replace(line=text)
    return table._replace(
        title=text, finding=text, measure=text, of=text, notes=(text,), rows=rows, chart=chart
    )


def _cell(figure: Figure, text: str) -> Figure:
    return figure._replace(value=text) if figure.kind == TEXT else figure


HARD_PAGES: dict[str, Callable[[str], str]] = {
    "reading copy": _reading_copy,
    "subject access": _subject_access,
    "timeline": _timeline,
    "report": _report,
}
"""The pages that the program makes, each with a text wherever it can have one."""
