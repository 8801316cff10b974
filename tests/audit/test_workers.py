"""The processes that read for another: how many there are, and how they end; files that change."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Timer

import ledger_helpers as own
import pytest
from apart_helpers import no_process, recorded_processes
from audit_helpers import CANNOT_TELL, VERIFIED, Case, checked, copy_case

from footprint import apart
from footprint.audit.verdict import Verdict
from footprint.audit.verify import verify_ledger
from footprint.audit.workers import Spread

HERE = Spread(processes=1, runs=1)
APART = Spread(processes=2, least=0, runs=1)


def verified(case: Case, spread: Spread) -> Verdict:
    return checked(verify_ledger(case.path, case.home, [case.kept], spread=spread))


@pytest.mark.parametrize(
    ("processes", "entries", "expected"),
    [(2, 49_999, 0), (2, 50_000, 2), (1, 10**9, 0), (4, 50_000, 4), (64, 10**6, 8), (8, 0, 0)],
)
def test_only_a_large_ledger_is_spread(processes: int, entries: int, expected: int) -> None:
    """Below what a start costs it is read here; never more than eight read."""
    assert Spread(processes=processes).over(entries) == expected


def test_as_many_processes_as_cores() -> None:
    """Of those that we may use."""
    assert Spread().over(10**9) == (min(apart.cores(), 8) if apart.cores() > 1 else 0)


def test_processes_are_started(long: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """What these tests compare is not the same thing twice."""
    started = recorded_processes(monkeypatch)
    verified(long, APART)
    assert len(started) == 2
    verified(long, HERE)
    assert len(started) == 2


# --- processes that end, and files that change --------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="no process can be stopped there")
def test_a_process_that_is_killed_leaves_a_doubt(
    long: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before it answered: neither verified nor tampered, at once and not for ever."""
    timers: list[Timer] = []

    def stop(process: subprocess.Popen[bytes]) -> None:
        process.send_signal(signal.SIGSTOP)
        timers.append(Timer(0.3, process.kill))
        timers[-1].start()

    started = recorded_processes(monkeypatch, then=stop)
    verdict = verified(long, APART)
    for timer in timers:
        timer.join()
    assert (verdict.verdict, verdict.findings) == (CANNOT_TELL, [])
    assert "ended" in verdict.doubts[0]
    assert all(process.returncode is not None for process in started)


def test_a_machine_without_processes_reads_by_itself(
    long: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where none can be started, the ledger is read here."""
    recorded_processes(monkeypatch, no_process)
    assert verified(long, APART).verdict == VERIFIED


def test_a_file_exchanged_meanwhile_is_a_doubt(
    long: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another file of the same name is not what we are verifying."""
    other = copy_case(long, tmp_path / "other")

    def exchange() -> None:
        if other.path.exists():
            shutil.move(other.path, long.path)

    recorded_processes(monkeypatch, exchange)
    verdict = verified(long, APART)
    assert (verdict.verdict, verdict.findings) == (CANNOT_TELL, [])
    assert "another file" in verdict.doubts[0]


def test_no_code_beside_the_evidence_is_run(long: Case) -> None:
    """Modules in the folder from which somebody verifies are not imported by our processes."""
    marker = long.folder / "was-run"
    for name in ("orjson.py", "pickle.py", "footprint/__init__.py", "sitecustomize.py"):
        module = long.folder / name
        module.parent.mkdir(exist_ok=True)
        module.write_text(f"open({str(marker)!r}, 'w').close()\nraise ImportError('evidence')\n")
    code = (
        "import sys; from pathlib import Path; from footprint.audit.verify import verify_ledger\n"
        "from footprint.audit.workers import Spread\n"
        "spread = Spread(processes=2, least=0, runs=1)\n"
        "print(verify_ledger(*map(Path, sys.argv[1:]), spread=spread).verdict)"
    )
    command = [sys.executable, "-P", "-c", code, str(long.path), str(long.home)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=long.folder)
    assert (done.stdout.strip(), done.stderr) == (VERIFIED, "")
    assert not marker.exists()


# --- when the one that started them ends ------------------------------------------------------

seen_in_proc = pytest.mark.skipif(not Path("/proc").exists(), reason="they are seen in /proc")
READ = """
import sys, time
from pathlib import Path
from footprint.audit.part import Scope
from footprint.audit.workers import Spread, parts_of
from footprint.engine.sqlite import connect_readonly

path = Path(sys.argv[1])
connection = connect_readonly(path)
scope, spread = Scope(words=True, sizes=()), Spread(processes=2, least=0, runs=1)
with parts_of(connection, path, scope, spread) as parts:
    next(parts)
    print("reading", flush=True)
    time.sleep(60)
"""


@pytest.fixture(scope="module")
def wordless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger whose words are all gone: what is said of it does not fit into a pipe."""
    folder = tmp_path_factory.mktemp("wordless")
    with closing(own.make_ledger(folder)) as ledger:
        own.record_threads(ledger, 20_000)
        ledger.connection.execute("DELETE FROM vault")
    return own.path_in(folder)


@contextmanager
def reader(path: Path) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """A process in the middle of reading, in a group of its own, and those that read for it."""
    command = [sys.executable, "-c", READ, str(path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdout=pipe, stderr=pipe, text=True, start_new_session=True
    ) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "reading\n"
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
            readers = [int(pid) for pid in children.split()]
            assert len(readers) == 2
            assert all(map(alive, readers))
            yield process, readers
        finally:
            process.kill()


def alive(pid: int) -> bool:
    """Whether a process is there, and not only waiting to be taken notice of."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def all_end(pids: list[int]) -> bool:
    patience = time.monotonic() + 10
    while any(map(alive, pids)) and time.monotonic() < patience:
        time.sleep(0.05)
    return not any(map(alive, pids))


@pytest.mark.slow
@seen_in_proc
def test_they_end_with_a_process_that_is_killed(wordless: Path) -> None:
    """Nobody takes what they write any more."""
    with reader(wordless) as (process, readers):
        process.kill()
        process.wait()
        assert all_end(readers)


@pytest.mark.slow
@seen_in_proc
def test_they_end_quietly_when_interrupted(wordless: Path) -> None:
    """Ctrl-C reaches the whole group; only the one that the person started has anything to say."""
    with reader(wordless) as (process, readers):
        os.killpg(process.pid, signal.SIGINT)
        _, error = process.communicate(timeout=10)
        assert error.count("Traceback") == 1
        assert error.endswith("KeyboardInterrupt\n")
        assert all_end(readers)
