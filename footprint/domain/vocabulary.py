"""The words that facts are made of: codes are stable, labels are the authority's.

Two kinds of list. Those that carry a rule (a response, a closure, a source) are fixed here,
since code acts on them. Those that an authority owns (themes, services, teams, roles, ...) are
adopted by an entry of the ledger; `DEFAULT_LISTS` is what a new ledger starts from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from footprint.domain.nearest import did_you_mean
from footprint.errors import Refused

# --- fixed lists: code -> label -------------------------------------------------------------

SOURCES = {
    "at-the-time": "made at the time",
    "transcribed": "copied from a record made then",
    "recalled": "recalled from memory",
}
CAPACITIES = {"iro": "IRO", "cp-chair": "child protection chair"}
RESPONSES = {
    "agreed": "agreed",
    "partly": "partly agreed",
    "not-agreed": "not agreed",
    "holding": "holding reply",
    "clarification": "clarification asked",
    "not-known": "given, and what it said is not known",
}
"""In any list, `not-known` is for transcribed and recalled entries: the source does not say."""
SUBSTANTIVE = frozenset({"agreed", "partly", "not-agreed", "not-known"})
"""The answers that stop the response clock; holding and clarification stop nothing."""
CLOSURES = {
    "resolved": "resolved",
    "partly": "partly resolved",
    "explained": "explained; the IRO accepts the answer",
    "unresolved": "unresolved; the ladder is exhausted",
    "withdrawn": "withdrawn",
    "overtaken": "overtaken by events",
    "left-care": "child left care",
    "not-known": "closed, and how is not known",
}
RESOLVED = frozenset({"resolved", "partly", "explained"})
RESTS_ON_A_BASIS = frozenset({"resolved", "partly"})
"""The closures that rest on something done or agreed. Explained may; the others do not."""
BASES = {"done": "on what was done", "agreed": "on what was agreed"}
CLOSERS = {"iro": "the IRO", "manager": "an IRO manager"}
REASONS = {
    "overdue": "answer or action overdue",
    "unsatisfied": "not satisfied",
    "serious": "serious",
    "not-known": "reason not known",
}
CAFCASS_STEPS = {
    "considered": "considered",
    "advice": "advice sought",
    "referred": "referred",
    "reply": "reply received",
    "declined": "declined",
}
REDACTION_BASES = {
    "wrong-child": "wrong child",
    "third-party": "third party",
    "court-order": "court order",
    "retention": "retention over",
}
VIEWS = {
    "supports": "supports it",
    "opposes": "opposes it",
    "not-sought": "view not sought",
}
"""Their view of whoever was told: kept with the words, since it is the child's or the family's."""

FIXED_LISTS: Mapping[str, Mapping[str, str]] = {
    "sources": SOURCES,
    "capacities": CAPACITIES,
    "responses": RESPONSES,
    "closures": CLOSURES,
    "bases": BASES,
    "closers": CLOSERS,
    "reasons": REASONS,
    "cafcass": CAFCASS_STEPS,
    "views": VIEWS,
    "redactions": REDACTION_BASES,
}

# --- lists that an authority owns -----------------------------------------------------------

THEMES = {
    "PLC": "Placement change, number or type",
    "PLQ": "Placement quality or safety",
    "PLU": "Unplanned addition to a placement",
    "ASQ": "Assessment quality",
    "DEL": "Delay in actions",
    "ADO": "Adoption drift",
    "PAP": "Missing paperwork or preparation for a review",
    "SWK": "Social work role or input unclear",
    "SIB": "Siblings",
    "FAM": "Family contact",
    "LSW": "Life-story work",
    "REU": "Reunification",
    "VIA": "Viability assessment",
    "EDU": "Education",
    "HLT": "Health",
    "EMH": "Emotional health",
    "VOI": "Child's voice, advocacy, independent visitor",
    "TRN": "Leaving care",
    "NOT": "IRO not told or consulted",
    "FIN": "Decision led by resources",
    "LEG": "Legal or court",
    "EXP": "Missing or exploitation",
    "UAS": "Unaccompanied asylum-seeking child",
    "DEC": "Review decision not carried out",
    "PER": "Permanence or care plan",
    "VIS": "Social work visits",
    "STF": "Worker changed or absent",
    "IDN": "Identity, culture, language",
    "SAF": "Safeguarding",
    "OTH": "Other",
}
SERVICES = {
    "CSC": "Children's social care",
    "CHAD": "Child health and disability",
    "CAMHS": "CAMHS",
    "EDU": "Education",
    "VS": "Virtual School",
    "HLT": "Health",
    "COM": "Commissioning and placements",
    "FOS": "Fostering",
    "ADP": "Adoption",
    "LEG": "Legal",
    "HOU": "Housing",
    "POL": "Police",
    "ADV": "Advocacy",
    "YJS": "Youth justice",
    "PRV": "Provider",
    "OLA": "Another authority",
    "OTH": "Another service, named in the words",
}
TEAMS = {
    "children-in-care": "Children in Care",
    "assessment-and-court": "Assessment and Court",
    "duty-and-assessment": "Duty and Assessment",
    "child-protection": "Child Protection",
    "adoption": "Adoption",
    "fostering": "Fostering",
    "leaving-care": "Leaving Care",
    "placements": "Placements",
    "chad": "CHAD",
    "virtual-school": "Virtual School",
    "special-educational-needs": "Special educational needs",
    "tier-3": "Tier 3",
}
ROLES = {
    "social-worker": "Social Worker",
    "senior-social-worker": "Senior Social Worker",
    "assistant-team-manager": "Assistant Team Manager",
    "team-manager": "Team Manager",
    "principal-manager": "Principal Manager",
    "service-manager": "Service Manager",
    "head-of-service": "Head of Service",
    "service-unit-head": "Service Unit Head",
    "assistant-director": "Assistant Director",
    "director": "Director of Children's Services",
    "commissioning-manager": "Commissioning Manager",
    "virtual-school-head": "Virtual School Head",
    "case-officer": "Case Officer",
    "clinician": "Clinician",
    "nurse": "Nurse for children in care",
    "teacher": "Teacher or school lead",
    "solicitor": "Solicitor",
    "officer": "Police officer",
    "worker": "Worker",
    "line-manager": "Line manager",
    "named-lead": "Designated or named lead",
    "registered-manager": "Registered manager of a provider",
    "partnership-executive": "Partnership executive",
    "other": "Another role, named in the words",
}
PROMPTS = {
    "review": "review",
    "monitoring": "monitoring",
    "visit": "visit",
    "child": "child",
    "parent": "parent",
    "carer": "carer",
    "guardian": "guardian",
    "panel": "panel",
    "complaint": "complaint",
}
PARTIES = {
    "child": "child",
    "parent": "parent",
    "advocate": "advocate",
    "guardian": "guardian",
    "court": "court",
    "legal-adviser": "legal adviser",
    "iro-manager": "IRO manager",
}
IMPACTS = {
    "plan": "plan changed",
    "move": "move made or stopped",
    "delay": "delay cut",
    "service": "service obtained",
    "safety": "safety",
    "systemic": "systemic change",
    "none": "none",
    "too-early": "too early to say",
    "unclassified": "said in the words only",
}

DEFAULT_LISTS: Mapping[str, Mapping[str, str]] = {
    "themes": THEMES,
    "services": SERVICES,
    "teams": TEAMS,
    "roles": ROLES,
    "prompts": PROMPTS,
    "parties": PARTIES,
    "impacts": IMPACTS,
}

_SINGULAR = {
    "themes": "theme",
    "services": "service",
    "teams": "team",
    "roles": "role",
    "prompts": "prompt",
    "parties": "party",
    "impacts": "impact",
    "sources": "source",
    "capacities": "capacity",
    "responses": "response",
    "closures": "closure",
    "bases": "basis",
    "closers": "closer",
    "reasons": "reason",
    "cafcass": "Cafcass step",
    "views": "view",
    "redactions": "basis of a redaction",
}


CODED_FACTS: Mapping[str, str] = {
    "service": "services",
    "themes": "themes",
    "team": "teams",
    "role": "roles",
    "prompted_by": "prompts",
    "party": "parties",
    "impact": "impacts",
}
"""The facts that hold codes of an authority's lists, and which list each is of."""


