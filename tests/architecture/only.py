"""An import-linter contract that lists what is allowed, so that whatever is new is forbidden until somebody thinks."""

import sys
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class OnlyContract(Contract):
    """The source packages import, directly, only what is listed, themselves and the standard library.

    A listed name allows everything under it too. With `among`, only imports of something under those names are
    looked at.
    """

    type_name = "only"

    source_modules = fields.ListField(subfield=fields.StringField())
    allowed_modules = fields.ListField(subfield=fields.StringField())
    among = fields.ListField(subfield=fields.StringField(), required=False, default=[])

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        sources, allowed, among = map(_names, (self.source_modules, self.allowed_modules, self.among))
        missing = [name for name in sources if name not in graph.modules]
        present = [name for name in sources if name in graph.modules]
        found = [pair for name in present for pair in _strangers(graph, name, allowed, among)]
        return ContractCheck(kept=not found and not missing, metadata={"found": found, "missing": missing})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for name in check.metadata["missing"]:
            output.print_error(f"{name} does not exist.")
        for importer, imported in check.metadata["found"]:
            output.print_error(f"{importer} is not allowed to import {imported}.")


def _names(option: object) -> list[str]:
    return [str(name) for name in cast(list[str], option)]


def _strangers(graph: ImportGraph, source: str, allowed: list[str], among: list[str]) -> list[tuple[str, str]]:
    """Each (importer, imported) that is not allowed."""
    inside = sorted(name for name in graph.modules if _under(name, [source]))
    pairs = [(name, other) for name in inside for other in graph.find_modules_directly_imported_by(name)]
    looked_at = [pair for pair in pairs if not among or _under(pair[1], among)]
    return [pair for pair in looked_at if not _under(pair[1], [source, *allowed, *sys.stdlib_module_names])]


def _under(name: str, roots: list[str]) -> bool:
    return any(name == root or name.startswith(f"{root}.") for root in roots)
