"""Many writers at once on PostgreSQL: ours beside plain INSERTs under the same kind of lock.

    python -m benchmarks.many_writers [--writers 16] [--seconds 60] [--rounds 3]

Each writer is a process of its own under a login of its own, and so are two auditors that verify
the ledger all the while. A plain writer does what no program could do without: it takes a lock,
reads the tail, encodes an entry and its words, inserts both, and commits. Ours records the moves of
threads, each a command. Both take turns, so that the machine's moods strike both. At the end the
ledger has to hold each entry that was acknowledged, once, and no other, and to verify.

The server is the tests' own, or that of FOOTPRINT_TEST_SERVER.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import psycopg

from benchmarks.data import ORIGIN, TEXT, WEEKDAYS, policy_from, thread_asks
from footprint.audit.verify import verify_ledger
from footprint.domain.events import LedgerOpened
from footprint.engine.place import Server, place_of
from footprint.ledger.checkpoints.kept import issue_checkpoint
from footprint.ledger.identity import utc_now
from footprint.ledger.ledger import Ledger
from footprint.ledger.opening import create_ledger, open_ledger
from footprint.ledger.signing.home import folder_of
from footprint.ledger.signing.signer import LedgerSigner, create_signer

sys.path.append(str(Path(__file__).parent.parent / "tests"))
import servers

TABLES = (
    "DROP TABLE IF EXISTS plain, plain_words",
    """CREATE TABLE plain (
        position bigint PRIMARY KEY, stream text NOT NULL, version bigint NOT NULL,
        topic text NOT NULL, state bytea NOT NULL, leaf bytea NOT NULL, UNIQUE (stream, version)
    )""",
    "CREATE TABLE plain_words (position bigint PRIMARY KEY, salt bytea, words bytea)",
    "GRANT ALL ON plain, plain_words TO PUBLIC",
)
TARGET = 0.6


# --- what a process does ------------------------------------------------------------------------


@dataclass
class Did:
    """What one process did: how long each command took, in seconds, and where its entries are."""

    took: list[float]
    positions: list[int]


def write_ours(server: Server, until: float) -> Did:
    """Record thread after thread: four moves each, every one a command."""
    did, login = Did([], []), server.login or ""
    with closing(opened(server, Path())) as ledger:
        for nth in count():
            stream = None
            for ask in thread_asks(f"2{nth:08}"):
                if time.time() > until:
                    return did
                began = time.perf_counter()
                recorded = ledger.record(ask, actor=login, stream=stream)
                did.took.append(time.perf_counter() - began)
                did.positions += [entry.position for entry in recorded.entries]
                stream = recorded.stream
    return did


def write_plain(server: Server, until: float) -> Did:
    """The least that any program does."""
    did = Did([], [])
    with psycopg.connect(server.url, autocommit=True) as connection:
        while time.time() < until:
            began = time.perf_counter()
            state = orjson.dumps(_facts(server.login), option=orjson.OPT_SORT_KEYS)
            words = orjson.dumps({"child": "2041170", "text": TEXT}, option=orjson.OPT_SORT_KEYS)
            with connection.transaction():
                connection.execute("SELECT pg_advisory_xact_lock(4711)")
                (tail,) = connection.execute("SELECT max(position) FROM plain").fetchone() or (0,)
                at = (tail or 0) + 1
                row = (at, f"CH-{at:07}", 1, "thread.raised", state, state[:32])
                connection.execute("INSERT INTO plain VALUES (%s, %s, %s, %s, %s, %s)", row)
                said = (at, state[:32], words)
                connection.execute("INSERT INTO plain_words VALUES (%s, %s, %s)", said)
            did.took.append(time.perf_counter() - began)
    return did


def _facts(login: str | None) -> dict[str, Any]:
    """As many as a first entry has."""
    return {
        "actor": login, "capacity": "iro", "command_id": "019ac7c1-2b53-7a1c-8a3e-3f0d4b5f6a70",
        "event_id": "019ac7c1-2b53-7a1c-8a3e-3f0d4b5f6a71", "format": 1, "formal": True,
        "ladder": "authority", "ladder_version": 1, "occurred_on": "2026-11-02",
        "recorded_at": utc_now(), "resolve_by": "2026-11-30", "respond_by": "2026-11-09",
        "role": "team-manager", "service": "CSC", "source": "at-the-time", "stage": 1,
        "themes": ["PLC"], "iro": "MB", "words": "0" * 64,
    }  # fmt: skip


def audit(server: Server, until: float) -> Did:
    """Verify over and over; a finding is an error."""
    did = Did([], [])
    while time.time() < until:
        began = time.perf_counter()
        verdict = verify_ledger(server, Path("/nobody"))
        if verdict.findings:
            raise SystemExit(str(verdict.findings))
        did.took.append(time.perf_counter() - began)
    return did


DOES: dict[str, Callable[[Server, float], Did]] = {
    "ours": write_ours,
    "plain": write_plain,
    "audit": audit,
}


def opened(server: Server, home: Path, *, signing: bool = False) -> Ledger:
    return open_ledger(
        server, sealer=lambda o: LedgerSigner(folder_of(home, o), o, server), signing=signing
    )


# --- the rounds ---------------------------------------------------------------------------------


def at_work(does: str, server: Server) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.many_writers", "--does", does, "--address", str(server)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip


def one_round(does: str, writers: list[Server], auditors: list[Server], seconds: float) -> Any:
    """Let them work at once. What the writers did, and how often the auditors verified."""
    processes = [at_work(does, server) for server in writers]
    processes += [at_work("audit", server) for server in auditors]
    for process in processes:
        process.stdout.readline()  # type: ignore[union-attr] # it is ready
    until = str(time.time() + seconds).encode()
    for process in processes:
        process.stdin.write(until + b"\n")  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]
    did = [Did(**json.loads(process.communicate()[0])) for process in processes]
    if any(process.returncode for process in processes):
        raise SystemExit("one of them ended with an error, which is above")
    return did[: len(writers)], sum(len(one.took) for one in did[len(writers) :])


@contextmanager
def new_ledger(writers: int, home: Path) -> Iterator[tuple[str, list[Server], list[Server]]]:
    """A ledger with so many recorders and two auditors: its schema, and the addresses of each."""
    with servers.new_schema() as schema:
        owner = servers.address(schema, servers.OWNER)
        signer = create_signer(home, ORIGIN, owner)
        begins = LedgerOpened(authority="Benchmark", origin=ORIGIN, key=signer.verifier.vkey)
        policy = policy_from(WEEKDAYS[-1])
        create_ledger(owner, begins, policy, actor=servers.OWNER, sealer=signer).close()
        names = {f"writer{n}": "recorder" for n in range(writers)}
        names |= {"auditor0": "auditor", "auditor1": "auditor", "signer0": "signer"}
        for name, role in names.items():
            servers.grant(schema, name, [role])
        places = {name: servers.address(schema, name) for name in names}
        with servers.superuser() as connection:
            for statement in TABLES:
                connection.execute(statement)
        yield (
            schema,
            [place for name, place in places.items() if names[name] == "recorder"],
            [place for name, place in places.items() if names[name] == "auditor"],
        )


def compared(writers: int, seconds: float, rounds: int) -> int:
    """Print a line for each round, and what the ledger came to. The exit code."""
    with TemporaryDirectory() as folder, new_ledger(writers, Path(folder)) as made:
        schema, ours, auditors = made
        tell_versions(writers, seconds)
        acknowledged, ratios = list[int](), list[float]()
        for nth in range(1, rounds + 1):
            did, verified = one_round("ours", ours, auditors, seconds)
            plain, _ = one_round("plain", ours, auditors, seconds)
            took = [one for each in did for one in each.took]
            beside = [one for each in plain for one in each.took]
            acknowledged += [position for each in did for position in each.positions]
            ratios.append(len(took) / len(beside))
            print(
                f"{nth:>5} {len(took) / seconds:>8.0f} {len(beside) / seconds:>8.0f}"
                f" {ratios[-1]:>6.2f} {median(took) * 1e3:>10.1f} {max(took) * 1e3:>11.1f}"
                f" {verified:>9}"
            )
        print(f"The median ratio is {median(ratios):.2f}; at least {TARGET} is asked.")
        return checked(servers.address(schema, "signer0"), Path(folder), acknowledged)


def tell_versions(writers: int, seconds: float) -> None:
    with servers.superuser() as connection:
        server = connection.info.server_version // 10_000
    print(
        f"PostgreSQL {server}, psycopg {psycopg.__version__}, Python {platform.python_version()},"
        f" {os.cpu_count()} cores; {writers} writers, 2 auditors, {seconds:.0f} s a round"
    )
    print("round   ours/s  plain/s  ratio  median ms  slowest ms  verified")


def checked(signer: Server, home: Path, acknowledged: list[int]) -> int:
    """Sign it, verify it, and hold it against what was acknowledged."""
    with closing(opened(signer, home, signing=True)) as ledger:
        issue_checkpoint(ledger)
        size, begins = ledger.size(), ledger.size() - len(acknowledged) + 1
    verdict = verify_ledger(signer, home)
    whole = sorted(acknowledged) == list(range(begins, size + 1))
    print(f"{size} entries; all that were acknowledged, once, and no others: {whole}.")
    print(f"The ledger is {verdict.verdict}.")
    return 0 if whole and not verdict.findings else 1


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--writers", type=int, default=16)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--does", choices=sorted(DOES), help=argparse.SUPPRESS)
    options.add_argument("--address", help=argparse.SUPPRESS)
    given = options.parse_args()
    if not given.does:
        return compared(given.writers, given.seconds, given.rounds)
    place = place_of(given.address)
    if not isinstance(place, Server):
        raise SystemExit(f"{place} is on no server")
    print("ready", flush=True)
    print(json.dumps(vars(DOES[given.does](place, float(sys.stdin.readline())))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
