"""Reasons to train in spite of what an audit finds, written down in a file: TOML, a table for each stage."""

import tomllib
from collections.abc import Mapping

from avicena.core.errors import ContractViolation


def read_reasons(data: bytes) -> dict[str, Mapping[str, str]]:
    """For each stage the kinds of finding that a person takes upon themselves, each with the reason.

    Raises ContractViolation (not TOML, or what stands under a stage is not `kind = "reason"`).
    """
    try:
        found = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ContractViolation({"reasons": f"the file is not TOML ({type(error).__name__})"}) from None
    for stage, reasons in found.items():
        if not isinstance(reasons, dict) or not all(isinstance(one, str) and one.strip() for one in reasons.values()):
            raise ContractViolation({"reasons": f"[{stage}] must hold kinds of finding, each with a reason in quotes"})
    return found
