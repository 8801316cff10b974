"""One example of each event with every fact present, written so that its state is easy to check."""

from datetime import date

from footprint.domain import events as ev

SENT, DUE, TOTAL = date(2017, 3, 23), date(2017, 3, 30), date(2017, 4, 24)
OPENING = {
    "service": "CSC",
    "themes": ("ASQ", "DEL"),
    "iro": "ab",
    "ladder": "authority",
    "ladder_version": 1,
    "role": "team-manager",
    "team": "children-in-care",
    "capacity": "cp-chair",
    "prompted_by": "review",
    "proceedings": False,
    "respond_by": DUE,
}
STAGES = [
    {"stage": 0, "label": "Team manager", "days": 5, "counts": False},
    {"stage": 1, "label": "Head of Service", "days": 10, "counts": True},
]
KEY = "iro.example/ledger+0a1b2c3d+AQIDBA=="

EVENTS: tuple[ev.Event, ...] = (
    ev.ChallengeRaised(**OPENING, stage=0),
    ev.AlertRaised(**OPENING, stage=1, resolve_by=TOTAL),
    ev.ThreadAlerted(stage=1, role="team-manager", respond_by=DUE, resolve_by=TOTAL),
    ev.ThreadEscalated(
        stage=2,
        reason="overdue",
        role="service-manager",
        respond_by=DUE,
        resolve_by=TOTAL,
    ),
    ev.ResponseReceived(stage=1, response="agreed", role="team-manager", action_by=TOTAL),
    ev.ThreadClosed(closure="resolved", basis="done", by="manager"),
    ev.ThreadReopened(),
    ev.NoteAdded(privileged=True),
    ev.CafcassRecorded(step="considered"),
    ev.ImpactRecorded(impact="plan"),
    ev.PartyTold(party="child"),
    ev.ThreadFiled(),
    ev.ThreadHandedOver(iro="cd"),
    ev.DocumentAttached(privileged=False),
    ev.EntryCorrected(corrects=7, facts={"occurred_on": "2017-03-24", "team": None}),
    ev.RedactionRequested(positions=(7, 9), basis="wrong-child"),
    ev.EntryRedacted(positions=(7, 9), basis="wrong-child", requested=11),
    ev.LadderAdopted(
        ladder="authority",
        version=2,
        starts_on=SENT,
        services=("CSC", "EDU"),
        stages=STAGES,
        total_days=20,
    ),
    ev.CalendarAdopted(
        calendar="England",
        version=1,
        starts_on=SENT,
        first=date(2017, 1, 1),
        last=date(2017, 12, 31),
        off=(date(2017, 4, 14), date(2017, 4, 17)),
        taken_from="by hand",
    ),
    ev.VocabularyAdopted(
        version=1,
        starts_on=SENT,
        lists={"themes": {"ASQ": "Qualit\u00e9 \U0001f600", "ADO": "Adoption\tdrift"}},
        aliases={"themes": {"drift": "ADO"}},
    ),
    ev.RulesAdopted(version=1, starts_on=SENT, case_number="[0-9]{6}", publish_threshold=5),
    ev.LedgerOpened(authority='Borough of "X"', origin="iro.example/ledger", key=KEY),
    ev.LedgerRestored(size=12, root="00" * 32, left=10),
    ev.LedgerMoved(engine="postgresql"),
    ev.SignerChanged(key=KEY, endorsement="AQID"),
    ev.ReportIssued(report="annual", period="2016-17", position=99, digest="ff" * 32),
)
