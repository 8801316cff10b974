"""Several processes that record in one ledger at the same time."""

from __future__ import annotations

from pathlib import Path

import pytest
from ledger_helpers import START, check_whole, make_ledger
from processes import said, starting

APPEND_FIFTY = """
import sys
from pathlib import Path
from ledger_helpers import record, reopen
ledger = reopen(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for _ in range(50):
    print(record(ledger).stream, flush=True)
"""
SIGN_OFTEN = """
import sys
from pathlib import Path
from ledger_helpers import sign
print("ready", flush=True)
sys.stdin.readline()
for _ in range(20):
    sign(Path(sys.argv[1]))
"""


@pytest.mark.parametrize(
    "engine", ["file", pytest.param("server", marks=pytest.mark.slow)], indirect=True
)
@pytest.mark.usefixtures("engine")
def test_four_processes_at_once(tmp_path: Path) -> None:
    """Four writers of 50 threads each, and a signer: nothing lost, no reference twice, no gap."""
    make_ledger(tmp_path).close()
    with starting() as start:
        signer = start(SIGN_OFTEN, tmp_path)
        writers = [start(APPEND_FIFTY, tmp_path) for _ in range(4)]
        everybody = [signer, *writers]
        assert [said(one) for one in everybody] == ["ready"] * 5
        for one in everybody:
            assert one.stdin is not None
            one.stdin.write("\n")
            one.stdin.flush()
        given = [line for writer in writers for line in writer.communicate()[0].split()]
        signer.communicate()
        assert [one.returncode for one in everybody] == [0] * 5
    assert sorted(given) == [f"CH-{n:07}" for n in range(1, 201)]
    assert check_whole(tmp_path) == START + 200
