"""GA4GH phenopackets, version 2, in JSON (ISO 4454:2022; phenopacket-schema.readthedocs.io): raw inputs from one.

Only what is ranked with is read. Names, dates and every other element are neither kept nor repeated. A member that is
null is one that was not set, as protobuf's JSON has it; what is read must be of its type, or it is a named problem.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from avicena.core.errors import ContractViolation, Unreadable
from avicena.core.onset import ONSET_YEARS

FIELD = "phenopacket"
"""The name of the field that holds a whole phenopacket."""

Raw = dict[str, Any]

_SEXES = {"MALE": "male", "FEMALE": "female", "OTHER_SEX": "other", "UNKNOWN_SEX": "unknown"}
_KARYOTYPES = {"XX": "female", "XY": "male"}
_ANTENATAL = "HP:0030674"
_PSEUDONYM = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SNAKE = re.compile(r"_([a-z])")
_SECOND = re.compile(r"\s*(v?2(\.[0-9A-Za-z.+-]+)?)?\s*")
_FIRST = ("negated", "classOfOnset", "ageOfOnset", "ageRangeOfOnset")
"""Members of a feature that only version 1 has."""


class _Wrong(Exception):
    """What is wrong with a packet, in words without its values."""


def read(given: object) -> Raw:
    """Findings, age, sex and subject of a phenopacket, as an application takes them; what it does not say is left out.

    `given` is its JSON as bytes, text or a parsed object. The subject's id is taken only where it is a pseudonym by
    form. Raises ContractViolation (no phenopacket of version 2; the field is `FIELD`).
    """
    try:
        return _packet(_whole(given))
    except _Wrong as error:
        raise ContractViolation({FIELD: str(error)}) from None
    except RecursionError:
        raise ContractViolation({FIELD: "nested too deep"}) from None


def _whole(given: object) -> Raw:
    if isinstance(given, (bytes, str)):
        try:
            given = json.loads(given, object_pairs_hook=_once)
        except (ValueError, RecursionError):
            raise _Wrong("not JSON in UTF-8") from None
    if not isinstance(given, Mapping):
        raise _Wrong("not a JSON object")
    found: Raw = _camel(given)
    return found


def _packet(packet: Raw) -> Raw:
    if "proband" in packet or "members" in packet:
        raise _Wrong("a family or a cohort; send the phenopacket of one patient")
    features, subject, about = (
        packet.get("phenotypicFeatures", []),
        packet.get("subject", {}),
        packet.get("metaData", {}),
    )
    if not isinstance(features, list) or not isinstance(subject, Mapping) or not isinstance(about, Mapping):
        raise _Wrong("phenotypicFeatures must be a list, subject and metaData an object")
    _second(packet, features, subject, about)
    if "phenotypicFeatures" not in packet and "subject" not in packet:
        raise _Wrong("it has neither phenotypicFeatures nor a subject")
    raw: Raw = {"findings": [_feature(one, place, subject) for place, one in enumerate(features, 1)]}
    raw |= _sex(subject)
    age = _time(subject.get("timeAtLastEncounter"), subject, "subject.timeAtLastEncounter")
    if age is not None and age not in ONSET_YEARS:
        raw["age"] = age
    name = _text(subject, "id", "subject.id")
    if _PSEUDONYM.fullmatch(name):
        raw["subject"] = name
    return raw


def _second(packet: Raw, features: Iterable[Any], subject: Mapping[str, Any], about: Mapping[str, Any]) -> None:
    """Raises _Wrong (another version than 2, by its own word or by members that only version 1 has)."""
    if not _SECOND.fullmatch(_text(about, "phenopacketSchemaVersion", "metaData.phenopacketSchemaVersion")):
        raise _Wrong("of another version of the schema; version 2 is read, convert it first")
    old = [one for one in features if isinstance(one, Mapping) and (set(_FIRST) & set(one))]
    if old or "ageAtCollection" in subject or "age" in subject or {"genes", "variants", "htsFiles"} & set(packet):
        raise _Wrong("it has members of version 1 of the schema; version 2 is read, convert it first")


def _feature(one: Any, place: int, subject: Mapping[str, Any]) -> Raw:
    where = f"phenotypicFeatures[{place}]"
    term = one.get("type") if isinstance(one, Mapping) else None
    if not isinstance(term, Mapping) or not isinstance(term.get("id"), str):
        raise _Wrong(f"{where}: it has no type.id")
    excluded = one.get("excluded", False)
    if not isinstance(excluded, bool):
        raise _Wrong(f"{where}: excluded is true or false")
    onset = _time(one.get("onset"), subject, f"{where}.onset")
    if isinstance(onset, float):
        onset = f"P{round(onset * 12)}M" if onset >= 0 else _ANTENATAL
    return {"id": term["id"], "excluded": excluded, "onset": onset or ""}


def _sex(subject: Mapping[str, Any]) -> Raw:
    sex = subject.get("sex", "UNKNOWN_SEX")
    if not isinstance(sex, str) or sex not in _SEXES:
        raise _Wrong(f"subject.sex is none of {', '.join(_SEXES)}")
    grown = _KARYOTYPES.get(_text(subject, "karyotypicSex", "subject.karyotypicSex"))
    if grown is not None and {_SEXES[sex], grown} == {"male", "female"}:
        raise _Wrong("subject.sex and subject.karyotypicSex contradict each other; leave out one of them")
    return {} if sex == "UNKNOWN_SEX" else {"sex": _SEXES[sex]}


def _time(element: Any, subject: Mapping[str, Any], where: str) -> str | float | None:
    """A TimeElement as a duration, an HPO term of onset or years; None where it says none of them."""
    if element is None:
        return None
    if not isinstance(element, Mapping):
        raise _Wrong(f"{where} is not a time element")
    if "age" in element or "ageRange" in element:
        age = _object(element, "age", where) if "age" in element else _object(element, "ageRange", where).get("start")
        lasted = age.get("iso8601duration") if isinstance(age, Mapping) else None
        if not isinstance(lasted, str):
            raise _Wrong(f"{where}: iso8601duration is missing")
        return lasted
    if "ontologyClass" in element:
        id = _text(_object(element, "ontologyClass", where), "id", f"{where}.ontologyClass.id")
        return id if id in ONSET_YEARS else None
    if "gestationalAge" in element:
        return _ANTENATAL
    moment = _text(element, "timestamp", f"{where}.timestamp")
    return _between(_text(subject, "dateOfBirth", "subject.dateOfBirth"), moment)


def _object(of: Mapping[str, Any], name: str, where: str) -> Mapping[str, Any]:
    """A member that must be an object."""
    found = of[name]
    if not isinstance(found, Mapping):
        raise _Wrong(f"{where} is not a time element")
    return found


def _text(of: Mapping[str, Any], name: str, where: str) -> str:
    """A member that must be a text; "" where it is not set."""
    found = of.get(name, "")
    if not isinstance(found, str):
        raise _Wrong(f"{where} is not a text")
    return found


def _between(birth: str, moment: str) -> float | None:
    """Years from one timestamp to another, None where either is missing or is no date."""
    try:
        return (date.fromisoformat(moment[:10]) - date.fromisoformat(birth[:10])).days / 365.25
    except ValueError:
        return None


def _camel(value: Any) -> Any:
    """Member names as JSON writes them, also where somebody wrote those of the schema (`phenotypic_features`).

    What is null is left out.
    """
    if isinstance(value, Unreadable):
        raise _Wrong(f"a member is {value}")
    if isinstance(value, Mapping):
        named = [(_SNAKE.sub(lambda at: at[1].upper(), str(name)), one) for name, one in value.items()]
        return {name: _camel(one) for name, one in _once(named).items() if one is not None}
    return [_camel(one) for one in value] if isinstance(value, list) else value


def _once(pairs: Iterable[tuple[str, Any]]) -> Raw:
    raw: Raw = {}
    for name, value in pairs:
        raw[name] = Unreadable("given more than once") if name in raw else value
    return raw
