"""The footprint of Independent Reviewing Officers, as an audit ledger.

Facts in the clear, words in a vault, a commitment between them, nothing ever changed:
every view is a pure function of the entries and a day. The rooms, inner ones first:

* `domain`: the thread from a first question to what changed for the child. Knows nobody.
* `proof`: the Merkle tree and the signed notes. Knows nobody.
* `ledger`: entries as bytes, sealed, stored and signed; built on `eventsourcing`.
* `projections`: the escalations log, resolution times and alert counts, folded from entries.
* `audit`: verifies a ledger from its bytes, apart from the code that wrote it.
* `demo`: the Poole year 2016-17, as a ledger.
"""

__version__ = "0.1.0"
