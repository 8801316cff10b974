"""What the cells of a row, or of the rows of one thread, prove: asks, each with its cells.

A date that is missing is not known, and never made up; an answer that a sheet has no place for was
given, where the thread was closed after an escalation as one that was answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from footprint.domain.asks import (
    Ask,
    Close,
    Escalate,
    Raise,
    Respond,
)
from footprint.domain.ladder import INFORMAL
from footprint.domain.policy import Policy
from footprint.domain.vocabulary import RESOLVED
from footprint.errors import Refused
from footprint.intake.asking import NO_SOURCE, SOURCES, Parts, asked
from footprint.intake.cells import Fault, Guess, Said
from footprint.intake.fields import ANY, FIELDS, KINDS, MOVES, base_of
from footprint.intake.headings import Layout
from footprint.intake.lexicon import Lexicon
from footprint.intake.origin import Origin, words_of


class Proved(NamedTuple):
    """An ask, the number of the row that proves it, and the texts of the cells that do.

    Where it comes from is among its words.
    """

    ask: Ask
    row: int
    cells: Mapping[str, str]


class Found(NamedTuple):
    """One thread of a sheet.

    `sheet` is its name; `rows` are the numbers of its rows; `reference` is the sheet's own number,
    empty where it has none; `proved` is what its cells prove, in the order in which it happened;
    `faults` say why it cannot be recorded, and `guesses` what was taken for something near.
    """

    sheet: str
    rows: tuple[int, ...]
    reference: str = ""
    proved: tuple[Proved, ...] = ()
    faults: tuple[Fault, ...] = ()
    guesses: tuple[Guess, ...] = ()

    @property
    def child(self) -> str:
        """The case number; empty where nothing was proved."""
        first = self.proved[0].ask if self.proved else None
        return first.child if isinstance(first, Raise) else ""


class Prover:
    """Makes threads of the rows of one sheet.

    Args:
        origin: the file and the sheet.
        layout: what its columns mean.
        lexicon: what its values mean.
        policy: the ladders.
    """

    def __init__(self, origin: Origin, layout: Layout, lexicon: Lexicon, policy: Policy) -> None:
        self._origin, self._layout = origin, layout
        self._lexicon, self._policy = lexicon, policy
        fields = {c.heading: c.field or "" for c in layout.columns}
        self._move_of = {name: to.split(".")[0] if "." in to else "" for name, to in fields.items()}

    def thread(self, rows: Sequence[Said]) -> Found:
        """The thread that one row, or all rows of a reference, are."""
        faults = [fault for said in rows for fault in said.faults]
        faults += [NO_SOURCE for said in rows if said.values.get("source") not in SOURCES][:1]
        guesses = [guess for said in rows for guess in said.guesses]
        whole = self._whole(rows, faults)
        proved: list[Proved] = []
        if not faults:
            try:
                proved = self._proved(rows, whole)
            except Refused as refused:
                faults.append(Fault("", "", f"{refused.what} {refused.next_step}".strip()))
        return Found(
            sheet=self._origin.sheet,
            rows=tuple(said.number for said in rows),
            reference=str(whole.get("reference", "")),
            proved=tuple(proved),
            faults=tuple(faults),
            guesses=tuple(guesses),
        )

    def _whole(self, rows: Sequence[Said], faults: list[Fault]) -> dict[str, Any]:
        """What the rows say of the thread as a whole; they may not contradict each other."""
        whole: dict[str, Any] = {}
        for said in rows:
            for name, value in said.values.items():
                if "." in name or name in {"event", "source"}:
                    continue
                if whole.setdefault(name, value) != value and name in {"child", "kind"}:
                    reason = f"another row of the same number says {whole[name]!r}"
                    faults.append(Fault(name, str(value), reason))
        begun = (said.values.get("event") for said in sorted(rows, key=_raised_first))
        if (first := next(begun, None)) in KINDS:
            whole["kind"] = first
        self._service(whole)
        return whole

    def _service(self, whole: dict[str, Any]) -> None:
        """A team can name the service more closely, as the Virtual School does in education."""
        team = whole.get("team")
        closer = (
            self._lexicon.certain("services", self._lexicon.label("teams", team)) if team else ""
        )
        if closer and closer in _WITHIN.get(whole.get("service", ""), ()):
            whole["service"] = closer

    # --- the moves ----------------------------------------------------------------------------

    def _proved(self, rows: Sequence[Said], whole: Parts) -> list[Proved]:
        moves = list(self._of_events(rows) if self._layout.by_event else self._of_row(rows[0]))
        reference = whole.get("reference", "")
        proved: list[Proved] = []
        for move, parts, said, cells in moves:
            origin = words_of(self._origin, said.number, cells, "" if proved else reference)
            ask = asked(base_of(move), parts, whole, said.values.get("source"), origin)
            if ask is not None:
                proved.append(Proved(ask, said.number, cells))
        first = proved[0].ask if proved else None
        if not isinstance(first, Raise):
            raise Refused("No cell says what was raised, or with whom.")
        ordered = _in_order(proved)
        if any(isinstance(p.ask, Escalate) for p in ordered):
            ordered = list(self._answered_at_all(self._to_whom(ordered, first)))
        return ordered

    def _of_row(self, said: Said) -> Iterator[tuple[str, Parts, Said, Mapping[str, str]]]:
        """A row as a thread: each move with its parts and cells, the first with all the others."""
        parts: dict[str, dict[str, Any]] = {MOVES[0]: {}}
        for name, value in said.values.items():
            move, part = _PLACE[name]
            if part:
                parts.setdefault(move, {})[part] = value
        made = {move: parts[move] for move in parts if _happened(move, parts[move])}
        cells: dict[str, dict[str, str]] = {move: {} for move in made}
        for heading, text in said.cells.items():
            move = self._move_of[heading]
            cells[move if move in made else MOVES[0]][heading] = text
        for move in sorted(made, key=MOVES.index):
            yield move, made[move], said, cells[move]

    def _of_events(
        self, rows: Sequence[Said]
    ) -> Iterator[tuple[str, Parts, Said, Mapping[str, str]]]:
        """A row as an event: what is of any move is of the one that it says."""
        begun = ""
        for said in sorted(rows, key=_raised_first):
            event = said.values.get("event")
            if not event:
                raise Refused(f"Row {said.number} does not say what happened.")
            # A challenge that is raised again, as an alert, was made formal.
            move = "alerted" if begun and event == "alert" else _BEGIN.get(event, event)
            begun = begun or (event if event in _BEGIN else "")
            parts: dict[str, Any] = {}
            for name, value in said.values.items():
                of, _, part = name.partition(".")
                if part and of == ANY:
                    parts.setdefault(part, value)
                elif part and base_of(of) == move:
                    parts[part] = value
            yield move, parts, said, said.cells

    def _to_whom(self, proved: list[Proved], first: Raise) -> list[Proved]:
        """An answer by whom it was raised with, and not escalated to, is of that first stage."""
        higher = {p.ask.role for p in proved if isinstance(p.ask, Escalate)}
        if not higher or first.role is None or first.role in higher:
            return proved
        stage = self._first_stage(first)
        return [
            p._replace(ask=p.ask.but(stage=stage))
            if isinstance(p.ask, Respond) and p.ask.role == first.role
            else p
            for p in proved
        ]

    def _first_stage(self, first: Raise) -> int:
        if not first.formal:
            return INFORMAL
        ladder = self._policy.ladder_for(first.service, first.on)
        return ladder.first_formal if first.stage is None else first.stage

    def _answered_at_all(self, proved: Sequence[Proved]) -> Iterator[Proved]:
        """A second answer that the sheet has no place for, where the thread's end shows it."""
        ends = [p.ask for p in proved if isinstance(p.ask, Close)]
        last = max((n for n, p in enumerate(proved) if isinstance(p.ask, Escalate)), default=-1)
        later = [
            p for p in proved[last + 1 :] if isinstance(p.ask, Respond) and p.ask.stage is None
        ]
        shown = last >= 0 and not later and ends and ends[-1].closure in RESOLVED
        for n, p in enumerate(proved):
            yield p
            if shown and n == last and not self._has_place(proved):
                unknown = Respond(
                    on=None, source=p.ask.source, response="not-known", role=None,
                    words=words_of(self._origin, p.row, {}),
                )  # fmt: skip
                yield Proved(unknown, p.row, {})

    def _has_place(self, proved: Sequence[Proved]) -> bool:
        """Whether the sheet has a column for the answer to the last escalation."""
        if self._layout.by_event:
            return True
        nth = sum(isinstance(p.ask, Escalate) for p in proved) + 1
        return any(name.startswith(f"answered-{nth}.") for name in self._layout.fields)


