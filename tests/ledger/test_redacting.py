"""An approval in a ledger: of what was shown, or of nothing."""

from pathlib import Path

import pytest
from ledger_helpers import DAY, ORIGIN, home_in, record

from footprint.domain.asks import ApproveRedaction, AskRedaction
from footprint.errors import Refused
from footprint.ledger.erasing import is_marked
from footprint.ledger.ledger import Ledger
from footprint.ledger.redacting import approve
from footprint.ledger.signer_home import folder_of


def test_what_came_since_it_was_shown_is_not_removed_unseen(ledger: Ledger, tmp_path: Path) -> None:
    """A note is recorded while somebody reads what would go: they are to see it first."""
    stream, folder = record(ledger).stream, folder_of(home_in(tmp_path), ORIGIN)
    why = {"why": "Over."}
    ask = AskRedaction(on=DAY, source="transcribed", words=why, positions=(), basis="retention")
    ledger.record(ask, actor="one", stream=stream)
    asks = {stream: ApproveRedaction(on=DAY, source="transcribed")}
    seen = {stream: ledger.consider(asks[stream], stream, actor="two")[0].event.positions}  # type: ignore[attr-defined]
    said = record(ledger, "Slipped in.", stream).entries[0].position
    with pytest.raises(Refused, match="recorded since this was shown"):
        approve(ledger, asks, folder, actor="two", shown=seen)
    assert ledger.vault.words(stream)[said]["text"] == "Slipped in."
    assert not is_marked(folder)
    approve(ledger, asks, folder, actor="two", shown={stream: (*seen[stream], said)})
    assert ledger.vault.words(stream) == {}
