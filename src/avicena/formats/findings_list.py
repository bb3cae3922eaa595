"""Findings of a note as lines that a clinician corrects: drop a line, write another word, add one; and back."""

import re
from collections.abc import Iterable, Mapping

from avicena.core.errors import ContractViolation
from avicena.core.findings import Finding
from avicena.formats.findings_note import FoundFinding

HEAD = """# One finding per line: HPO id, "observed" or "excluded", the words of the note and their place.
# Drop a line, exchange the word, or add one such as "HP:0001250 observed". Lines that begin with # do not count:
# what is said of the family or only supposed stands there to be judged.
"""
_LINE = re.compile(r"(HP:[0-9]{7}(?:@\S+)?)\s+(observed|excluded)(?:\s.*)?")
_SIGN = {"observed": "", "excluded": "-"}


def write_list(found: Iterable[FoundFinding], labels: Mapping[str, str], torn: Iterable[str] = ()) -> str:
    """The lines of a file; what does not count as the patient's, or is both said and denied (`torn`), begins with #."""
    both = frozenset(torn)
    return HEAD + "".join(_line(one, labels, one.id in both) + "\n" for one in found)


def _line(one: FoundFinding, labels: Mapping[str, str], torn: bool) -> str:
    counts = one.status in _SIGN and not torn
    words = " ".join(one.text.split()).replace('"', "'")
    doubt = "  (said and denied)" if torn and one.status in _SIGN else ""
    head = "" if counts else "# "
    return f'{head}{one.id}  {one.status}  "{words}" {one.start}-{one.end}  # {labels.get(one.id, "")}{doubt}'


def read_list(text: str) -> tuple[str, ...]:
    """The findings of such a file as `core.findings` reads them, each once; a line may also be "-HP:0000252@P3Y".

    Raises ContractViolation (every line that is none, by its number; the line is not repeated).
    """
    found: dict[str, None] = {}
    wrong: dict[str, str] = {}
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        match = _LINE.fullmatch(bare)
        try:
            found[str(Finding.parse(_SIGN[match[2]] + match[1] if match else bare.split("#")[0]))] = None
        except ValueError as error:
            wrong[f"line {number}"] = f"{error}; wanted is: HP:0001250 observed"
    if wrong:
        raise ContractViolation(wrong)
    return tuple(found)
