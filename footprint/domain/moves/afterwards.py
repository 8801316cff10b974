"""What was recorded after an entry that is put right: it stands, and must stay in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from footprint.domain.corrections import CORRECTED, corrected
from footprint.domain.days import from_iso
from footprint.domain.entry import Entry
from footprint.domain.fold import fold_stated
from footprint.domain.moves.order import check_order
from footprint.domain.policy import Policy
from footprint.domain.stated import Facts, Stated, stated
from footprint.domain.thread import with_days
from footprint.errors import Refused


def check_what_follows(
    entries: Sequence[Entry], changes: Mapping[int, Facts], at: int, policy: Policy
) -> None:
    """Refuse a correction that would bring disorder into what was recorded after the entry."""
    was = [stated(entry) for entry in entries]
    tail = entries[-1].position
    new: list[Stated] = [
        (tail + n, CORRECTED, {"corrects": position, "facts": facts})
        for n, (position, facts) in enumerate(changes.items(), start=1)
    ]
    ref, now = entries[0].stream, corrected([*was, *new])
    was = list(corrected(was))
    for index in range(at + 1, len(was)):
        wrong = _disorder(ref, now[: index + 1], policy)
        if wrong and not _disorder(ref, was[: index + 1], policy):
            raise Refused(
                f"Entry {was[index][0]}, which was recorded after it, would be out of order:"
                f" {wrong}",
                "Mend the date, or correct that entry first.",
            )


def _disorder(ref: str, history: Sequence[Stated], policy: Policy) -> str | None:
    """What is out of order in the last of these entries, if anything is."""
    *earlier, (_, topic, facts) = history
    if topic == CORRECTED:
        return None
    before = fold_stated(ref, [entry for entry in earlier if entry[1] != CORRECTED], policy)
    try:
        check_order(with_days(before), topic, facts, from_iso(facts["occurred_on"]))
    except Refused as refused:
        return refused.what
    return None
