"""What the library asks for the recorder of an application."""

from __future__ import annotations

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactory,
    ProcessRecorder,
    TrackingRecorder,
)
from eventsourcing.utils import Environment

from footprint.ledger.store.recorder import Recorder


class LedgerFactory(InfrastructureFactory[TrackingRecorder]):
    """Gives the application its recorder; a ledger has no other."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__(Environment())
        self.recorder = recorder

    def application_recorder(self) -> ApplicationRecorder:
        return self.recorder

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        raise NotImplementedError(f"a ledger keeps no {purpose} of its own")

    def tracking_recorder(
        self, tracking_recorder_class: type[TrackingRecorder] | None = None
    ) -> TrackingRecorder:
        raise NotImplementedError("views keep their own place")

    def process_recorder(self) -> ProcessRecorder:
        raise NotImplementedError("a ledger processes nobody's events")

    def close(self) -> None:
        self.recorder.close()
