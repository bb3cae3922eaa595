"""Figures of a ranking on the wire: one line per case for a spreadsheet, or all of it as JSON."""

from dataclasses import asdict
from typing import Any

import orjson

from avicena.core.case_score import CaseScore, ScoredCase
from avicena.core.score import enough
from avicena.formats.sheet import write_sheet

FORMAT = 1
"""The format of the JSON that this release writes."""

HEADER = [
    "id", "disease", "rank", "rank of the same or broader", "first", "probability of the first", "none of these",
    "referred", "observed", "excluded", "not scored",
]  # fmt: skip


def to_csv(score: CaseScore) -> bytes:
    """One line per case, and one for each line that was not scored, with the reason's code."""
    lines = [_line(one) for one in score.cases]
    lines += [[one.where, *[""] * (len(HEADER) - 2), one.reason] for one in score.refused]
    return write_sheet(HEADER, lines, separator=",")


def _line(one: ScoredCase) -> list[str]:
    first, chance = one.first[0] if one.first else ("", 0.0)
    places = ["" if place is None else str(place) for place in (one.rank, one.lenient)]
    counts = [str(one.observed), str(one.excluded)]
    said = [first, f"{chance:.6f}" if first else "", f"{one.none:.6f}", str(one.withheld).lower()]
    return [one.id, one.disease, *places, *said, *counts, ""]


def to_json(score: CaseScore, model: str) -> bytes:
    """The whole of it, with `model` as a person names it."""
    said: dict[str, Any] = {"format": FORMAT, "model": model, **asdict(score)}
    said["measures"] = [
        {**asdict(one), "verdict": "measured" if enough(one) else "INSUFFICIENT"} for one in score.measures
    ]
    return orjson.dumps(said, option=orjson.OPT_INDENT_2)
