"""A writing command that was not told enough, completed by whoever is at the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from footprint.domain.asks import Ask
from footprint.errors import Refused
from footprint.ledger.identity import london_today
from footprint_cli.appending import considering
from footprint_cli.asking.desk import Terminal
from footprint_cli.asking.dialogue import Dialogue, Left
from footprint_cli.asking.drafts import Drafts
from footprint_cli.asking.known import OfLedger
from footprint_cli.asking.questions import FORMS
from footprint_cli.given import READ, Given
from footprint_cli.settings import Settings


@contextmanager
def completed(
    command: str, ask: Callable[[Given], Ask], given: Given, settings: Settings
) -> Iterator[Given]:
    """All that a command needs, asked for; words that the block does not record are kept.

    Args:
        command: whose form is filled.
        ask: makes of what was given what is asked.
        given: what was given so far.
        settings: where the ledger is, and who is at the keyboard.

    Raises:
        Refused: whoever was asked has gone. Nothing is recorded.
    """
    actor = settings.actor.value
    with considering(settings) as ledger:
        drafts = Drafts(settings.home_path, ledger.opened.origin, command)
        known = OfLedger(ledger, ask, actor=actor, today=london_today(), drafts=drafts)
        try:
            said = Dialogue(FORMS[command], given.options, Terminal(), known).held()
        except Left:
            kept = "Your words are kept: the same command offers them." if drafts.kept else ""
            raise Refused("Nothing was recorded.", kept) from None
    yield Given(said | READ, today=given.today, actor=actor)
    if not given.dry_run:
        drafts.throw_away()
