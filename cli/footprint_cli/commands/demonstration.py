"""The demonstration: the Poole year, built and shown."""

from __future__ import annotations

import os
import shlex
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import typer

from footprint.demo.poole import ACTOR, AUTHORITY, record_year
from footprint.domain.periods import quarter_of
from footprint.domain.vocabulary import RESOLVED
from footprint.engine.place import Place, Server, place_of
from footprint.ledger.identity import london_today
from footprint.projections import log as log_view
from footprint.projections.views import Views
from footprint_cli.commands.tables import counts, log, times
from footprint_cli.commands.verifying import verify
from footprint_cli.doing.founding import make_ledger
from footprint_cli.screen.lines import say
from footprint_cli.session import reading
from footprint_cli.settings import Settings


def demonstrate(given: str | None) -> None:
    """Build the year in a fresh folder, or where it was said, and show it.

    The signer's home is beside the ledger, or in a fresh folder where that is on a server (or
    FOOTPRINT_HOME, where that is set), never the user's own.
    """
    text = given or f"{_fresh()}/poole.db"
    place = place_of(text)
    beside = f"{place.absolute()}.signer" if isinstance(place, Path) else f"{_fresh()}/signer"
    home = Path(os.environ.get("FOOTPRINT_HOME") or beside)
    os.environ["FOOTPRINT_HOME"] = str(home)
    actor = Settings(text).actor.value if isinstance(place, Server) else ACTOR
    ledger = make_ledger(place, home, AUTHORITY, actor, [])
    try:
        record_year(ledger, actor)
    finally:
        ledger.close()
    _show(text, place, home)


def _fresh() -> str:
    return tempfile.mkdtemp(prefix="footprint-demo-")


def _show(text: str, place: Place, home: Path) -> None:
    say("The Borough of Poole's year 2016-17, from its annual report: 26 threads.")
    say("")
    log(ledger=text)
    typer.echo("")
    counts(ledger=text, year="2016-17")
    typer.echo("")
    times(ledger=text, year="2016-17", by="overall")
    typer.echo("")
    for line in _summary(text):
        say(line)
    where = str(place.absolute() if isinstance(place, Path) else place)
    say("", err=True)
    say("Go on with these two lines, and then with any command:", err=True)
    typer.echo(f"  export FOOTPRINT_HOME={shlex.quote(str(home.absolute()))}", err=True)
    typer.echo(f"  export FOOTPRINT_LEDGER={shlex.quote(where)}", err=True)
    typer.echo("  footprint replay 16; footprint times; footprint verify", err=True)
    typer.echo("  footprint report annual 2016-17 --full --output annual.html\n", err=True)
    verify(ledger=text)


def _summary(text: str) -> Iterator[str]:
    """The year in sentences, each counted from the log."""
    with reading(Settings(text)) as ledger:
        views = Views.beside(ledger)
        records = list(log_view.read(views.threads(), views.policy().calendar, london_today()))
        views.close()
    alerts = [r for r in records if r["kind"] == "alert"]
    challenges = [r for r in records if r["kind"] == "challenge"]
    closed = [r for r in records if r["status"] == "closed"]
    informal = [r for r in closed if r["kind"] == "challenge" and r["closure"] in RESOLVED]
    higher = [r for r in records if r["escalations"]]
    yield f"Alerts by service: {_counted(r['service'] for r in alerts)}."
    quarters = Counter(quarter_of(r["alerted_on"]) for r in alerts)
    yield f"Alerts by quarter: {', '.join(f'{q} {n}' for q, n in sorted(quarters.items()))}."
    yield f"Alerts by theme: {_counted(theme for r in alerts for theme in r['themes'])}."
    yield f"Alerts by source: {_counted(r['source'] for r in alerts)}."
    yield f"Challenges by service: {_counted(r['service'] for r in challenges)}."
    yield f"Challenges by source: {_counted(r['source'] for r in challenges)}."
    raised = ", ".join(f"{r['ref']} to stage {r['stage']}" for r in higher)
    yield f"Escalated: {len(higher)} ({raised})."
    yield f"Closed: {len(closed)} ({_counted(r['kind'] for r in closed)})."
    yield f"Resolved informally: {len(informal)} of {len(closed)}."


def _counted(values: Iterable[str]) -> str:
    """Each value with how often it occurs, the most frequent first."""
    tally = sorted(Counter(values).items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{value} {count}" for value, count in tally)
