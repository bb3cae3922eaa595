"""From what arrived over a door to a parsed case and its pictures."""

from collections.abc import Mapping
from typing import Any

from avicena.core.case import Case, Contract, Image, Picture, Upload
from avicena.core.errors import Unreadable
from avicena.formats import image


def intake(contract: Contract, raw: Mapping[str, Any]) -> tuple[Case, dict[str, Picture]]:
    """The case, and the pictures of its image inputs by input name.

    `raw` holds an Upload for each image. Raises ContractViolation (every wrong field at once, unreadable pictures too).
    """
    read = dict(raw)
    for name, kind in contract.inputs.items():
        if isinstance(kind, Image) and isinstance(raw.get(name), Upload):
            read[name] = _picture(raw[name])
    case = contract.parse(read)
    return case, {name: value for name, value in read.items() if isinstance(value, Picture)}


def _picture(upload: Upload) -> Picture | Unreadable:
    try:
        return image.read(upload.data, media_type=upload.media_type)
    except Unreadable as error:
        return error
