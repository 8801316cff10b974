"""The ledger as an application of `eventsourcing`: open it, read it, record in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from eventsourcing.application import Application
from eventsourcing.persistence import InfrastructureFactory, IntegrityError
from eventsourcing.utils import Environment, EnvType

from footprint.domain.asks import Ask
from footprint.domain.days import london_day
from footprint.domain.entry import Entry, Move
from footprint.domain.events import EntryRedacted, LedgerOpened
from footprint.domain.fold import fold_stated
from footprint.domain.policy import STREAM as POLICY
from footprint.domain.policy import Policy, policy_of
from footprint.domain.redactions import is_whole
from footprint.domain.reference import meant, stream_name
from footprint.domain.stated import Stated
from footprint.domain.thread import Thread, with_days
from footprint.engine.connection import Connection
from footprint.engine.place import Place
from footprint.errors import NotFound, Refused
from footprint.ledger.considering import decided, reads_words
from footprint.ledger.departing import must_be_here
from footprint.ledger.entering import Entered, Ground, as_taken
from footprint.ledger.factory import LedgerFactory
from footprint.ledger.identity import utc_now
from footprint.ledger.mapper import EntryMapper
from footprint.ledger.receipt import Receipt
from footprint.ledger.referring import no_thread
from footprint.ledger.store import queries
from footprint.ledger.store.codec import decode, stated_in
from footprint.ledger.store.recorder import Recorder
from footprint.ledger.store.sealer import Tree
from footprint.ledger.store.vault import Locked, Vault
from footprint.proof.checkpoint import parse_checkpoint
from footprint.proof.note import parse

if TYPE_CHECKING:
    from footprint.vault.key import Keys

LEDGER = "ledger"
"""The stream of the ledger's own entries; its first is the first of all."""


class Recorded(NamedTuple):
    """The entries that one command made on one stream."""

    stream: str
    entries: tuple[Entry, ...]


def _nobody(_about_to_be: Recorded) -> None:
    """Nobody wants to know what is about to be recorded."""


