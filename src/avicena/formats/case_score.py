"""Figures of a ranking on the wire: one line per case for a spreadsheet, or all of it as JSON."""

from avicena.core.case_score import CaseScore, ScoredCase
from avicena.formats.score import sheet, whole

HEADER = [
    "id", "disease", "rank", "rank of the same or broader", "first", "probability of the first", "none of these",
    "referred", "observed", "excluded", "not scored",
]  # fmt: skip


def to_csv(score: CaseScore) -> bytes:
    """One line per case, and one for each line that was not scored, with the reason's code."""
    return sheet(HEADER, [_line(one) for one in score.cases], score.refused)


def _line(one: ScoredCase) -> list[str]:
    first, chance = one.first[0] if one.first else ("", 0.0)
    places = ["" if place is None else str(place) for place in (one.rank, one.lenient)]
    counts = [str(one.observed), str(one.excluded)]
    said = [first, f"{chance:.6f}" if first else "", f"{one.none:.6f}", str(one.withheld).lower()]
    return [one.id, one.disease, *places, *said, *counts, ""]


def to_json(score: CaseScore, model: str) -> bytes:
    """The whole of it, with `model` as a person names it."""
    return whole(score, model)
