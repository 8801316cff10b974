"""What the cells of a row, or of the rows of one thread, prove: asks, each with its cells.

A date that is missing is not known, and never made up; an answer that a sheet has no place for was
given, where the thread was closed after an escalation as one that was answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from footprint.domain.asks import Ask, Close, Escalate, Raise, Respond
from footprint.domain.policy import Policy
from footprint.domain.vocabulary import RESOLVED
from footprint.errors import Refused
from footprint.intake.asking import NO_SOURCE, SOURCES, Parts, asked
from footprint.intake.cells import NO_DAY, Fault, Guess, Said
from footprint.intake.fields import ANY, EVENTS, FIELDS, KINDS, MOVES, base_of
from footprint.intake.headings import Layout
from footprint.intake.lexicon import Lexicon
from footprint.intake.origin import PLACE, Origin, words_of
from footprint.intake.staging import Made, in_order, staged


class Found(NamedTuple):
    """One thread of a sheet.

    `sheet` is its name; `rows` are the numbers of its rows; `reference` is the sheet's own number,
    empty where it has none; `child` is the case number, empty where nothing was proved; `asks` are
    what its cells prove, in the order in which it happened, each with where it comes from among its
    words; `faults` say why it cannot be recorded, and `guesses` what was taken for something near.
    """

    sheet: str
    rows: tuple[int, ...]
    reference: str = ""
    child: str = ""
    asks: tuple[Ask, ...] = ()
    faults: tuple[Fault, ...] = ()
    guesses: tuple[Guess, ...] = ()


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
        self._is_all_escalated = not layout.by_event and {
            name.split(".")[0] for name in layout.fields & _WHEN_OR_WHOM
        } == {"escalated"}
        self._move_of = {name: to.split(".")[0] if "." in to else "" for name, to in fields.items()}

    def thread(self, rows: Sequence[Said]) -> Found:
        """The thread that one row, or all rows of a reference, are."""
        rows = sorted(rows, key=_begins) if self._layout.by_event else rows
        faults = [fault for said in rows for fault in said.faults]
        guesses = [guess for said in rows for guess in said.guesses]
        if any(said.values.get("source") not in SOURCES for said in rows):
            faults.append(NO_SOURCE)
        whole = self._whole(rows, faults)
        asks: list[Ask] = []
        if not faults:
            try:
                asks = self._asks(rows, whole)
            except Refused as refused:
                faults.append(Fault("", "", f"{refused.what} {refused.next_step}".strip()))
        return Found(
            sheet=self._origin.sheet,
            rows=tuple(sorted([said.number for said in rows])),
            reference=str(whole.get("reference", "")),
            child=whole["child"] if asks else "",
            asks=tuple(asks),
            faults=tuple(faults),
            guesses=tuple(guesses),
        )

    def _whole(self, rows: Sequence[Said], faults: list[Fault]) -> dict[str, Any]:
        """What the rows say of the thread as a whole; they may not contradict each other."""
        if not self._layout.by_event:
            whole = {n: v for n, v in rows[0].values.items() if not _PLACE[n][1] and n != "source"}
            self._service(whole)
            return whole
        whole = {}
        raised = {name for said in rows[:1] if _begins(said) < _LATER for name in said.values}
        for said in rows:
            for name, value in said.values.items():
                if "." in name or name in {"event", "source"}:
                    continue
                first = whole.setdefault(name, value)
                if _unlike(first, value) and not (name in _CHANGE_HANDS and name in raised):
                    reason = f"another row of the same number says {_shown(first)}"
                    faults.append(Fault(name, _shown(value), reason))
        if (event := rows[0].values.get("event")) in KINDS:
            whole["kind"] = event
        self._service(whole)
        return whole

    def _service(self, whole: dict[str, Any]) -> None:
        """A team can name the service more closely, as the Virtual School does in education."""
        within, team = _WITHIN.get(whole.get("service", "")), whole.get("team")
        if within and team:
            closer = self._lexicon.certain("services", self._lexicon.label("teams", team))
            whole["service"] = closer if closer in within else whole.get("service", "")

    # --- the moves ----------------------------------------------------------------------------

    def _asks(self, rows: Sequence[Said], whole: Parts) -> list[Ask]:
        moves = self._of_events(rows) if self._layout.by_event else self._of_row(rows[0])
        reference = whole.get("reference", "")
        made: list[Made] = []
        for move, parts, said, cells in moves:
            whole_row = self._layout.by_event or move == MOVES[0]
            left_out = said.left_out if whole_row else ()
            origin = words_of(self._origin, said.number, cells, reference, left_out)
            ask = asked(_BASE[move], parts, whole, said.values.get("source"), origin)
            if ask is not None:
                made.append((move, ask))
        first = made[0][1] if made else None
        if not isinstance(first, Raise):
            raise Refused("No cell says what was raised, or with whom.")
        if len(made) > 1 and self._is_all_escalated:
            raise Refused(
                "A column says when or to whom it was escalated, and none when or with whom it was"
                " raised: which of the two is meant cannot be told.",
                "Say in a mapping, [columns], which column is raised.on or raised.role.",
            )
        if not any(move in _OF_STAGES for move, _ in made):
            return in_order([ask for _, ask in made])
        asks = in_order(list(staged(first, made, self._layout, self._policy)))
        return list(self._answered_at_all(asks))

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
        events = {repr(sorted(said.cells.items())): said for said in reversed(rows)}  # each once
        begin = min(map(_begins, rows))
        moves = {said.number: _move(said, begin) for said in events.values()}
        for _, said in sorted(events.items(), key=_by_move):
            if not said.values.get("event"):
                raise Refused(f"Row {said.number} does not say what happened.")
            move = moves[said.number]
            self._check_all_is_said(said, moves, events.values())
            yield move, _of_event(said, move), said, said.cells

    def _check_all_is_said(
        self, said: Said, moves: Mapping[int, str], events: Iterable[Said]
    ) -> None:
        """What an event says of another one has to be said there as well: else it would be lost.

        Raises:
            Refused: it is not.
        """
        for name, value in said.values.items():
            of, _, part = name.partition(".")
            if not part or value in _NOTHING or of == ANY or base_of(of) == moves[said.number]:
                continue
            if name == _DUE:  # which is of every stage, and the ladder says it of the later ones
                continue
            there = (e.values for e in events if moves[e.number] == base_of(of))
            if all(value not in (v.get(name), v.get(f"{ANY}.{part}")) for v in there):
                raise Refused(
                    f"Row {said.number} is {EVENTS[moves[said.number]]!r}, and says of another"
                    f" event, {FIELDS[name].says}, what no row of that event does.",
                    "Give that a row of its own; or say in a mapping, [columns], what its column"
                    " is of, or that it is unused.",
                )

    def _answered_at_all(self, asks: Sequence[Ask]) -> Iterator[Ask]:
        """A second answer that the sheet has no place for, where the thread's end shows it."""
        ends = [ask for ask in asks if isinstance(ask, Close)]
        last = max((n for n, ask in enumerate(asks) if isinstance(ask, Escalate)), default=-1)
        later = [ask for ask in asks[last + 1 :] if isinstance(ask, Respond) and ask.stage is None]
        shown = last >= 0 and not later and ends and ends[-1].closure in RESOLVED
        for n, ask in enumerate(asks):
            yield ask
            if shown and n == last and not self._has_place(asks):
                origin = {name: ask.words[name] for name in PLACE if name in ask.words}
                yield Respond(
                    on=None, source=ask.source, response="not-known", role=None, words=origin
                )

    def _has_place(self, asks: Sequence[Ask]) -> bool:
        """Whether the sheet has a column for the answer to the last escalation."""
        if self._layout.by_event:
            return True
        nth = sum(isinstance(ask, Escalate) for ask in asks) + 1
        return any(name.startswith(f"answered-{nth}.") for name in self._layout.fields)


