"""From what arrived over a door to a parsed case and its pictures."""

from collections.abc import Mapping
from typing import Any

from avicena.core.case import Case, Choice, Contract, Image, Picture, Upload
from avicena.core.codes import split
from avicena.core.errors import ContractViolation, Unreadable
from avicena.core.findings import Findings
from avicena.formats import image, phenopacket


def intake(contract: Contract, raw: Mapping[str, Any]) -> tuple[Case, dict[str, Picture]]:
    """The case, and the pictures of its image inputs by input name.

    `raw` holds an Upload for each image. Where the application takes findings, it may hold a whole phenopacket besides
    (`formats.phenopacket`). Raises ContractViolation (every wrong field at once, unreadable pictures too).
    """
    read, problems = _unpacked(contract, raw)
    for name, kind in contract.inputs.items():
        if isinstance(kind, Image) and isinstance(raw.get(name), Upload):
            read[name] = _picture(raw[name])
    try:
        case = contract.parse(read)
    except ContractViolation as error:
        raise ContractViolation({**problems, **error.problems}) from None
    if problems:
        raise ContractViolation(problems)
    return case, {name: value for name, value in read.items() if isinstance(value, Picture)}


def _picture(upload: Upload) -> Picture | Unreadable:
    try:
        return image.read(upload.data, media_type=upload.media_type)
    except Unreadable as error:
        return error


def findings_input(contract: Contract) -> str | None:
    """The name of the input that takes findings; None where there is none."""
    return next((name for name, kind in contract.inputs.items() if isinstance(kind, Findings)), None)


def _unpacked(contract: Contract, raw: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The fields with those of a phenopacket among them, and what is wrong with it or contradicts them."""
    read, into = dict(raw), findings_input(contract)
    if into is None or phenopacket.FIELD in contract.inputs:
        return read, {}
    given = read.pop(phenopacket.FIELD, None)
    if given is None:
        return read, {}
    if isinstance(given, Unreadable):
        return read, {phenopacket.FIELD: str(given)}
    try:
        packet = phenopacket.read(given)
    except ContractViolation as error:
        return read, error.problems
    read[into] = _together(read.get(into), packet.pop("findings"))
    sexes = contract.inputs.get("sex")
    if isinstance(sexes, Choice) and packet.get("sex") not in sexes.options:
        packet.pop("sex", None)
    problems = {}
    for name, value in packet.items():
        if name != "subject" and name not in contract.inputs:
            continue
        if read.get(name) is None:
            read[name] = value
        elif _parsed(contract, name, read[name]) != _parsed(contract, name, value):
            problems[name] = "the phenopacket says otherwise; give it once"
    return read, problems


def _together(given: Any, more: list[Any]) -> Any:
    """Findings that were given, and those of a packet; what is no list is left for the contract to refuse."""
    if given is None:
        return more
    try:
        listed = split(given) if isinstance(given, str) else given
    except ValueError:
        return given
    return [*listed, *more] if isinstance(listed, (list, tuple)) else given


def _parsed(contract: Contract, name: str, value: Any) -> Any:
    """A value as its input takes it; one that it does not take as it is."""
    try:
        return contract.inputs[name].parse(value) if name in contract.inputs else value
    except ValueError:
        return value
