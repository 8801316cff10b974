"""A thread's history on a screen: what happened, what was due, and what was put right in place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from footprint.domain.corrections import CORRECTED, NEW_WORDS, corrected_words
from footprint.domain.days import london_day, spelt
from footprint.domain.entry import Entry, Words
from footprint.domain.policy import Policy
from footprint.domain.stated import as_stored, stated
from footprint.intake.origin import place_of, said_itself
from footprint.projections.history import Happening
from footprint.projections.outcomes import Due
from footprint_cli.screen.text import visible
from footprint_cli.thread.story import fact, fact_name, told

_INDENT = "    "

Gone = Callable[[int], str]
"""What is said of the words of the entry at a position that has some, where they are not there."""


def story(
    history: Sequence[Happening], words: Mapping[int, Words], policy: Policy, day: date, gone: Gone
) -> Iterator[str]:
    """The lines that tell a history; corrections are told where they belong.

    Args:
        history: what happened.
        words: those that are still kept, by position, as they were recorded.
        policy: for its labels.
        day: the day that it is told on.
        gone: what is said of words that are not among these.
    """
    for happening in history:
        entry = happening.entry
        if entry.topic == CORRECTED:
            continue
        if happening.since:
            yield from ("", f"{_INDENT}{days(happening.since)} later", "")
        yield f"{when(entry.occurred_on)}: {visible(told(entry.event, policy))}"
        yield from _words(happening, words, gone)
        yield from (_INDENT + outcome(due, day) for due in happening.due)
        yield from (_INDENT + line for line in put_right(happening, words, policy, gone))
        yield _INDENT + recorded(entry, policy)


def when(on: date | None) -> str:
    """The day that something happened."""
    return spelt(on) if on else "Day not known"


def days(count: int) -> str:
    """So many working days."""
    return f"{count} working day{'' if count == 1 else 's'}"


# --- what was said ----------------------------------------------------------------------------


def _words(happening: Happening, words: Mapping[int, Words], gone: Gone) -> Iterator[str]:
    known = known_words(happening, words)
    if is_gone(happening, words):
        yield f"{_INDENT}(words {gone(happening.entry.position)})"
    for name, text in said_itself(known).items():
        yield from text_lines(name, text)
    if place := place_of(known):
        yield f"{_INDENT}brought in from {visible(place)}"


def is_gone(happening: Happening, words: Mapping[int, Words]) -> bool:
    """Whether nothing is left among these of the words that an entry was recorded with."""
    had, at = happening.recorded.words, happening.entry.position
    return bool(had) and at not in words and not known_words(happening, words)


def known_words(happening: Happening, words: Mapping[int, Words]) -> dict[str, str]:
    """The words of an entry as they now stand, without the case number."""
    at = happening.entry.position
    own = {p: words[p] for p in (at, *_positions(happening)) if p in words}
    known = corrected_words(happening.corrections, own).get(at, {})
    return {name: text for name, text in known.items() if text and name != "child"}


def _positions(happening: Happening) -> list[int]:
    return [correction.position for correction in happening.corrections]


def _new(words: Words) -> dict[str, str]:
    return {n.removeprefix(NEW_WORDS): t for n, t in words.items() if n.startswith(NEW_WORDS)}


_LABELS = {"text": "", "sha256": "SHA-256", "size": "bytes"}


def label_of(name: str) -> str:
    """What a text is called beside it; nothing for what was said or done."""
    return _LABELS.get(name, visible(name.replace("_", " ")))


def text_lines(name: str, text: str, indent: str = _INDENT) -> Iterator[str]:
    """A text as it was typed, each line indented, what it is before the first."""
    label = f"{label_of(name)}: ".removeprefix(": ")
    for number, line in enumerate(visible(text, lines=True).split("\n")):
        yield f"{indent}{label if not number else ''}{line}"


# --- what was due -----------------------------------------------------------------------------

_WHAT = {
    "answer": "Answer due by",
    "action": "Action promised by",
    "total": "To be resolved by",
}
_CAME = {
    "answered": "answered",
    "done": "closed on what was done",
    "resolved": "resolved",
    "sent-on": "none came; taken higher",
    "promised-again": "promised again",
    "closed": "closed without it",
}


def outcome(due: Due, day: date, dated: Callable[[date], str] = spelt) -> str:
    """What was due and what came of it, as one line; days as `dated` writes them."""
    return f"{_WHAT[due.what]} {dated(due.by)}: {_came(due, day, dated)}."


def _came(due: Due, day: date, dated: Callable[[date], str]) -> str:
    if due.came == "nothing":
        return _nothing_yet(due, day, dated)
    said = _CAME[due.came]
    if due.on is None:
        return f"{said}, on a day not known"
    return f"{said} on {dated(due.on)}{_lateness(due)}"


def _lateness(due: Due) -> str:
    """Late by how much, or in time; what came instead of it can only be late."""
    if due.over is None or due.came in ("closed", "promised-again"):
        return ""
    if due.on and due.on > due.by:
        return f", {_so_late(due.over)}"
    return "" if due.came == "sent-on" else ", in time"


def _so_late(over: int) -> str:
    """Past its day is late, be it on the Saturday behind it."""
    return f"{days(over)} late" if over else "late, by no working day"


def _nothing_yet(due: Due, day: date, dated: Callable[[date], str]) -> str:
    if due.over is None:
        return "not yet"
    if day > due.by:
        return f"not yet, {_so_late(due.over)} on {dated(day)}"
    return f"not yet, {days(-due.over)} left on {dated(day)}"


# --- what was put right -----------------------------------------------------------------------


def put_right(
    happening: Happening,
    words: Mapping[int, Words],
    policy: Policy,
    gone: Gone,
    *,
    lines: bool = False,
) -> Iterator[str]:
    """Recorded as ..., corrected on ... because ...: one after the other.

    With `lines`, new lines in what was typed are left as they are.
    """
    _, _, facts = stated(happening.recorded)
    at = happening.entry.position
    stood: dict[int, dict[str, Any]] = {at: dict(facts)}
    texts = {p: dict(words.get(p, {})) for p in (at, *_positions(happening))}
    spoken = {e.position for e in (happening.recorded, *happening.corrections) if e.words}
    for correction in happening.corrections:
        event: Any = correction.event
        of, said = event.corrects, words.get(correction.position, {})
        stood[correction.position] = {"facts": event.facts, **_header(correction)}
        was = [*_facts_were(event, stood[of], policy)]
        lost = of in spoken and of not in words
        was += [f"words {gone(of)}"] if lost and _new(said) else _words_were(_new(said), texts[of])
        stood[of] |= event.facts
        texts[of] |= _new(said)
        because = said.get("reason", f"(reason {gone(correction.position)})")
        on = spelt(london_day(correction.recorded_at))
        what = "recorded as" if of == at else f"entry {of} said"
        did = "taken back" if "facts" in event.facts else "corrected"
        was = was or [f"words that were corrected, the new ones {gone(correction.position)}"]
        yield visible(
            f"{what}: {'; '.join(was)}; {did} on {on} by {correction.actor}"
            f" because: {because} (entry {correction.position})",
            lines=lines,
        )


def _header(entry: Entry) -> dict[str, Any]:
    return {"occurred_on": as_stored(entry.occurred_on), "source": entry.source}


def _facts_were(event: Any, stood: Mapping[str, Any], policy: Policy) -> Iterator[str]:
    """What the corrected facts were; those of a correction are told by what it corrected."""
    for name in event.facts:
        if name == "facts":
            told_of = [f"{fact_name(n)} {fact(n, v, policy)}" for n, v in stood[name].items()]
            yield "; ".join(told_of) or "nothing"
        else:
            yield f"{fact_name(name)} {fact(name, stood.get(name), policy)}"


def _words_were(new: Words, texts: Mapping[str, str]) -> Iterator[str]:
    """What the corrected texts were."""
    for name in said_itself(new):
        plain = name.removeprefix(NEW_WORDS).replace("_", " ")
        yield f"{'words' if plain == 'text' else plain} “{texts.get(name, '')}”"


def recorded(entry: Entry, policy: Policy) -> str:
    """Where an entry stands, and when, by whom and from what source it was recorded."""
    at = entry.recorded_at[:16].replace("T", " ")
    source = policy.label("sources", entry.source)
    return f"entry {entry.position}, recorded {at} UTC by {visible(entry.actor)}; {source}"
