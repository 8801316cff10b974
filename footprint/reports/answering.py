"""Tables of answers: on time or not, by whom they were asked, and what waited for the IRO."""

from __future__ import annotations

from collections.abc import Iterable

from footprint.domain.ladder import INFORMAL
from footprint.domain.policy import Policy
from footprint.reports import measures as m
from footprint.reports.figures import Table
from footprint.reports.measures import Hit
from footprint.reports.sight import Sight
from footprint.reports.tabulating import (
    Counted,
    heads,
    longest,
    median,
    rows,
    rows_there,
    share,
    whole,
)

_ANSWERS = (
    Counted("on_time", "First answer on time", m.due, share),
    Counted("late", "Late, or none", m.late, published=False),
    Counted("unanswered", "No answer", m.unanswered, published=False),
    Counted("not_known", "Day not known", m.answered_unknown, published=False),
    Counted("median", "Median working days", m.waits, median),
    Counted("longest", "Longest", m.waits, longest),
)
_ON_TIME = (
    "Steps that fell due in the period. On time: the first substantive answer came by the day that"
    " was promised; a holding reply or a question back is none, and no answer is late."
)


def informal(sight: Sight) -> Table:
    columns = (Counted("share", "Settled informally", m.settled, share),)
    return Table(
        name="informal",
        title="Settled informally",
        measure="Closed in the period as resolved or unresolved: of these, resolved without a"
        " formal alert. Withdrawn, overtaken by events and left care are in neither.",
        of="Closed",
        columns=heads(columns),
        rows=(whole(sight, columns, "settled", "Resolved without a formal alert"),),
    )


def responses(sight: Sight) -> Table:
    labels = {"informal": "Lower-level challenges", "formal": "Formal alerts"}
    return Table(
        name="responses",
        title="First answers",
        measure=_ON_TIME,
        of="Asked",
        columns=heads(_ANSWERS),
        rows=rows(sight, _ANSWERS, _by_form, labels),
    )


def _by_form(hit: Hit) -> Iterable[str]:
    if hit.clock:
        yield "informal" if hit.clock.stage == INFORMAL else "formal"


def addressees(sight: Sight) -> Table:
    made = rows_there(sight, _ANSWERS, _by_addressee, lambda key: _label(sight.policy, key))
    return Table(
        name="addressees",
        title="First answers by whom was asked",
        measure=_ON_TIME,
        of="Stage, and who was asked",
        columns=heads(_ANSWERS),
        rows=tuple(made),
        published=False,
    )


def _by_addressee(hit: Hit) -> Iterable[str]:
    if hit.clock:
        yield f"{hit.clock.stage} {hit.clock.role or '-'}"


def _label(policy: Policy, key: str) -> str:
    stage, _, role = key.partition(" ")
    return f"{stage}: {'role not said' if role == '-' else policy.label('roles', role)}"


def with_iro(sight: Sight) -> Table:
    columns = (Counted("median", "Median working days", m.with_iro, median),)
    return Table(
        name="with-iro",
        title="With the IRO",
        measure="Steps that ended in the period: working days from the answer, or from a due date"
        " that was missed, to the IRO's next step or the close. Never by IRO.",
        of="Steps",
        columns=heads(columns),
        rows=(whole(sight, columns, "all", "All that ended"),),
        published=False,
    )
