"""A dataset in, its leaks and shortcuts out: what tells a label that should not, and what a split tears apart."""

from avicena.leaks.audit import Audited, audit
from avicena.leaks.sample import MOST
from avicena.leaks.sheet import Sheet, sheet_of, sheet_of_table
from avicena.leaks.verdict import blocking, forbidden, refusal

__all__ = ["MOST", "Audited", "Sheet", "audit", "blocking", "forbidden", "refusal", "sheet_of", "sheet_of_table"]
