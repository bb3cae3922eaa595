"""When a disease or a finding begins, in years: ISO 8601 durations and the onset terms of the HPO."""

import re

# One age that stands for each onset term: 0 before and at birth, else one near the middle of the span that its
# definition in hp.obo gives; terms without an upper end (adult, late) get an early age. Chosen by us, not by HPO.
ONSET_YEARS = {
    "HP:0003577": 0.0, "HP:0030674": 0.0, "HP:0011460": 0.0, "HP:0011461": 0.0, "HP:0034199": 0.0,
    "HP:0034198": 0.0, "HP:0034197": 0.0, "HP:0003623": 0.04, "HP:0003593": 0.5, "HP:0011463": 3.0,
    "HP:0003621": 10.0, "HP:0011462": 25.0, "HP:0003581": 30.0, "HP:0025708": 18.0, "HP:0025709": 22.0,
    "HP:0025710": 32.0, "HP:0003596": 50.0, "HP:0003584": 65.0, "HP:0410280": 8.0,
}  # fmt: skip

ONSET_LABELS = {
    "HP:0003577": "Congenital onset", "HP:0030674": "Antenatal onset", "HP:0011460": "Embryonal onset",
    "HP:0011461": "Fetal onset", "HP:0034199": "Late first trimester onset", "HP:0034198": "Second trimester onset",
    "HP:0034197": "Third trimester onset", "HP:0003623": "Neonatal onset", "HP:0003593": "Infantile onset",
    "HP:0011463": "Childhood onset", "HP:0003621": "Juvenile onset", "HP:0011462": "Young adult onset",
    "HP:0003581": "Adult onset", "HP:0025708": "Early young adult onset",
    "HP:0025709": "Intermediate young adult onset", "HP:0025710": "Late young adult onset",
    "HP:0003596": "Middle age onset", "HP:0003584": "Late onset", "HP:0410280": "Pediatric onset",
}  # fmt: skip
"""The label of each onset term in hp.obo (2025-01-16)."""

# Lower end in years of each onset term that does not begin at birth or before (the same definitions).
_BEGINS = {
    "HP:0003593": 0.08, "HP:0011463": 1.0, "HP:0003621": 5.0, "HP:0011462": 16.0, "HP:0003581": 16.0,
    "HP:0025708": 16.0, "HP:0025709": 19.0, "HP:0025710": 25.0, "HP:0003596": 40.0, "HP:0003584": 60.0,
}  # fmt: skip

_YEARS = {"Y": 1.0, "M": 1 / 12, "W": 7 / 365.25, "D": 1 / 365.25}
_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_TIME = rf"T(?=[0-9])(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?"
_DATE = rf"(?=[0-9])(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
_DURATION = re.compile(rf"P({_DATE})(?:{_TIME})?", re.ASCII)
_PART = re.compile(rf"({_NUMBER})([YMWD])", re.ASCII)


def age_years(duration: str) -> float | None:
    """Years of an ISO 8601 duration (its days and longer), or None where it is not one.

    >>> age_years("P6Y6M")
    6.5
    """
    found = _DURATION.fullmatch(duration)
    if found is None:
        return None
    return sum(float(number) * _YEARS[unit] for number, unit in _PART.findall(found[1]))


def onset_years(text: str) -> float | None:
    """Years of an onset term's id or of a duration, or None where it is neither.

    >>> onset_years("HP:0003577"), onset_years("P3M")
    (0.0, 0.25)
    """
    return ONSET_YEARS[text] if text in ONSET_YEARS else age_years(text)


def earliest(text: str) -> float | None:
    """The least age in years at which an onset, a term's id or a duration, can be, or None where it is neither.

    >>> earliest("HP:0003581"), earliest("HP:0003577"), earliest("P3M")
    (16.0, 0.0, 0.25)
    """
    return _BEGINS.get(text, 0.0) if text in ONSET_YEARS else age_years(text)
