"""Raw data in, a frozen dataset out: `plan` joins tables and files, `freeze` makes the dataset version."""

from avicena.ingest.freeze import Frozen, freeze, refused_from, rows_from
from avicena.ingest.layout import Plan, Planned, plan

__all__ = ["Frozen", "Plan", "Planned", "freeze", "plan", "refused_from", "rows_from"]
