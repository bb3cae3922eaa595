"""Raw data in, a frozen dataset out: `plan` joins tables and files, `freeze` freezes them, `tabulate` a table alone.

What is doubtful in a dataset: `ask` finds it, `take` takes in what readers judge, `correct` makes the rows that follow.
"""

from avicena.ingest.cases import cases, freeze_cases
from avicena.ingest.contract import Each, check, faults
from avicena.ingest.correct import correct, corrections, version_after
from avicena.ingest.diff import diff
from avicena.ingest.freeze import Frozen, freeze, refused_from, rows_from
from avicena.ingest.hold import held_from, held_lines, moved
from avicena.ingest.judge import Taken, options, take, value_of, wrong
from avicena.ingest.labelled import labelled
from avicena.ingest.layout import Plan, Planned, plan
from avicena.ingest.profile import profile
from avicena.ingest.questions import SHARE, ask, united
from avicena.ingest.regroup import regroup, version_regrouped
from avicena.ingest.settle import settle
from avicena.ingest.sheet import read_opinions, write_questions
from avicena.ingest.tabular import Tabular, is_tabular, tabulate, version_of

__all__ = [
    "SHARE",
    "Each",
    "Frozen",
    "Plan",
    "Planned",
    "Tabular",
    "Taken",
    "ask",
    "cases",
    "check",
    "correct",
    "corrections",
    "diff",
    "faults",
    "freeze",
    "freeze_cases",
    "held_from",
    "held_lines",
    "is_tabular",
    "labelled",
    "moved",
    "options",
    "plan",
    "profile",
    "read_opinions",
    "refused_from",
    "regroup",
    "rows_from",
    "settle",
    "tabulate",
    "take",
    "united",
    "value_of",
    "version_after",
    "version_of",
    "version_regrouped",
    "write_questions",
    "wrong",
]
