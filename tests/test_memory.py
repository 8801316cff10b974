"""Verifying and rebuilding stream: what they hold does not grow with the ledger."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import ledger_helpers as own
import pytest
import servers

WORK = {
    "verify": (
        "from footprint.audit.verify import verify_ledger;"
        "assert verify_ledger(path, home).verdict == 'verified'"
    ),
    "verify by many": (
        "from footprint.audit.verify import verify_ledger;"
        "from footprint.audit.workers import Spread;"
        "verdict = verify_ledger(path, home, spread=Spread(processes=2, least=0));"
        "assert verdict.verdict == 'verified'"
    ),
    "lock": (
        "from footprint.ledger.words.locking import lock;"
        "from footprint.ledger.opening import open_ledger;"
        "from footprint.ledger.signing.signer import LedgerSigner;"
        "from footprint.ledger.signing.home import folder_of;"
        "from footprint.vault.key import Keys;"
        "made = lambda origin: LedgerSigner(folder_of(home, origin), origin, path);"
        "ledger = open_ledger(path, sealer=made);"
        "origin = ledger.opened.origin;"
        "lock(ledger, Keys(home, origin), folder_of(home, origin), keyring=False)"
    ),
    "rebuild": (
        "from footprint.ledger.opening import open_ledger;"
        "from footprint.projections.views import Views;"
        "Views.stored(open_ledger(path)).rebuild()"
    ),
    "rebuild by many": (
        "from footprint.ledger.opening import open_ledger;"
        "from footprint.projections import folding;"
        "from footprint.projections.views import Views;"
        "folding._LEAST = 0; folding.cores = lambda: 2;"
        "Views.stored(open_ledger(path)).rebuild()"
    ),
    "audit copy": (
        "from footprint.ledger.elsewhere.copying import write_audit_copy;"
        "from footprint.ledger.opening import open_ledger;"
        "write_audit_copy(open_ledger(path), path.with_name('copy.db'))"
    ),
    "export and read back": (
        "from footprint.ledger.elsewhere.giving import write_entries;"
        "from footprint.ledger.opening import open_ledger;"
        "from footprint.ledger.elsewhere.taking import read_entries;"
        "lines = path.with_name('lines');"
        "write_entries(open_ledger(path), lines.open('wb'), words=True);"
        "read_entries(lines.open('rb'), path.with_name('new.db'), lambda made: None)"
    ),
}
SETUP = "import resource, sys; from pathlib import Path; path, home = map(Path, sys.argv[1:3]);"
PEAK = (
    ";print(max(resource.getrusage(who).ru_maxrss for who in"
    " (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))"
)


_THERE_AND_BACK = """
from footprint.engine.place import place_of
from footprint.ledger.elsewhere.moving import move
from footprint.ledger.opening import open_ledger
from footprint.ledger.signing.signer import LedgerSigner
from footprint.ledger.signing.home import folder_of

def moved(source, target, actor):
    made = lambda origin: LedgerSigner(folder_of(home, origin), origin, source)
    ledger = open_ledger(source, sealer=made, signing=True, leaving=True)
    move(ledger, target, list, actor=actor)
    ledger.close()

server = place_of(sys.argv[3])
moved(path, server, "mb")
moved(server, path.with_name("back.db"), server.login)"""


def peak(folder: Path, work: str, *more: str) -> int:
    """The peak memory of a process that does the work, or of the largest that it starts."""
    command = [sys.executable, "-c", SETUP + work + PEAK]
    places = [str(own.path_in(folder)), str(own.home_in(folder)), *more]
    return int(subprocess.run([*command, *places], check=True, capture_output=True).stdout)


@pytest.mark.slow
@pytest.mark.parametrize("work", WORK)
def test_memory_does_not_grow_with_the_ledger(tmp_path: Path, work: str) -> None:
    """Ten times the entries, and no more than a fifth more memory."""
    peaks = []
    for count in (2_000, 20_000):
        folder = tmp_path / str(count)
        folder.mkdir()
        with closing(own.make_ledger(folder)) as ledger:
            own.record_threads(ledger, count)
        peaks.append(peak(folder, WORK[work]))
    assert peaks[1] < 1.2 * peaks[0], peaks


@pytest.mark.slow
def test_moving_to_a_server_and_back_streams(tmp_path: Path) -> None:
    """The same for a ledger that is copied to a server, and from there."""
    peaks = []
    for count in (2_000, 20_000):
        folder = tmp_path / str(count)
        folder.mkdir()
        with closing(own.make_ledger(folder)) as ledger:
            own.record_threads(ledger, count)
        with servers.new_schema() as schema:
            there = str(servers.address(schema, servers.OWNER))
            peaks.append(peak(folder, _THERE_AND_BACK, there))
    assert peaks[1] < 1.2 * peaks[0], peaks
