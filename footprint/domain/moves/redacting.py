"""The moves that remove words for good: one person asks, another approves.

Neither is a fact about the child: no clock starts or stops, and every count stays. Corrections of
an entry go with it, since they repeat its words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from footprint.domain import events as ev
from footprint.domain.asks import ApproveRedaction, AskRedaction
from footprint.domain.corrections import NEW_WORDS, corrected_words, plain
from footprint.domain.entry import ORIGINAL, TOGETHER, Entry, Move, Words
from footprint.domain.moves.checks import said
from footprint.domain.policy import Policy
from footprint.domain.redactions import (
    WHOLE,
    WRONG_CHILD,
    entered_again,
    is_nothing_left,
    open_requests,
    spoken,
    with_corrections,
)
from footprint.domain.reference import shown
from footprint.errors import Refused

RIGHT_CHILD = "right_child"
"""In the words of a request: the case number under which the thread is to go on."""
_ENTERED_AGAIN = "Entered again: it was recorded on the wrong child."
_OF_THE_WRONG_CHILD = ("follows", TOGETHER, ORIGINAL)
"""An earlier thread of the wrong child is not the right one's, nor are those of its brothers and
sisters, and the cells of a sheet may hold the wrong number."""
_STAYS_BEHIND = frozenset(
    {"child", "reason", *_OF_THE_WRONG_CHILD, *(NEW_WORDS + name for name in _OF_THE_WRONG_CHILD)}
)
"""Words that are not entered again."""


def ask_for(
    entries: Sequence[Entry], ask: AskRedaction, policy: Policy, words: Mapping[int, Words]
) -> Move:
    """A request, of the words that are there now.

    Raises:
        Refused: there are none, it was asked for already, or what is given does not fit.
    """
    texts = said(ask.words)
    if not texts.get("why"):
        raise Refused("A redaction needs a reason.", "Say in a sentence why: --why.")
    basis = policy.code("redactions", ask.basis)
    positions = _asked_for(entries, ask.positions)
    for request in open_requests(entries):
        right = words.get(request.position, {}).get(RIGHT_CHILD)
        if (request.event.positions, right) == (positions, texts.get(RIGHT_CHILD)):  # type: ignore[attr-defined]
            raise Refused(
                f"That was asked for already, in entry {request.position} by {request.actor}.",
                f"Somebody else approves it: footprint redact {_ref(entries)} --approve.",
            )
    if RIGHT_CHILD in texts:
        _check_right_child(entries, texts[RIGHT_CHILD], ask, policy, words)
    return Move(
        event=ev.RedactionRequested(positions=positions, basis=basis),
        occurred_on=ask.on,
        source=ask.source,
        words=texts,
    )


def _asked_for(entries: Sequence[Entry], given: tuple[int, ...]) -> tuple[int, ...]:
    """The positions of a request: those given with their corrections, none for all of it.

    Where the words of an entry were removed, those of a later correction may still stand under it.
    """
    there = [entry.position for entry in spoken(entries, requests=True)]
    if not given and is_nothing_left(entries):
        raise Refused(
            f"{_ref(entries)} was redacted as a whole, and has no words since.",
            f"See what it has: footprint show {_ref(entries)}.",
        )
    for position in given:
        if not {*there} & {*with_corrections(entries, (position,))}:
            raise Refused(
                f"Entry {position} of {_ref(entries)} has no words that could be removed.",
                f"Those that have: {', '.join(map(str, there)) or 'none'}.",
            )
    return with_corrections(entries, given) if given else WHOLE


def _check_right_child(
    entries: Sequence[Entry],
    child: str,
    ask: AskRedaction,
    policy: Policy,
    words: Mapping[int, Words],
) -> None:
    if ask.basis != WRONG_CHILD or ask.positions:
        raise Refused(
            "A thread goes on under another case number as a whole, and because it was the wrong"
            " child.",
            "Give --basis wrong-child, and no --entry.",
        )
    policy.check_case_number(child)
    if any(texts.get("child") == child for texts in words.values()):
        raise Refused(f"{_ref(entries)} is of that child already.", "Mend --right-child.")
    if not spoken(entries):
        raise _nothing_to_name(entries)


# --- the approval ---------------------------------------------------------------------------


def approve(
    entries: Sequence[Entry], ask: ApproveRedaction, words: Mapping[int, Words], actor: str
) -> tuple[Move, ...]:
    """The redaction that was asked for; behind it the words entered again, where that was asked.

    Args:
        entries: those of the thread.
        ask: which request is approved.
        words: those of the entries by position.
        actor: who approves: neither who asked nor who recorded what is removed.

    Raises:
        Refused: there is no such request, or it is not theirs to approve.
    """
    request = _requested(entries, ask.request)
    asked: ev.RedactionRequested = request.event  # type: ignore[assignment]
    positions = _to_remove(entries, asked.positions)
    recorded = [e for e in spoken(entries, requests=True) if e.position in positions]
    _check_approver(actor, request, [e for e in recorded if e.topic != request.topic])
    event = ev.EntryRedacted(positions=positions, basis=asked.basis, requested=request.position)
    redaction = Move(event=event, occurred_on=ask.on, source=ask.source, words={})
    right = words.get(request.position, {}).get(RIGHT_CHILD)
    again = _entered_again(recorded, words, right, ask) if right else []
    if right and not again:
        raise _nothing_to_name(entries)
    return (redaction, *again)


def _nothing_to_name(entries: Sequence[Entry]) -> Refused:
    """Only words name the child: without any, no number can be carried over."""
    return Refused(
        f"{_ref(entries)} has no words any more that could be entered again under another number.",
        "Remove what is left without --right-child, and raise the concern anew.",
    )


def _requested(entries: Sequence[Entry], position: int | None) -> Entry:
    waiting = {request.position: request for request in open_requests(entries)}
    if not waiting:
        raise Refused(
            f"No redaction of {_ref(entries)} waits to be approved.",
            f"Ask for one: footprint redact {_ref(entries)} --basis BASIS --why TEXT.",
        )
    if position is None and len(waiting) == 1:
        (position,) = waiting
    if position not in waiting:
        given = f"Entry {position} is no request that waits" if position else "Several wait"
        raise Refused(f"{given}.", f"Name one with --request: {', '.join(map(str, waiting))}.")
    return waiting[position]


def _to_remove(entries: Sequence[Entry], asked: tuple[int, ...]) -> tuple[int, ...]:
    """What is removed now: what was recorded since the request goes with it.

    What another redaction has removed meanwhile is named again: a verifier looks for all of it,
    and a thread that was moved since has the words once more, in corrections.
    """
    if asked == WHOLE:
        return tuple(entry.position for entry in spoken(entries, requests=True))
    return with_corrections(entries, asked)


def _check_approver(actor: str, request: Entry, recorded: Sequence[Entry]) -> None:
    """Two people, of whom the second wrote nothing of what is removed."""
    if _same(actor, request.actor):
        raise Refused(
            f"{actor} asked for this redaction, and somebody else has to approve it.",
            "Hand it to them: --actor, or their own login.",
        )
    own = [str(entry.position) for entry in recorded if _same(actor, entry.actor)]
    if own:
        raise Refused(
            f"{actor} recorded entries that are to be removed ({', '.join(own)}), and somebody"
            " else has to approve it.",
            "Hand it to somebody who recorded none of them.",
        )


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


# --- words entered again --------------------------------------------------------------------


def _entered_again(
    recorded: Sequence[Entry], words: Mapping[int, Words], child: str, ask: ApproveRedaction
) -> list[Move]:
    """The words of a thread again, each as a correction of the entry that had them.

    Facts stay as they are. A correction is made again; one of a correction is heard in it.
    """
    known = corrected_words(recorded, words)
    moves = []
    for entry in entered_again(recorded):
        corrects = getattr(entry.event, "corrects", None)
        own = known if corrects else words
        target, texts = _as_correction(entry, corrects, own.get(entry.position, {}))
        moves.append(
            Move(
                event=ev.EntryCorrected(corrects=target, facts={}),
                occurred_on=ask.on,
                source=ask.source,
                words={**texts, "child": child},
            )
        )
    return moves


def stays_behind(words: Mapping[int, Words], removed: Sequence[Entry]) -> bool:
    """Whether what is entered again has words beside it that are not."""
    names = {name for e in entered_again(removed) for name in words.get(e.position, {})}
    return any(plain(name) in _OF_THE_WRONG_CHILD for name in names)


def _as_correction(entry: Entry, corrects: int | None, own: Words) -> tuple[int, Words]:
    """What is corrected, and the words of that correction."""
    new = {n: t for n, t in own.items() if n.startswith(NEW_WORDS) and n not in _STAYS_BEHIND}
    reason = own.get("reason", _ENTERED_AGAIN)
    if corrects and new:
        return corrects, {"reason": reason, **new}
    if corrects:
        return entry.position, {"reason": _ENTERED_AGAIN, f"{NEW_WORDS}reason": reason}
    texts = {NEW_WORDS + n: text for n, text in own.items() if n not in _STAYS_BEHIND}
    return entry.position, {"reason": _ENTERED_AGAIN, **texts}


def _ref(entries: Sequence[Entry]) -> str:
    return shown(entries[0].stream)
