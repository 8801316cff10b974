"""How each grows from a thousand entries to a million: a table, and a plot of it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from functools import partial
from math import log10
from pathlib import Path
from statistics import median

from benchmarks.data import ACTOR, Place, noted
from benchmarks.data import WEEKDAYS as DAYS
from benchmarks.results import spoken
from benchmarks.rounds import Side, take_turns
from benchmarks.starting import READING, WRITING, command, completing
from benchmarks.verifying import measure_proofs, verify
from footprint.domain.reference import stream_name
from footprint.ledger.opening import open_ledger
from footprint.ledger.signing.home import folder_of
from footprint.ledger.signing.signer import LedgerSigner
from footprint.projections.views import Views

PLOT = Path(__file__).with_name("growth.svg")
FLAT, LINEAR = "what a person waits for", "what reads the whole ledger"

Seconds = dict[str, list[float]]
"""Of each work, at each size in order."""


def measure_growth(places: Sequence[Place], rounds: int) -> dict[str, Seconds]:
    """Seconds of each work at each size, in the two groups."""
    flat = [_waited_for(place, rounds) for place in places]
    linear = [_reading_all(place, max(rounds // 3, 1)) for place in places]
    return {FLAT: _joined(flat), LINEAR: _joined(linear)}


def _joined(sizes: Sequence[Mapping[str, float]]) -> Seconds:
    return {what: [size[what] for size in sizes] for what in sizes[0]}


def _waited_for(place: Place, rounds: int) -> dict[str, float]:
    command(place, "due")()
    lines = {f"footprint {line}": command(place, line) for line in READING.values()}
    took = take_turns({**lines, "completion of a reference": completing(place)}, rounds)
    wrote = take_turns({"footprint note": command(place, WRITING["start: note"])}, rounds)
    seconds = {what: median(each) for what, each in (took | wrote).items()}
    seconds["one entry, appended"] = _append_one(place, rounds)
    proofs = measure_proofs(place, 1)
    return seconds | {"inclusion proof": median(proofs.ours) / 1_000}


def _append_one(place: Place, rounds: int) -> float:
    with closing(
        open_ledger(
            place.ledger,
            sealer=lambda origin: LedgerSigner(folder_of(place.home, origin), origin, place.ledger),
        )
    ) as ledger:
        stream = stream_name(100)
        move = ledger.consider(noted(DAYS[-1]), stream)
        side: Side = lambda: ledger.append(stream, move, actor=ACTOR)  # noqa: E731 - one side
        return median(take_turns({"ours": side}, rounds, each=10)["ours"])


def _reading_all(place: Place, rounds: int) -> dict[str, float]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ledger = stack.enter_context(closing(open_ledger(place.ledger)))
        views = stack.enter_context(closing(Views(ledger, folder / "views.db")))
        half = ledger.size() // 2
        sides: dict[str, Side] = {
            "rebuild of the views": views.rebuild,
            "as at half-way": lambda: Views.at(ledger, half).close(),
            "verify": partial(verify, place),
            "export of all entries": _Export(place, folder),
        }
        took = take_turns(sides, rounds)
    return {what: median(each) for what, each in took.items()}


class _Export:
    """An export to a new file each time."""

    def __init__(self, place: Place, folder: Path) -> None:
        self._place, self._folder, self._count = place, folder, 0

    def __call__(self) -> None:
        self._count += 1
        file = self._folder / f"{self._count}.jsonl"
        command(self._place, f"export --entries {file} --with-words")()
        file.unlink()


def exponent(sizes: Sequence[int], seconds: Sequence[float]) -> str:
    """By which power it grew over the last two tens: 0 is flat, 1 is linear."""
    if len(sizes) < 3:
        return "?"
    return f"{log10(seconds[-1] / seconds[-3]) / log10(sizes[-1] / sizes[-3]):.2f}"


def as_markdown(sizes: Sequence[int], grown: Mapping[str, Seconds]) -> list[str]:
    lines = []
    for group, works in grown.items():
        heads = " | ".join(f"{size:,}" for size in sizes)
        lines += [
            "",
            f"| {group} | {heads} | grows as |",
            f"| --- {'| ---: ' * len(sizes)}| ---: |",
        ]
        for what, seconds in works.items():
            cells = " | ".join(map(spoken, seconds))
            lines.append(f"| {what} | {cells} | n^{exponent(sizes, seconds)} |")
    return lines


# --- the plot -------------------------------------------------------------------------------

_WIDTH, _HEIGHT, _LEFT, _TOP, _BETWEEN, _LABELS = 330, 330, 60, 50, 330, 260
_COLOURS = ("#12436D", "#28A197", "#801650", "#F46A25")
_DASHES = ("none", "6 3", "2 2")
_LEAST, _MOST = -4.0, 3.0  # powers of ten of a second


def as_svg(sizes: Sequence[int], grown: Mapping[str, Seconds]) -> str:
    panels = [
        _panel(_LEFT + nth * (_WIDTH + _BETWEEN), group, sizes, works)
        for nth, (group, works) in enumerate(grown.items())
    ]
    width = _LEFT + len(panels) * (_WIDTH + _BETWEEN) - _BETWEEN + _LABELS
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_TOP + _HEIGHT + 50}"'
        ' font-family="system-ui, sans-serif" font-size="12" role="img">'
        "<title>Seconds by the number of entries, both in powers of ten</title>"
        f'<rect width="100%" height="100%" fill="white"/>{"".join(panels)}</svg>\n'
    )


def _panel(left: int, group: str, sizes: Sequence[int], works: Seconds) -> str:
    parts = [f'<text x="{left}" y="{_TOP - 20}" font-weight="bold">{group}</text>']
    for power in range(int(_LEAST), int(_MOST) + 1):
        y = _y(10**power)
        parts.append(f'<path d="M{left} {y:.1f}h{_WIDTH}" stroke="#ccc"/>')
        parts.append(
            f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{10**power:g} s</text>'
        )
    xs = [left + _WIDTH * log10(size / sizes[0]) / log10(sizes[-1] / sizes[0]) for size in sizes]
    for x, size in zip(xs, sizes, strict=True):
        text = f'y="{_TOP + _HEIGHT + 20}" text-anchor="middle">{size:,}</text>'
        parts.append(f'<text x="{x:.1f}" {text}')
    heights = _apart({what: _y(seconds[-1]) for what, seconds in works.items()})
    for nth, (what, seconds) in enumerate(works.items()):
        colour, dash = _COLOURS[nth % 4], _DASHES[nth // 4]
        points = " ".join(f"{x:.1f},{_y(s):.1f}" for x, s in zip(xs, seconds, strict=True))
        line = f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"'
        parts.append(f'<polyline points="{points}" {line}/>')
        at = f'x="{xs[-1] + 8:.1f}" y="{heights[what] + 4:.1f}" fill="{colour}"'
        parts.append(f"<text {at}>{what}: {spoken(seconds[-1])}</text>")
    return "".join(parts)


def _y(seconds: float) -> float:
    return _TOP + _HEIGHT * (_MOST - log10(seconds)) / (_MOST - _LEAST)


def _apart(heights: Mapping[str, float]) -> dict[str, float]:
    """Labels one below the other, none on another."""
    placed: dict[str, float] = {}
    last = 0.0
    for what, y in sorted(heights.items(), key=lambda pair: pair[1]):
        last = max(y, last + 14)
        placed[what] = last
    return placed