_WITHIN: Mapping[str, tuple[str, ...]] = {"EDU": ("VS",), "": ("VS", "CHAD")}
"""Which services a team can name more closely than the service that a row says."""


_BEGIN: Mapping[str, str] = dict.fromkeys((MOVES[0], *KINDS), MOVES[0])
"""The events that begin a thread; some of them say as what."""


def _raised_first(said: Said) -> tuple[bool, date]:
    event, on = said.values.get("event"), said.values.get(f"{ANY}.on")
    return event not in _BEGIN, on if isinstance(on, date) and event in _BEGIN else date.min


_PLACE = {name: (move, part) for name in FIELDS for move, _, part in (name.partition("."),)}
"""The move and the part that each field is; the part is empty where it is of the whole."""


def _happened(move: str, parts: Parts) -> bool:
    return move == MOVES[0] or any(parts.get(part) for part in _SHOWS[base_of(move)])


_SHOWS: Mapping[str, tuple[str, ...]] = {
    "alerted": ("on",), "answered": ("on", "response", "words"),
    "escalated": ("on", "role", "stage"), "cafcass": ("on", "step"),
    "closed": ("on", "closure"), "impact": ("words", "impact"), "filed": ("on",),
    "note": ("words",),
}  # fmt: skip
"""The parts of a move of which any shows that it was made."""


def _in_order(proved: Sequence[Proved]) -> list[Proved]:
    """By their days; one whose day is not known stays behind the one before it."""
    days, last = [], date.min
    for p in proved:
        last = p.ask.on or last
        days.append(last)
    order = sorted(range(1, len(proved)), key=days.__getitem__)
    return [*proved[:1], *(proved[at] for at in order)]