_WITHIN: Mapping[str, tuple[str, ...]] = {"EDU": ("VS",), "": ("VS", "CHAD")}
"""Which services a team can name more closely than the service that a row says."""


_WHEN_OR_WHOM = frozenset({"raised.on", "raised.role", "escalated.on", "escalated.role"})
_CHANGE_HANDS = frozenset({"iro", "team"})
"""What can be another one at a later event; that of what was raised is the thread's."""


_NOTHING, _DUE = ("", NO_DAY), "raised.respond_by"
_BEGIN = ("challenge", MOVES[0], "alert")
"""The events that can begin a thread, and some of which say as what."""
_LATER = len(_BEGIN)


def _of_event(said: Said, move: str) -> Parts:
    """What is of the event itself, and what is of any; words of both are both kept."""
    own, of_any = {}, {}
    for name, value in said.values.items():
        of, _, part = name.partition(".")
        if part and of == ANY:
            of_any[part] = value
        elif part and base_of(of) == move:
            own[part] = value
    parts = of_any | own
    if "words" in own and of_any.get("words", own["words"]) != own["words"]:
        parts["words"] = f"{own['words']}\n{of_any['words']}"
    return parts


def _begins(said: Said) -> int:
    """How surely an event is the first of its thread: the less, the surer."""
    event = said.values.get("event")
    return _BEGIN.index(event) if event in _BEGIN else _LATER


def _move(said: Said, begin: int) -> str:
    """The move that an event is: an alert behind a challenge was made formal."""
    if _begins(said) == begin < _LATER:
        return MOVES[0]
    event = str(said.values.get("event"))
    return "alerted" if event == "alert" else event


def _by_move(event: tuple[str, Said]) -> tuple[int, int, str]:
    """The order of events of which nothing else is known: that of the moves, then of their texts.

    It is not that of the rows, so that a sheet may be sorted as it likes.
    """
    text, said = event
    move = _move(said, _LATER)
    return _begins(said), MOVES.index(move) if move in MOVES else 0, text


def _unlike(one: Any, other: Any) -> bool:
    return set(one) != set(other) if isinstance(one, tuple) else bool(one != other)


def _shown(value: Any) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


_BASE = {move: base_of(move) for move in MOVES}
_OF_STAGES = {move for move in MOVES if _BASE[move] == "escalated" or move != _BASE[move]}
"""The moves that have to do with higher stages."""
_PLACE = {name: (move, part) for name in FIELDS for move, _, part in (name.partition("."),)}
"""The move and the part that each field is; the part is empty where it is of the whole."""


def _happened(move: str, parts: Parts) -> bool:
    return move == MOVES[0] or any(map(parts.get, _SHOWS[_BASE[move]]))


_SHOWS: Mapping[str, tuple[str, ...]] = {
    "alerted": ("on",), "answered": ("on", "response", "words"),
    "escalated": ("on", "role", "stage"), "cafcass": ("on", "step"),
    "closed": ("on", "closure"), "impact": ("words", "impact"), "filed": ("on",),
    "note": ("words",),
}  # fmt: skip
"""The parts of a move of which any shows that it was made."""
