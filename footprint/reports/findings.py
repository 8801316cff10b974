"""What a table shows, in a sentence: made from its figures, and from nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from footprint.domain.thread import TOO_EARLY
from footprint.reports.figures import IN_WORDS, NONE_SAID, Figure, Row, Table


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
    there = [row for row, count in zip(table.rows, reached, strict=True) if count]
    higher = [number(table, row.key, "reached") for row in table.rows[1:2]]
    if not sum(higher):
        return f"None of {many(reached[0], 'alert')} went beyond stage {table.rows[0].label}."
    up = f"{higher[0]:g} of {many(reached[0], 'alert')} went beyond stage {table.rows[0].key}"
    return f"{up}; the highest was {there[-1].label}."


def _themes(table: Table) -> str:
    return _most_of(table, "themes")


def _services(table: Table) -> str:
    return _most_of(table, "services")


def _teams(table: Table) -> str:
    return _most_of(table, "teams")


def _most_of(table: Table, rows: str) -> str:
    """Which row has the most alerts, or threads where there is no alert; ties are said to be."""
    column = "alerts" if _total(table, "alerts") else "threads"
    most = _most(table, column)
    if not most:
        return ""
    count = f"{number(table, most[0].key, column):g}"
    if len(most) == 1:
        return f"{most[0].label} has the most {column}: {count}."
    return f"{len(most)} {rows} have the most {column}: {count} each."


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
    return f"{counts['at-the-time']:g} of {many(total, 'thread')} were recorded at the time."


# --- answers ------------------------------------------------------------------------------------


def _informal(table: Table) -> str:
    share = cell(table, "settled", "share")
    if not share.base:
        return ""
    return f"{_of(share)} that were closed as resolved or unresolved needed no formal alert."


def _responses(table: Table) -> str:
    formal, informal = cell(table, "formal", "on_time"), cell(table, "informal", "on_time")
    parts = [
        f"{_of(share)} to {what}"
        for share, what in ((formal, "alerts"), (informal, "lower-level challenges"))
        if share.base
    ]
    return f"Answers on time: {', '.join(parts)}." if parts else "No answer fell due."


def _addressees(table: Table) -> str:
    """Of whom most answers were due at a formal stage, and how many of these were late."""
    formal = [row for row in table.rows if not row.key.startswith("0 ")]
    due = [(row, cell(table, row.key, "on_time")) for row in formal]
    row, share = max(due, key=lambda one: one[1].base or 0, default=(None, None))
    if row is None or share is None or not share.base:
        return ""
    late, silent = number(table, row.key, "late"), number(table, row.key, "unanswered")
    none = f", {silent:g} of them not at all" if silent else "; all came"
    answers = many(share.base, "answer")
    return f"{answers} due from the {row.label.partition(': ')[2]}: {late:g} came late{none}."


def _with_iro(table: Table) -> str:
    waited = cell(table, "all", "median")
    if not waited.base:
        return ""
    return f"Half of what waited for the IRO was acted on within {waited.value:g} working days."


# --- ends ---------------------------------------------------------------------------------------


def _closing(table: Table) -> str:
    median, within = cell(table, "alert", "median"), cell(table, "alert", "within_20")
    resolved = number(table, "alert", "resolved")
    parts = []
    if median.base:
        parts.append(median_said(median))
    elif resolved:
        parts.append(f"{many(resolved, 'alert')} resolved, in how many working days is not known")
    if within.base:
        parts.append(f"{_of(within)} were resolved within the total time")
    return f"{'; '.join(parts)}." if parts else "No alert was resolved in the period."


def median_said(median: Figure) -> str:
    """How long the middle one of the resolved alerts took."""
    alerts = many(median.base or 0, "resolved alert")
    return f"The median of {alerts} is {many(_number(median), 'working day')}"


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
    by_key = {row.key: number(table, row.key, "threads") for row in table.rows}
    silent = by_key.get(NONE_SAID, 0) + by_key.get(TOO_EARLY, 0)
    if not total:
        return ""
    told = f"{total - silent:g}" if silent < total else "none"
    in_words = by_key.get(IN_WORDS, 0)
    only = f", for {in_words:g} in words only" if in_words else ""
    return f"What changed for the child is recorded for {told} of {total:g} closed{only}."


def _filed(table: Table) -> str:
    share = cell(table, "filed", "share")
    return f"For {_of(share)} it is recorded that they were put on the child's own record." * bool(
        share.base
    )


def _cafcass(table: Table) -> str:
    steps = [(number(table, row.key, "threads"), row.label) for row in table.rows]
    said = [f"{label}, {count:g}" for count, label in steps if count]
    return f"Cafcass: {'; '.join(said)}." if said else "No step towards Cafcass is recorded."


def _stock(table: Table) -> str:
    start, end = number(table, "start", "count"), number(table, "end", "count")
    return f"{end:g} open at the end, {start:g} at the start."


def _lag(table: Table) -> str:
    median = cell(table, "all", "median")
    if not median.base:
        return "No entry of the period was made at the time."
    days = many(_number(median), "day")
    return f"The median entry made at the time was in the ledger after {days}."


def _years(table: Table) -> str:
    before, now = number(table, "alerts", "before"), number(table, "alerts", "this")
    label = {column.key: column.label for column in table.columns}["before"].partition(",")[0]
    if cell(table, "alerts", "difference").value is None:
        return f"Nothing is recorded of {label}: there is nothing to compare."
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
    most = [row for row in table.rows if _moves(row) == _moves(table.rows[0])]
    if len(most) > 1:
        by = many(_moves(most[0]), "thread")
        return f"{len(table.rows)} moved; {len(most)} of them by {by}, as much as any."
    before, now = (f"{_number(figure):g}" for figure in most[0].cells[:2])
    return f"{most[0].label} moved most: from {before} to {now}."


def _moves(row: Row) -> float:
    return abs(_number(row.cells[2]))


def _systemic(table: Table) -> str:
    if not table.rows:
        return "No theme came in as many threads."
    first = table.rows[0]
    return (
        f"{many(len(table.rows), 'theme')}; the most in {first.label}: {_number(first.cells[0]):g}."
    )


def _said(table: Table) -> str:
    there = many(len(table.rows), "thread")
    return f"Something is said of {there}." if table.rows else "Nothing is said yet."


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
