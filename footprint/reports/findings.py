"""What a table shows, in a sentence: made from its figures, and from nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from footprint.domain.thread import TOO_EARLY
from footprint.domain.vocabulary import RESOLVED
from footprint.reports.figures import IN_WORDS, NONE_SAID, Figure, Row, Section, Table


def with_finding(table: Table) -> Table:
    """The table with the sentence that its figures make; its title where they make none."""
    say = _FINDINGS.get(table.name)
    return table._replace(finding=(say(table) if say else "") or f"{table.title}.")


def section(name: str, title: str, *tables: Table) -> Section:
    """Tables under a heading, each with what it shows."""
    return Section(name, title, tuple(map(with_finding, tables)))


# --- reading a table ----------------------------------------------------------------------------


def _number(table: Table, row: str, column: str) -> float:
    """A figure as a number; 0 where there is nothing to measure. Raises `KeyError`."""
    return table.cells[row, column].number or 0


def _numbers(table: Table, column: str) -> dict[str, float]:
    """The same of all rows, by their keys."""
    return {row.key: figure.number or 0 for row, figure in table.column(column)}


def _most(table: Table, column: str) -> Sequence[Row]:
    """The rows with the most in a column, where any has something."""
    numbers = _numbers(table, column)
    most = max(numbers.values(), default=0)
    return [row for row in table.rows if most and numbers[row.key] == most]


def many(count: float, one: str, more: str | None = None) -> str:
    """So many of something: 1 thread, 3 threads."""
    return f"{count:g} {one if count == 1 else more or one + 's'}"


def _of(figure: Figure) -> str:
    return f"{figure.value} of {figure.base}"


# --- what was raised ----------------------------------------------------------------------------


def _raised(table: Table) -> str:
    counts = _numbers(table, "count")
    became = f"{many(counts['became'], 'challenge')} became an alert" if counts["became"] else ""
    if not counts["threads"]:
        return f"Nothing was raised in the period{'; ' * bool(became)}{became}."
    said = many(counts["threads"], "concern was raised", "concerns were raised")
    informal = many(counts["challenges"], "lower-level challenge")
    alerts = many(counts["direct"], "formal alert")
    return f"{said}: {informal} and {alerts}{'; ' * bool(became)}{became}."


def _stages(table: Table) -> str:
    reached = [(row, figure.number or 0) for row, figure in table.column("reached")]
    there = [row for row, count in reached if count]
    if not there:
        return ""
    (first, alerts), *higher = reached
    if len(there) == 1:
        return f"None of {many(alerts, 'alert')} went beyond stage {first.label}."
    up = f"{higher[0][1]:g} of {many(alerts, 'alert')} went beyond stage {first.key}"
    return f"{up}; the highest was {there[-1].label}."


def _most_of(table: Table) -> str:
    """Which row has the most alerts, or threads where there is no alert; ties are said to be."""
    column = "alerts" if any(_numbers(table, "alerts").values()) else "threads"
    most = _most(table, column)
    if not most:
        return ""
    count = f"{_number(table, most[0].key, column):g}"
    if len(most) == 1:
        return f"{most[0].label} has the most {column}: {count}."
    return f"{len(most)} {table.name} have the most {column}: {count} each."


def _quarters(table: Table) -> str:
    counts, rows = _numbers(table, "alerts"), _most(table, "alerts")
    if not rows:
        return ""
    total, count = sum(counts.values()), counts[rows[0].key]
    if len(rows) > 1:
        return f"{many(total, 'alert')}; no quarter had more than {count:g}."
    return f"{count:g} of {many(total, 'alert')} came in {rows[0].label}."


def _repeats(table: Table) -> str:
    if not table.rows:
        return "No theme came again."
    return f"{many(len(table.rows), 'theme')} came in more than one quarter, or again this year."


def _sources(table: Table) -> str:
    counts = _numbers(table, "threads")
    total = sum(counts.values())
    if not total:
        return ""
    return f"{counts['at-the-time']:g} of {many(total, 'thread')} were recorded at the time."


# --- answers ------------------------------------------------------------------------------------


def _informal(table: Table) -> str:
    share = table.cells["settled", "share"]
    if not share.base:
        return ""
    return f"{_of(share)} that were closed as resolved or unresolved needed no formal alert."


def _responses(table: Table) -> str:
    formal, informal = table.cells["formal", "on_time"], table.cells["informal", "on_time"]
    parts = [
        f"{_of(share)} to {what}"
        for share, what in ((formal, "alerts"), (informal, "lower-level challenges"))
        if share.base
    ]
    return f"Answers on time: {', '.join(parts)}." if parts else "No answer fell due."


def _addressees(table: Table) -> str:
    """Of whom most answers were due at one formal stage, and how many of these were late."""
    formal = [row for row in table.rows if not row.key.startswith("0 ")]
    due = [(row, table.cells[row.key, "on_time"]) for row in formal]
    row, share = max(due, key=lambda one: one[1].base or 0, default=(None, None))
    if row is None or share is None or not share.base:
        return ""
    late, silent = _number(table, row.key, "late"), _number(table, row.key, "unanswered")
    none = f", {silent:g} of them not at all" if silent else "; all came"
    answers, stage = many(share.base, "answer"), row.key.partition(" ")[0]
    asked = f"the {row.label.partition(': ')[2]} at stage {stage}"
    return f"{answers} due from {asked}: {late:g} not in time{none}."


def _with_iro(table: Table) -> str:
    waited = table.cells["all", "median"]
    if not waited.base:
        return ""
    return f"Half of what waited for the IRO was acted on within {waited.value:g} working days."


# --- ends ---------------------------------------------------------------------------------------


def _closing(table: Table) -> str:
    median, within = table.cells["alert", "median"], table.cells["alert", "within_20"]
    resolved = _number(table, "alert", "resolved")
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
    return f"The median of {alerts} is {many(median.number or 0, 'working day')}"


_OVER_20 = frozenset({"21-25", "26-30", "31+"})


def _days(table: Table) -> str:
    alerts = _numbers(table, "alerts")
    if not any(alerts.values()):
        return ""
    keys = list(alerts)
    behind = keys[keys.index(table.chart.line_after) + 1 :] if table.chart else []
    over = sum(alerts[key] for key in behind)
    total = many(sum(alerts.values()), "resolved alert")
    return f"{over:g} of {total} took more than 20 working days."


def _outcomes(table: Table) -> str:
    counts = _numbers(table, "threads")
    total = sum(counts.values())
    if not total:
        return "Nothing was closed in the period."
    resolved = sum(counts[closure] for closure in RESOLVED)
    return f"{resolved:g} of {many(total, 'closed thread')} ended in a resolution."


def _impact(table: Table) -> str:
    counts = _numbers(table, "threads")
    total = sum(counts.values())
    if not total:
        return ""
    silent = counts.get(NONE_SAID, 0) + counts.get(TOO_EARLY, 0)
    told = f"{total - silent:g}" if silent < total else "none"
    in_words = counts.get(IN_WORDS, 0)
    only = f", for {in_words:g} in words only" if in_words else ""
    return f"What changed for the child is recorded for {told} of {total:g} closed{only}."


def _filed(table: Table) -> str:
    share = table.cells["filed", "share"]
    said = f"For {_of(share)} it is recorded that they were put on the child's own record."
    return said if share.base else ""


def _cafcass(table: Table) -> str:
    steps = table.column("threads")
    said = [f"{row.label}, {figure.number:g}" for row, figure in steps if figure.number]
    return f"Cafcass: {'; '.join(said)}." if said else "No step towards Cafcass is recorded."


def _stock(table: Table) -> str:
    start, end = _number(table, "start", "count"), _number(table, "end", "count")
    return f"{end:g} open at the end, {start:g} at the start."


def _lag(table: Table) -> str:
    median = table.cells["all", "median"]
    if not median.base:
        return "No entry of the period was made at the time."
    days = many(median.number or 0, "day")
    return f"The median entry made at the time was in the ledger after {days}."


def _years(table: Table) -> str:
    before, now = _number(table, "alerts", "before"), _number(table, "alerts", "this")
    label = {column.key: column.label for column in table.columns}["before"].partition(",")[0]
    if table.cells["alerts", "difference"].value is None:
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
    if table.rows[0].cells[2].value is None:
        return "Nothing is recorded before this quarter: there is nothing to compare."
    most = [row for row in table.rows if _moves(row) == _moves(table.rows[0])]
    if len(most) > 1:
        by = many(_moves(most[0]), "thread")
        return f"{len(table.rows)} moved; {len(most)} of them by {by}, as much as any."
    before, now = (f"{figure.number:g}" for figure in most[0].cells[:2])
    return f"{most[0].label} moved most: from {before} to {now}."


def _moves(row: Row) -> float:
    return abs(row.cells[2].number or 0)


def _systemic(table: Table) -> str:
    if not table.rows:
        return "No theme came in as many threads."
    first = table.rows[0]
    return (
        f"{many(len(table.rows), 'theme')}; the most in {first.label}: {first.cells[0].number:g}."
    )


def _said(table: Table) -> str:
    there = many(len(table.rows), "thread")
    return f"Something is said of {there}." if table.rows else "Nothing is said yet."


_FINDINGS: dict[str, Callable[[Table], str]] = {
    "raised": _raised,
    "stages": _stages,
    "themes": _most_of,
    "services": _most_of,
    "teams": _most_of,
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
