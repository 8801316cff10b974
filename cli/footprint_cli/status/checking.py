"""What `status` looks at: a table of checks, each from what is known to what is wrong.

All of it is quick, whatever the ledger's size: what reads every entry is `verify`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from footprint_cli.status import record, surroundings
from footprint_cli.status.findings import Finding, Told, findings
from footprint_cli.status.known import Known


def checked(known: Known) -> list[Finding]:
    """What each check comes to. An audit copy has no signer, no words and no witness to ask."""
    copy = not known.ledger.vault.here and known.file is not None
    checks = _OF_A_COPY if copy else CHECKS
    return [found for what, check in checks.items() for found in findings(what, check(known))]


_Check = Callable[[Known], Told]
CHECKS: Mapping[str, _Check] = {
    "ledger": record.ledger,
    "which ledger": record.elsewhere,
    "signer": record.signer,
    "redactions": record.redactions,
    "witness": record.witness,
    "checkpoint": record.checkpoint,
    "vault": record.vault,
    "drafts": record.drafts,
    "views": surroundings.views,
    "disk": surroundings.disk,
    "permissions": surroundings.permissions,
    "clock": surroundings.clock,
    "calendar": surroundings.calendar,
}
"""What is looked at, in the order in which it is told."""
_OF_A_COPY: Mapping[str, _Check] = {
    what: CHECKS[what] for what in ("ledger", "views", "disk", "permissions", "clock")
}
