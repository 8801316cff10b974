"""A form filled in by whoever is at the keyboard, where a command was not told enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from footprint.domain.asks import Ask
from footprint.errors import Refused
from footprint.ledger.identity import london_today
from footprint_cli.appending import considering
from footprint_cli.asking.desk import Terminal
from footprint_cli.asking.dialogue import Dialogue
from footprint_cli.asking.drafts import Drafts
from footprint_cli.asking.known import OfLedger
from footprint_cli.asking.questions import FORMS
from footprint_cli.asking.sides import Left
from footprint_cli.caution import check_actor
from footprint_cli.given import READ, Given
from footprint_cli.settings import Settings

_KEPT = "Your words are kept: the same command, of the same thread or child, offers them."


@contextmanager
def filled_in(
    command: str, ask: Callable[[Given], Ask], given: Given, settings: Settings
) -> Iterator[Given]:
    """All that a command needs, asked for; words that the block does not record are kept.

    Args:
        command: whose form it is.
        ask: makes of what was given what is asked.
        given: what was given so far.
        settings: where the ledger is, and who is at the keyboard.

    Raises:
        Refused: whoever was asked has gone, or what was given is refused. Nothing is recorded.
    """
    actor = settings.actor.value
    check_actor(actor)
    with considering(settings) as ledger:
        drafts = Drafts(settings.home_path, ledger.opened.origin, command)
        known = OfLedger(ledger, ask, actor=actor, today=london_today(), drafts=drafts)
        desk = Terminal()
        try:
            said = Dialogue(FORMS[command], given.options, desk, known).held()
        except Left:
            raise Refused("Nothing was recorded.", _KEPT if drafts.kept else "") from None
        except KeyboardInterrupt:
            if drafts.kept:
                typer.echo(f"\n{_KEPT}", err=True, nl=False)
            raise
        finally:
            desk.settled()  # what was pasted behind an answer is not for the shell
    yield Given(said | READ, today=given.today, actor=actor)
    if not given.dry_run:
        drafts.throw_away()
