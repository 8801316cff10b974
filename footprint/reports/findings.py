"""What a table shows, in a sentence: made from its figures, and from nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from footprint.domain.thread import TOO_EARLY
from footprint.reports.figures import NONE_SAID, Figure, Row, Table


def with_finding(table: Table) -> Table:
    """The table with the sentence that its figures make; its title where they make none."""
    say = _FINDINGS.get(table.name)
    return table._replace(finding=(say(table) if say else "") or f"{table.title}.")


# --- reading a table ----------------------------------------------------------------------------


def cell(table: Table, row: str, column: str) -> Figure:
    """The figure of a row and a column. Raises `KeyError`."""
    return {(r.key, c.key): figure for r, c, figure in table.figures()}[row, column]


def number(table: Table, row: str, column: str) -> float:
    """The same as a number; 0 where there is nothing to measure."""
    return _number(cell(table, row, column))


def _number(figure: Figure) -> float:
    return figure.value if isinstance(figure.value, int | float) else 0


def _total(table: Table, column: str) -> float:
    return sum(number(table, row.key, column) for row in table.rows)


def _most(table: Table, column: str) -> Sequence[Row]:
    """The rows with the most in a column, where any has something."""
    most = max((number(table, row.key, column) for row in table.rows), default=0)
    return [row for row in table.rows if most and number(table, row.key, column) == most]


def many(count: float, one: str, more: str | None = None) -> str:
    """So many of something: 1 thread, 3 threads."""
    return f"{count:g} {one if count == 1 else more or one + 's'}"


def _of(figure: Figure) -> str:
    return f"{figure.value} of {figure.base}"


# --- what was raised ----------------------------------------------------------------------------


def _raised(table: Table) -> str:
    counts = {row.key: number(table, row.key, "count") for row in table.rows}
    became = f"{many(counts['became'], 'challenge')} became an alert" if counts["became"] else ""
    if not counts["threads"]:
        return f"Nothing was raised in the period{'; ' * bool(became)}{became}."
    said = many(counts["threads"], "concern was raised", "concerns were raised")
    informal = many(counts["challenges"], "lower-level challenge")
    alerts = many(counts["direct"], "formal alert")
    return f"{said}: {informal} and {alerts}{'; ' * bool(became)}{became}."


def _stages(table: Table) -> str:
    reached = [number(table, row.key, "reached") for row in table.rows]
    if not any(reached):
        return ""
    highest = max(at for at, count in enumerate(reached) if count)
    where = table.rows[highest].label
    if highest < _HIGHER:
        return f"None of {reached[0]:g} went beyond stage {where}."
    beyond = f"{reached[_HIGHER]:g} of {reached[0]:g}"
    return f"{beyond} went to stage {_HIGHER} or above; the highest was {where}."


_HIGHER = 2


def _themes(table: Table) -> str:
    return _commonest(table, "was the commonest theme", "were the commonest themes")


def _services(table: Table) -> str:
    return _commonest(table, "was challenged most", "were challenged most")


def _teams(table: Table) -> str:
    return _commonest(table, "was challenged most", "were challenged most")


def _commonest(table: Table, was: str, were: str) -> str:
    """Which rows have the most alerts, or threads where there is no alert."""
    column = "alerts" if _total(table, "alerts") else "threads"
    rows = _most(table, column)
    if not rows:
        return ""
    count = number(table, rows[0].key, column)
    named = " and ".join(row.label for row in rows[:3])
    counted = many(count, column[:-1])
    if len(rows) == 1:
        return f"{named} {was}: {counted}."
    return f"{named} {were}: {counted} each."


def _quarters(table: Table) -> str:
    rows, total = _most(table, "alerts"), _total(table, "alerts")
    if not rows:
        return ""
    count = number(table, rows[0].key, "alerts")
    if len(rows) > 1:
        return f"{many(total, 'alert')}; no quarter had more than {count:g}."
    return f"{count:g} of {many(total, 'alert')} came in {rows[0].label}."


def _repeats(table: Table) -> str:
    if not table.rows:
        return "No theme came again."
    return f"{many(len(table.rows), 'theme')} came in more than one quarter, or again this year."


def _sources(table: Table) -> str:
    counts = {row.key: number(table, row.key, "threads") for row in table.rows}
    total = sum(counts.values())
    if not total:
        return ""
    now = f"Of {many(total, 'thread')}, {counts['at-the-time']:g} were recorded at the time"
    copied = f"{counts['transcribed']:g} copied from a record made then"
    return f"{now}, {copied}, {counts['recalled']:g} recalled from memory."


# --- answers ------------------------------------------------------------------------------------


def _informal(table: Table) -> str:
    share = cell(table, "settled", "share")
    return f"{_of(share)} that were closed were settled informally." if share.base else ""


def _responses(table: Table) -> str:
    formal, informal = cell(table, "formal", "on_time"), cell(table, "informal", "on_time")
    parts = [
        f"{_of(share)} {what}"
        for share, what in ((formal, "formal alerts"), (informal, "lower-level challenges"))
        if share.base
    ]
    return f"First answered on time: {' and '.join(parts)}." if parts else "No answer fell due."


def _addressees(table: Table) -> str:
    formal = [row for row in table.rows if not row.key.startswith("0 ")]
    asked = [(row, cell(table, row.key, "on_time")) for row in formal]
    asked = [(row, share) for row, share in asked if share.base]
    if not asked:
        return ""
    row, share = max(asked, key=lambda one: one[1].base or 0)
    who = row.label.partition(": ")[2]
    missing = number(table, row.key, "unanswered")
    answered = "all were answered" if not missing else f"{missing:g} had no answer"
    return (
        f"The {who} was asked {many(share.base or 0, 'time')}: {answered}, {share.value} on time."
    )


def _with_iro(table: Table) -> str:
    waited = cell(table, "all", "median")
    if not waited.base:
        return ""
    return f"Half of what waited for the IRO was acted on within {waited.value:g} working days."


# --- ends ---------------------------------------------------------------------------------------


def _closing(table: Table) -> str:
    median, within = cell(table, "alert", "median"), cell(table, "alert", "within_20")
    parts = []
    if median.base:
        parts.append(f"Half of the alerts were resolved within {median.value:g} working days")
    if within.base:
        parts.append(f"{_of(within)} within the total time")
    return f"{'; '.join(parts)}." if parts else "No alert was resolved in the period."


_OVER_20 = frozenset({"21-25", "26-30", "31+"})


def _days(table: Table) -> str:
    alerts = {row.key: number(table, row.key, "alerts") for row in table.rows}
    total = sum(alerts.values())
    over = sum(count for key, count in alerts.items() if key in _OVER_20)
    if not total:
        return ""
    return f"{over:g} of {many(total, 'resolved alert')} took more than 20 working days."


def _outcomes(table: Table) -> str:
    resolved = sum(number(table, key, "threads") for key in ("resolved", "partly", "explained"))
    total = _total(table, "threads")
    if not total:
        return "Nothing was closed in the period."
    return f"{resolved:g} of {many(total, 'closed thread')} ended in a resolution."


def _impact(table: Table) -> str:
    total = _total(table, "threads")
    open_yet = (row.key for row in table.rows if row.key in (NONE_SAID, TOO_EARLY))
    silent = sum(number(table, key, "threads") for key in open_yet)
    if not total:
        return ""
    told = f"{total - silent:g}" if silent < total else "none"
    return f"What changed for the child is recorded for {told} of {total:g} closed."


def _filed(table: Table) -> str:
    share = cell(table, "filed", "share")
    return f"{_of(share)} were put on the child's own record." if share.base else ""


def _cafcass(table: Table) -> str:
    steps = [(number(table, row.key, "threads"), row.label) for row in table.rows]
    said = [f"{label}, {count:g}" for count, label in steps if count]
    return f"Cafcass: {'; '.join(said)}." if said else "Cafcass was not turned to."


def _stock(table: Table) -> str:
    start, end = number(table, "start", "count"), number(table, "end", "count")
    return f"{end:g} open at the end, {start:g} at the start."


def _lag(table: Table) -> str:
    median = cell(table, "all", "median")
    if not median.base:
        return "Nothing of the period was recorded at the time."
    return f"Half of what was recorded at the time was recorded within {median.value:g} days."


def _years(table: Table) -> str:
    before, now = number(table, "alerts", "before"), number(table, "alerts", "this")
    label = {column.key: column.label for column in table.columns}["before"].partition(",")[0]
    return f"{many(now, 'alert')}; {before:g} in {label}."


# --- the meeting --------------------------------------------------------------------------------


def _overdue(table: Table) -> str:
    return f"{many(len(table.rows), 'thread')} overdue." if table.rows else "Nothing is overdue."


def _high(table: Table) -> str:
    there = many(len(table.rows), "thread")
    return f"{there} open at stage 3 or above." if table.rows else "None is at stage 3 or above."


def _moved(table: Table) -> str:
    if not table.rows:
        return "As in the quarter before."
    first = table.rows[0]
    before, now = (f"{_number(figure):g}" for figure in first.cells[:2])
    return f"{first.label} moved most: from {before} to {now}."


def _systemic(table: Table) -> str:
    if not table.rows:
        return "No theme came in three threads or more."
    return f"{' and '.join(row.label for row in table.rows[:3])}: in three threads or more."


def _said(table: Table) -> str:
    return f"Of {many(len(table.rows), 'thread')} it is known what changed." if table.rows else ""


_FINDINGS: dict[str, Callable[[Table], str]] = {
    "raised": _raised,
    "stages": _stages,
    "themes": _themes,
    "services": _services,
    "teams": _teams,
    "quarters": _quarters,
    "repeats": _repeats,
    "sources": _sources,
    "informal": _informal,
    "responses": _responses,
    "addressees": _addressees,
    "with-iro": _with_iro,
    "closing": _closing,
    "days": _days,
    "outcomes": _outcomes,
    "impact": _impact,
    "filed": _filed,
    "cafcass": _cafcass,
    "stock": _stock,
    "lag": _lag,
    "years": _years,
    "overdue": _overdue,
    "high": _high,
    "moved-themes": _moved,
    "moved-services": _moved,
    "systemic": _systemic,
    "said": _said,
}