def find_code(
    lists: Mapping[str, Mapping[str, str]],
    name: str,
    given: str,
    aliases: Mapping[str, str] | None = None,
) -> str:
    """The code in the list `name` that a person meant by a code, a label or an alias.

    Case, spaces, hyphens and underscores do not matter. Nothing is guessed beyond that.

    Raises:
        Refused: not in the list; the nearest codes are named.
    """
    codes = lists.get(name, {})
    code = known_code(codes, given, aliases)
    if code is None:
        raise Refused(f"There is no {_SINGULAR[name]} {given!r} here.", _instead(codes, given))
    return code


def known_code(
    codes: Mapping[str, str], given: str, aliases: Mapping[str, str] | None = None
) -> str | None:
    """The same of one list, or None where it is not in it: what is nearest is dear to find."""
    if given in codes:
        return given
    wanted = plain(given)
    for code, label in codes.items():
        if wanted in (plain(code), plain(label)):
            return code
    return next((code for word, code in (aliases or {}).items() if wanted == plain(word)), None)


def plain(text: str) -> str:
    """What two ways of writing one thing have in common."""
    return " ".join(re.sub(r"[-_\s]+", " ", text).casefold().replace("\u2019", "'").split())


def _instead(codes: Mapping[str, str], given: str) -> str:
    """What to write in place of a code that is none."""
    named = {code: f"{code} ({label})" for code, label in codes.items()}
    forms = {
        plain(form): named[code]
        for code, label in codes.items()
        for form in (label, label.partition(",")[0], code)
    }
    question = did_you_mean(plain(given), forms)
    if not question:
        return f"There are: {'; '.join(list(named.values())[:_MOST_NAMED])}."
    return f"{question} {_ALL if len(codes) > _FEW else 'All of them: ' + ', '.join(codes) + '.'}"


_FEW, _MOST_NAMED = 8, 40
_ALL = "All of them: footprint policy show vocabulary."
