"""Read the Human Phenotype Ontology from its OBO 1.4 flat file (https://owlcollab.github.io/oboformat)."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from avicena.core.errors import ContractViolation
from avicena.core.ontology import Term

_SYNONYM = re.compile(r'"((?:[^"\\]|\\.)*)" (EXACT|BROAD|NARROW|RELATED) ?([^\[]*)\[')
_MANY = {
    "is_a": "parents",
    "alt_id": "alternatives",
    "replaced_by": "replaced_by",
    "consider": "consider",
    "synonym": "synonyms",
}

Tags = list[tuple[str, str]]


def read_obo(lines: Iterable[str]) -> tuple[str, list[Term]]:
    """The data version and every term (obsolete ones too) of an OBO file.

    Raises ContractViolation (it is not an OBO file, says no version, or has no terms, one without id, or one twice).
    """
    version, terms = "", []
    for header, tags in _stanzas(lines):
        if not header:
            _check(tags)
            version = next((value for tag, value in tags if tag == "data-version"), "")
        elif header == "[Term]":
            terms.append(_term(tags))
    if not terms:
        raise ContractViolation({"obo": "holds no [Term]; hp.obo is wanted"})
    if not version:
        raise ContractViolation({"obo": "it does not say its version (data-version:); is its beginning missing?"})
    _once(terms)
    return version.removeprefix("hp/releases/"), terms


def _check(tags: Tags) -> None:
    """Raises ContractViolation (an OBO file says its format first)."""
    if not any(tag == "format-version" for tag, _ in tags):
        other = any(tag.startswith("#") for tag, _ in tags)
        what = "an annotation or mapping file (phenotype.hpoa?)" if other else "something else"
        raise ContractViolation({"obo": f"not an OBO flat file but {what}; hp.obo is wanted"})


def _once(terms: Sequence[Term]) -> None:
    """Raises ContractViolation (a term without id, or ids that several have)."""
    ids = Counter(one.id for one in terms)
    if ids[""]:
        raise ContractViolation({"obo": f"{ids['']} [Term] have no id; the file is damaged"})
    twice = [id for id, many in ids.items() if many > 1]
    if twice:
        named = ", ".join(twice[:3])
        raise ContractViolation(
            {"obo": f"{len(twice)} terms stand in it more than once ({named}); the file is damaged"}
        )


def _stanzas(lines: Iterable[str]) -> Iterator[tuple[str, Tags]]:
    header: str = ""
    tags: Tags = []
    for raw in lines:
        line = raw.rstrip("\r\n")
        if line.startswith("["):
            yield header, tags
            header, tags = line, []
        elif ": " in line:
            tag, _, value = line.partition(": ")
            tags.append((tag, value))
    yield header, tags


def _term(tags: Tags) -> Term:
    one: dict[str, str] = {}
    many: dict[str, list[str]] = {}
    for tag, value in tags:
        if tag in _MANY:
            many.setdefault(_MANY[tag], []).append(value)
        else:
            one.setdefault(tag, value)
    synonyms = [match for value in many.pop("synonyms", ()) if (match := _SYNONYM.match(value))]
    return Term(
        one.get("id", ""),
        one.get("name", ""),
        obsolete=one.get("is_obsolete") == "true",
        synonyms=tuple((_plain(match[1]), match[2], match[3].strip()) for match in synonyms),
        **{name: tuple(value.split(" ", 1)[0] for value in values) for name, values in many.items()},
    )


def _plain(text: str) -> str:
    """Escapes undone: a backslash stands before what is meant as it is."""
    return re.sub(r"\\(.)", r"\1", text)
