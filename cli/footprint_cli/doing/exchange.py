"""What goes between a ledger and those outside: checkpoints, requests, and witnesses' answers."""

from __future__ import annotations

from footprint.errors import Misused
from footprint.ledger.checkpoints.kept import (
    issue_checkpoint,
    last_cosigned,
    request_after,
    sign_what_is_new,
    take_cosignatures,
)
from footprint.ledger.ledger import Ledger
from footprint.proof.key import Verifier
from footprint.proof.lines import MAX_NOTE_BYTES
from footprint.witness.trust import trust_in
from footprint_cli.entering.given import read_file
from footprint_cli.screen.lines import say
from footprint_cli.settings import Options, Settings


def issued(ledger: Ledger, _options: Options, _settings: Settings) -> str:
    """A checkpoint, to keep."""
    return issue_checkpoint(ledger)


def signed(ledger: Ledger, _options: Options, _settings: Settings) -> list[str]:
    """Sign what others recorded."""
    size, _ = sign_what_is_new(ledger)
    return [f"All {size} entries are signed."]


def requested(ledger: Ledger, options: Options, settings: Settings) -> str:
    """A request to the witness that is meant, from where it is known to be or says that it is."""
    if "--since" in options:
        return request_after(ledger, options["--since"])
    witness = _meant(options.get("--for"), settings)
    return request_after(ledger, last_cosigned(ledger, witness) if witness else 0)


def _meant(name: str | None, settings: Settings) -> Verifier | None:
    trusted = {one.name: one.key for one in trust_in(settings.home_path).witnesses}
    if name and name not in trusted:
        raise Misused(
            f"No trusted witness is called {name!r}.", "See: footprint trust show.", [*trusted]
        )
    if not name and len(trusted) > 1:
        raise Misused("Several witnesses are trusted.", "Say for which: --for NAME.", [*trusted])
    return trusted[name] if name else next(iter(trusted.values()), None)


def cosigned(ledger: Ledger, options: Options, settings: Settings) -> list[str]:
    """Keep a witness's answer, and say what it was on and what was left out."""
    answer = read_file(options["--cosigned"], 2 * MAX_NOTE_BYTES)  # what is longer is none
    taken = take_cosignatures(ledger, answer, trust_in(settings.home_path))
    for name in taken.unknown:
        say(f"Left out: the line of {name}, whose key is not trusted.", err=True)
    names = ", ".join(key.name for key in taken.witnesses)
    return [f"Cosigned by {names}: the checkpoint of {taken.checkpoint.size} entries."]