class Ledger(Application[str]):
    """One ledger, in a file or on a server. Use `open_ledger` or `create_ledger`.

    Args:
        place: where it is.
        recorder: holds the connection to it.
        clock: tells the time as UTC text with microseconds and `Z`; by default that of the server,
            or of this machine where it is in a file.
        keys: gives the keys of its vault that are on this machine.
    """

    name = "footprint"

    def __init__(
        self,
        place: Place,
        recorder: Recorder,
        clock: Callable[[], str] | None = None,
        keys: Callable[[], Keys] | None = None,
    ) -> None:
        self.place = place
        self.clock = clock or (lambda: recorder.connection.now() or utc_now())
        self.store = recorder
        # What is decided before others have to wait gets its time and its leaf from the server.
        self._expects = recorder.expects and recorder.sealer is None and clock is None
        self.vault = Vault(recorder.connection, keys)
        self._ground: Ground | None = None
        self.known: tuple[str, list[Entry]] = ("", [])
        """A stream that was about to go on, as it was before the write lock was taken."""
        self._policy: tuple[bytes, Policy] = (b"", Policy())  # by the leaf it was folded to
        super().__init__()

    # --- the library's hooks ----------------------------------------------------------------

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """No setting of the library's is taken from the process's environment."""
        return Environment(name, dict(env or {}))

    def construct_factory(self, env: Environment) -> InfrastructureFactory:  # noqa: ARG002
        return LedgerFactory(self.store)

    def construct_mapper(self) -> EntryMapper:
        return EntryMapper()

    # --- reading ----------------------------------------------------------------------------

    @property
    def connection(self) -> Connection:
        return self.store.connection

    @property
    def path(self) -> Path:
        """The file of a ledger that is in one."""
        if not isinstance(self.place, Path):
            raise Refused(f"{self.place} is on a server, and this is done to a file.")
        return self.place

    @property
    def opened(self) -> LedgerOpened:
        """The first entry: whose ledger it is, its origin and its key."""
        return cast(LedgerOpened, self.entry(1).event)

    def size(self) -> int:
        """The position of the last entry."""
        return self.store.size()

    def leaf(self, position: int) -> bytes:
        """The stored leaf of an entry, empty where there is none."""
        return queries.leaf_at(self.connection, position)

    def head(self) -> tuple[int, str] | None:
        """The size and signed note of the newest tree."""
        return self.store.head()

    def receipt(self, stream: str, position: int) -> Receipt | None:
        """The receipt of an entry against the newest signed tree; None where none covers it."""
        size, note = self.head() or (0, "")
        if size < position:
            return None
        return Receipt(stream, position, size, parse_checkpoint(parse(note).text).root)

    @property
    def signed(self) -> Tree | None:
        """The tree that this process signed and committed last; None where signing is apart."""
        return self.store.sealer.signed if self.store.sealer else None

    def entry(self, position: int) -> Entry:
        """The entry at a position. Raises `NotFound`."""
        row = queries.row_at(self.connection, position)
        if row is None:
            raise NotFound(
                f"There is no entry {position}; the last is {self.size()}.",
                "See: footprint replay.",
            )
        return decode(*row)

    def entries(self, stream: str, upto: int | None = None) -> list[Entry]:
        """The entries of a stream, up to a position where one is given."""
        # Not by way of the library's event store: it makes three more objects of each.
        return [decode(*row) for row in queries.rows_of(self.connection, stream, upto)]

    def all_entries(self, upto: int | None = None, after: int = 0) -> list[Entry]:
        """Every entry in order, after one position and up to another where one is given."""
        found = self.store.select_notifications(after + 1, self.size(), upto)
        return [cast(Entry, self.mapper.to_domain_event(stored)) for stored in found]

    def policy(self, upto: int | None = None) -> Policy:
        """The policy in force, at a position where one is given."""
        if upto is not None:
            return policy_of(self.entries(POLICY, upto))
        return self.policy_to(queries.last_leaf(self.connection, POLICY))

    def policy_to(self, leaf: bytes) -> Policy:
        """The policy in force, whose last entry has this leaf; folded anew where that changed."""
        if self._policy[0] != leaf:
            self._policy = (leaf, policy_of(self.entries(POLICY)))
        return self._policy[1]

    def thread(self, stream: str, upto: int | None = None) -> Thread | None:
        """A thread as its entries make it; these are not checked, as `facts_touched` says."""
        known = stated_in(queries.rows_of(self.connection, stream, upto))
        return with_days(fold_stated(stream, known, self.policy(upto))) if known else None

    def facts_touched(
        self, after: int, upto: int, part: tuple[str, str] = queries.ALL_THREADS
    ) -> Iterator[tuple[str, list[Stated]]]:
        """Each thread with an entry after one position, whole up to the other, as stated. Streams.

        Of the streams of a part, as `queries.threads_touched` has it. Facts are taken to be of the
        published format, whatever they are: `verify` tells.
        """
        for stream, rows in queries.threads_touched(self.connection, after, upto, part):
            yield stream, stated_in(rows)

    def stream(self, given: str) -> str:
        """The stream of the thread that a person means.

        Raises:
            NotFound: there is none; where it is a case number that may be read here, its threads
                are named.
        """
        stream = meant(given)
        if stream and queries.last_version(self.connection, stream):
            return stream
        raise no_thread(self.connection, self.vault, given)

    def today(self) -> date:
        """The day in London, by the ledger's clock."""
        return london_day(self.clock())

    # --- recording --------------------------------------------------------------------------

    def writing(self) -> AbstractContextManager[None]:
        """One durable transaction for several commands: all of them are recorded, or none."""
        return self.store.writing()

    def consider(self, ask: Ask, stream: str | None = None, *, actor: str = "") -> tuple[Move, ...]:
        """What would be recorded, if it is legal now. Nothing is. Raises `Refused`."""
        return self.consider_together((ask,), stream, actor=actor)

    def consider_together(
        self, asks: Sequence[Ask], stream: str | None = None, *, actor: str = ""
    ) -> tuple[Move, ...]:
        """What several asks on one thread would record, each after those before it.

        Nothing is recorded: where it refuses inside `writing`, what else is there still can be.

        Raises:
            Refused: one of them is not legal.
        """
        # Under the write lock nobody adopts another policy, nor adds to the thread.
        if self.store.moment:
            return self._decided_here(asks, stream, self.clock(), actor)
        stands = (self.entries(stream) if stream else [], self.policy())
        return decided(self, asks, stream, stands, self.clock(), actor)

    def _decided_here(
        self, asks: Sequence[Ask], stream: str | None, now: str, actor: str
    ) -> tuple[Move, ...]:
        ground = self._on_ground()
        stands = (ground.entries(stream) if stream else [], ground.policy)
        return decided(self, asks, stream, stands, now, actor)

    def record(
        self,
        ask: Ask,
        *,
        actor: str,
        stream: str | None = None,
        about_to: Callable[[Recorded], None] = _nobody,
    ) -> Recorded:
        """Decide what was asked, and record it.

        Args:
            ask: the move.
            actor: who records it.
            stream: the thread; None begins a new one.
            about_to: called before the commit with what will be there, if anything is; where
                somebody else is quicker, again. Positions are not certain yet.

        Raises:
            Refused: the move is not legal, or the signer does not sign. Nothing is recorded.
        """
        return self.record_together((ask,), actor=actor, stream=stream, about_to=about_to)

    def record_together(
        self,
        asks: Sequence[Ask],
        *,
        actor: str,
        stream: str | None = None,
        about_to: Callable[[Recorded], None] = _nobody,
    ) -> Recorded:
        """Decide and record several asks on one thread, as one command: all of them, or none.

        Each is decided as the thread stands after those before it. A correction, a request for
        a redaction and an approval stand alone. The rest is as for `record`.

        Raises:
            Refused: one of them is not legal, or the signer does not sign. Nothing is recorded.
        """
        expects = self._expects and len(asks) == 1 and not reads_words(asks)
        if stream and expects and not self.store.moment:
            with suppress(IntegrityError, Locked):  # somebody was quicker; under the lock nobody is
                sent = self._recorded(asks, stream, actor, about_to, expecting=True)
                return Recorded(stream=stream, entries=as_taken(self.connection, sent.entries))
        return self._recorded(asks, stream, actor, about_to)

    def _recorded(
        self,
        asks: Sequence[Ask],
        stream: str | None,
        actor: str,
        about_to: Callable[[Recorded], None],
        *,
        expecting: bool = False,
    ) -> Recorded:
        if stream and not self.store.moment:
            self.connection.mend()
            self.known = stream, self.entries(stream)
        with self.store.writing(stream or "", expecting=expecting):
            now = self.clock()
            moves = self._decided_here(asks, stream, now, actor)
            recorded = self._append(stream, moves, now, actor)
            if expecting and [entry.clock for entry in recorded.entries] != [None]:
                raise IntegrityError("one entry is decided ahead, by a clock that runs forward")
            about_to(recorded)
            return recorded

    def next_streams(self, count: int) -> list[str]:
        """Those of the next threads, while nobody else can begin one: in `writing`."""
        newest = self._on_ground().newest
        return [stream_name(newest + nth) for nth in range(1, count + 1)]

    def append(self, stream: str, moves: Sequence[Move], *, actor: str) -> Recorded:
        """Record moves that need no decision: those of the ledger itself and its policy.

        What a move redacts is deleted from the vault in the same transaction.
        """
        with self.store.writing(stream):
            return self._append(stream, moves, self.clock(), actor)

    def record_decided(self, each: Iterable[Sequence[Move]], *, actor: str) -> list[str]:
        """Record new threads whose moves were decided by the policy of this very transaction.

        All of them are held in memory until the last is sealed: give a few at a time.

        Args:
            each: the moves of each thread, a command of its own.
            actor: who records them.

        Returns:
            Their streams.
        """
        with self.writing():
            return self._put([(None, moves) for moves in each], self.clock(), actor).streams

    def _append(self, stream: str | None, moves: Sequence[Move], now: str, actor: str) -> Recorded:
        """Add entries to a stream, or to a new thread where there is none."""
        for move in moves:
            if isinstance(move.event, EntryRedacted):
                gone = move.event.positions
                self.vault.forget(stream or "", gone, child=is_whole(move.event))
                self._ground = None  # it knew of what is gone
        made = self._put([(stream, moves)], now, actor)
        return Recorded(stream=made.streams[0], entries=made.entries())

    def _put(
        self, commands: Sequence[tuple[str | None, Sequence[Move]]], now: str, actor: str
    ) -> Entered:
        """Put what several commands enter into the ledger, each on its stream or a new thread."""
        ground = self._on_ground()
        made = Entered(ground, self.size(), commands, actor=actor, now=now)
        # Not by way of the library's event store: it makes three more objects of each entry.
        self.store.append(made.rows(), made.vault, made.children)
        ground.moment = self.store.moment
        return made

    def _on_ground(self) -> Ground:
        """What the next command goes on from, in the transaction that is under way."""
        if self._ground is None or self._ground.moment != self.store.moment:
            ground = Ground(self)
            if ground.has_moved and not self.connection.signs_apart:  # a server looks for itself
                must_be_here(self.connection, self.place, self.vault)
            self._ground = ground
        return self._ground
