"""Reports to be shown: a year like Poole's, and any that Hypothesis thinks of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hypothesis import strategies as st
from strategies import codes, text

from footprint.reports.figures import (
    ALL_BUT_FEW,
    CHANGE,
    COUNT,
    DAY,
    DAYS,
    FEW,
    NOT_SHOWN,
    POINTS,
    SHARE,
    TEXT,
    Chart,
    Column,
    Figure,
    Made,
    Report,
    Row,
    Section,
    Table,
)

THRESHOLD = 5
DIGEST = "6d" * 32

# --- a year like Poole's ------------------------------------------------------------------------


def refs(many: int, first: int = 1) -> tuple[str, ...]:
    """So many threads, as people name them."""
    return tuple(f"CH-{number}" for number in range(first, first + many))


def count(many: int, first: int = 1) -> Figure:
    return Figure(COUNT, many, refs=refs(many, first))


def share(many: int, base: int) -> Figure:
    return Figure(SHARE, many, base, refs(many), refs(base - many, many + 1))


def days(value: float, base: int) -> Figure:
    return Figure(DAYS, value, base, refs(base))


def rows(labels: Sequence[tuple[str, str]], figures: Sequence[Sequence[Figure]]) -> tuple[Row, ...]:
    pairs = zip(labels, figures, strict=True)
    return tuple(Row(key, label, tuple(cells)) for (key, label), cells in pairs)


def columns(**labels: str) -> tuple[Column, ...]:
    return tuple(Column(key, label) for key, label in labels.items())


def titled(*keys: str) -> tuple[Column, ...]:
    return tuple(Column(key, key.replace("_", " ").capitalize()) for key in keys)


RAISED = Table(
    name="raised",
    title="Challenges and formal alerts raised, 2016-17",
    finding="26 threads were raised, 20 of them as formal alerts",
    measure="Threads by the day on which they were raised; alerts by the day of the first stage"
    " that counts as formal.",
    of="What was raised",
    columns=columns(count="Threads"),
    rows=rows(
        [
            ("threads", "All threads"),
            ("challenges", "Begun as a lower-level challenge"),
            ("direct", "Begun as a formal alert"),
            ("became", "Challenges that became an alert"),
            ("alerts", "Formal alerts"),
        ],
        [[count(26)], [count(6, 21)], [count(20)], [count(0)], [count(20)]],
    ),
)
THEMES = Table(
    name="themes",
    title="What was challenged, by theme, 2016-17",
    finding="Assessment quality was challenged most: 6 of 20 alerts",
    measure="A thread counts in each of its themes, so the themes may add up to more than the"
    " threads.",
    of="Theme",
    columns=titled("challenges", "alerts", "threads"),
    rows=rows(
        [
            ("ASQ", "Assessment quality"),
            ("PLC", "Placement change, number or type"),
            ("PAP", "Missing paperwork or preparation for a review"),
            ("SWK", "Social work role or input unclear"),
            ("ADO", "Adoption drift"),
        ],
        [
            [count(a, 21), count(b), count(a + b)]
            for a, b in [(1, 6), (2, 5), (1, 4), (2, 3), (0, 2)]
        ],
    ),
    chart=Chart("bars", ("challenges", "alerts")),
)
BY_QUARTER = Table(
    name="themes-by-quarter",
    title="Alerts by theme and quarter, 2016-17",
    finding="Placement changes were challenged in every quarter, and most in the last",
    measure="Alerts by the day of the first stage that counts as formal.",
    of="Theme",
    columns=columns(Q1="Q1", Q2="Q2", Q3="Q3", Q4="Q4"),
    rows=rows(
        [(row.key, row.label) for row in THEMES.rows],
        [
            [count(many) for many in line]
            for line in [(2, 1, 1, 2), (1, 1, 1, 2), (1, 1, 1, 1), (1, 0, 1, 1), (0, 1, 0, 1)]
        ],
    ),
    chart=Chart("panels", ("Q1", "Q2", "Q3", "Q4")),
)
SERVICES = Table(
    name="services",
    title="Which service was challenged, 2016-17",
    finding="18 of 20 alerts were to children's social care",
    measure="Threads by the service that was challenged.",
    of="Service",
    columns=columns(alerts="Alerts"),
    rows=rows(
        [("CSC", "Children's social care"), ("CHAD", "Child health and disability")],
        [[count(18)], [count(2)]],
    ),
    chart=Chart("bars", ("alerts",)),
)
QUARTERS = Table(
    name="quarters",
    title="Quarter by quarter, 2016-17",
    finding="More alerts were raised in the last quarter than in any other",
    measure="Each by its day; open is how many were open at the end of the quarter.",
    of="Quarter",
    columns=titled("alerts", "closures", "open"),
    rows=rows(
        [(key, key) for key in ("Q1", "Q2", "Q3", "Q4")],
        [[count(many) for many in line] for line in [(5, 3, 3), (4, 5, 3), (4, 5, 3), (7, 10, 3)]],
    ),
    chart=Chart("bars", ("alerts",)),
)
STAGES = Table(
    name="stages",
    title="How far challenges went, 2016-17",
    finding="One of 20 alerts went on to a principal manager, and none further",
    measure="Threads raised in the year by the highest stage that they reached by its end.",
    of="Stage",
    columns=columns(reached="Reached it", highest="Went no further"),
    rows=rows(
        [
            ("0", "Informal"),
            ("1", "Team Manager"),
            ("2", "Principal Manager / Service Manager"),
            ("3", "Service Unit Head"),
            ("4", "Director of Children's Services"),
        ],
        [[count(a), count(b)] for a, b in [(26, 6), (20, 19), (1, 1), (0, 0), (0, 0)]],
    ),
    chart=Chart("stages", ("reached",)),
)
DAYS_TO_CLOSE = Table(
    name="days",
    title="Working days from the alert to its resolution, 2016-17",
    finding="15 of 19 alerts were resolved within 20 working days",
    measure="Working days of threads that were resolved in the year, from the alert (else from"
    " when it was raised) to the last close.",
    of="Working days",
    columns=columns(alerts="Alerts", challenges="Challenges"),
    rows=rows(
        [
            (key, key.replace("-", "\N{EN DASH}"))
            for key in ("0-5", "6-10", "11-15", "16-20", "21-25", "26-30", "31+")
        ],
        [[count(a), count(b)] for a, b in [(1, 3), (3, 1), (4, 0), (7, 0), (2, 0), (2, 0), (0, 0)]],
    ),
    chart=Chart("days", ("alerts", "challenges"), "16-20", "20 working days: the whole process"),
)
_LEFT = (count(1), count(0))
CLOSING = Table(
    name="closing",
    title="How long it took, 2016-17",
    finding="Half of the alerts were resolved within 17 working days; one took 29",
    measure="Working days from the alert (else from when it was raised) to the last close.",
    of="Kind",
    columns=titled("resolved", "median", "mean", "longest", "within_20", "open", "reopened"),
    rows=rows(
        [("alert", "Alerts"), ("challenge", "Challenges")],
        [
            [count(19), days(17, 19), days(16.0, 19), days(29, 19), share(15, 19), *_LEFT],
            [count(4), days(4.5, 4), days(4.8, 4), days(8, 4), Figure(SHARE, None, 0), *_LEFT],
        ],
    ),
    notes=("Open ones are apart: they have no days yet.",),
)
RESPONSES = Table(
    name="responses",
    title="First answers, 2016-17",
    finding="15 of 20 first answers to alerts came on time",
    measure="Steps by their due date; an answer is on time on the day that it was due.",
    of="Step",
    columns=titled("on_time", "median", "longest", "unanswered"),
    rows=rows(
        [("informal", "Challenges"), ("formal", "Formal alerts")],
        [
            [share(5, 6), days(3, 6), days(9, 6), count(0)],
            [share(15, 20), days(4.5, 20), days(11, 20), count(0)],
        ],
    ),
)
INFORMAL = Table(
    name="informal",
    title="Settled informally, 2016-17",
    finding="4 of 23 were settled without a formal alert",
    measure="Threads that were closed as resolved and never alerted, of all that were resolved or"
    " unresolved.",
    of="What",
    columns=columns(share="Of those closed"),
    rows=rows([("settled", "Settled informally")], [[share(4, 23)]]),
)
YEARS = Table(
    name="years",
    title="Year on year",
    finding="There were 3 alerts more than in the year before",
    measure="The year before, by the same rules as now known.",
    of="Figure",
    columns=columns(before="2015-16", this="2016-17", difference="Difference"),
    rows=rows(
        [("alerts", "Formal alerts"), ("formal_on_time", "Answers on time"), ("median", "Median")],
        [
            [count(17), count(20), Figure(CHANGE, 3)],
            [share(14, 17), share(15, 20), Figure(POINTS, -7)],
            [days(18.5, 15), days(17, 19), Figure(CHANGE, -1.5)],
        ],
    ),
)
OVERDUE = Table(
    name="overdue",
    title="Overdue at the end of the year",
    finding="One alert is past its last day",
    measure="Threads that are open and have a clock that is past.",
    of="Thread",
    columns=titled("service", "stage", "asked", "by", "over"),
    rows=rows(
        [("CH-26", "CH-26")],
        [
            [
                *(Figure(TEXT, said) for said in ("CAMHS", "Head of service", "head")),
                Figure(DAY, date(2017, 3, 28)),
                Figure(DAYS, 3, refs=("CH-26",)),
            ]
        ],
    ),
)
MADE = Made(
    authority="Borough of Poole",
    origin="poole.example/iro-footprint",
    position=131,
    root="9f" * 32,
    day=date(2017, 3, 31),
    calendar="England and Wales, version 1",
    vocabulary=1,
    threshold=THRESHOLD,
    command="footprint report annual 2016-17 --full --format html --at-entry 131",
)
SECTIONS = (
    Section("raised", "What was raised", (RAISED, THEMES, BY_QUARTER, SERVICES, QUARTERS)),
    Section("answers", "What came of it", (STAGES, INFORMAL, RESPONSES)),
    Section("time", "How long it took", (CLOSING, DAYS_TO_CLOSE, OVERDUE)),
    Section("before", "Compared with the year before", (YEARS,)),
)
POOLE = Report(
    name="annual-full",
    title="Challenge by Independent Reviewing Officers",
    period="2016-17",
    first=date(2016, 4, 1),
    last=date(2017, 3, 31),
    whom="For inside use: it has references to children's cases, and small numbers. The copy for"
    " the public is made without --full.",
    remarks=(
        "13 of 20 alerts were recalled from memory; 7 were recorded at the time.",
        "A high number of challenges is a sign of a service that looks.",
    ),
    sections=SECTIONS,
    made=MADE,
)


# --- a published copy ---------------------------------------------------------------------------

_HELD = {
    COUNT: Figure(COUNT, held=FEW),
    SHARE: Figure(SHARE, base=23, held=FEW),
    DAYS: Figure(DAYS, held=FEW),
}


def _held_back(figure: Figure) -> Figure:
    few = (figure.base or figure.value or 0) if figure.kind == DAYS else figure.value or 0
    if figure.kind in _HELD and isinstance(few, int) and 0 < few < THRESHOLD:
        return _HELD[figure.kind]
    return figure._replace(refs=(), rest=())


def _without(table: Table) -> Table:
    return table._replace(
        rows=tuple(row._replace(cells=tuple(map(_held_back, row.cells))) for row in table.rows)
    )


PUBLISHED = POOLE._replace(
    name="annual",
    whom="For everybody.",
    sections=tuple(
        section._replace(
            tables=tuple(_without(t) for t in section.tables if t not in (BY_QUARTER, OVERDUE))
        )
        for section in SECTIONS
    ),
)
"""Not as a published copy is computed, but with what one can hold: few, and no references."""

# --- any report ---------------------------------------------------------------------------------

_REFS = st.lists(st.integers(1, 30).map("CH-{}".format), max_size=6).map(tuple)
_HELD_BACK = st.sampled_from([FEW, ALL_BUT_FEW, NOT_SHOWN])


def figures() -> st.SearchStrategy[Figure]:
    """Figures of every kind, held back or not."""
    some, several = st.integers(0, 300), st.integers(1, 40)
    return st.one_of(
        _REFS.map(lambda found: Figure(COUNT, len(found), refs=found)),
        st.tuples(_REFS, _REFS).map(lambda both: _share(*both)),
        st.tuples(some | st.floats(0, 400), several, _REFS).map(lambda of: Figure(DAYS, *of)),
        st.just(Figure(DAYS, None, 0)),
        st.tuples(st.sampled_from([CHANGE, POINTS]), st.integers(-100, 100)).map(
            lambda of: Figure(*of)
        ),
        text(max_size=60).map(lambda said: Figure(TEXT, said)),
        text(max_size=60).map(lambda said: Figure(TEXT, "code", label=said)),
        st.dates(date(2010, 4, 1), date(2029, 12, 31)).map(lambda day: Figure(DAY, day)),
        st.tuples(st.sampled_from([COUNT, SHARE, DAYS]), _HELD_BACK).map(
            lambda held: Figure(held[0], held=held[1])
        ),
        st.tuples(some, _HELD_BACK).map(lambda held: Figure(SHARE, base=held[0], held=held[1])),
    )


def _share(within: tuple[str, ...], rest: tuple[str, ...]) -> Figure:
    base = len(within) + len(rest)
    return Figure(SHARE, len(within) if base else None, base, within, rest)


@st.composite
def tables(draw: st.DrawFn, name: str = "table") -> Table:
    """A table of any size with hostile texts wherever there is a text."""
    keys = draw(st.lists(codes(), min_size=1, max_size=5, unique=True))
    row_keys = draw(st.lists(codes(), max_size=5, unique=True))
    kind = st.sampled_from(["bars", "stages", "days", "panels"])
    drawn = st.lists(st.sampled_from(keys), min_size=1, max_size=4, unique=True).map(tuple)
    after = st.sampled_from(["", *row_keys])
    short = text(max_size=60)
    return Table(
        name=name,
        title=draw(short),
        finding=draw(short),
        measure=draw(short),
        of=draw(short),
        columns=tuple(Column(key, draw(short)) for key in keys),
        rows=tuple(Row(key, draw(short), tuple(draw(figures()) for _ in keys)) for key in row_keys),
        chart=draw(st.none() | st.tuples(kind, drawn, after, short).map(lambda of: Chart(*of))),
        notes=draw(st.lists(short, max_size=2).map(tuple)),
    )


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """A report of some tables, all its texts hostile."""
    short = text(max_size=60)
    several = draw(st.integers(0, 3))
    made = MADE._replace(authority=draw(short), origin=draw(short), command=draw(short))
    return POOLE._replace(
        title=draw(short),
        whom=draw(short),
        remarks=draw(st.lists(short, max_size=2).map(tuple)),
        sections=tuple(
            Section(f"s{number}", draw(short), (draw(tables(f"t{number}")),))
            for number in range(several)
        ),
        made=made,
    )
