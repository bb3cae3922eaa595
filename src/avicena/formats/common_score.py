"""Figures of common diseases on the wire: one line per row for a spreadsheet, or all of it as JSON."""

from dataclasses import asdict
from typing import Any

import orjson

from avicena.core.common_score import CommonScore, ScoredRow
from avicena.core.score import enough
from avicena.formats.sheet import write_sheet

FORMAT = 1
"""The format of the JSON that this release writes."""

HEADER = ["row", "disease", "most probable", "probability", "probability of the disease", "plausible", "not scored"]


def to_csv(score: CommonScore) -> bytes:
    """One line per row, and one for each row that was not scored, with the reason's code."""
    lines = [_line(one) for one in score.rows]
    lines += [[one.where, *[""] * (len(HEADER) - 2), one.reason] for one in score.refused]
    return write_sheet(HEADER, lines, separator=",")


def _line(one: ScoredRow) -> list[str]:
    chances = [f"{one.probabilities[label]:.6f}" for label in (one.best, one.label)]
    return [one.id, one.label, one.best, *chances, "; ".join(one.plausible), ""]


def to_json(score: CommonScore, model: str) -> bytes:
    """The whole of it, with `model` as a person names it."""
    said: dict[str, Any] = {"format": FORMAT, "model": model, **asdict(score)}
    said["measures"] = [
        {**asdict(one), "verdict": "measured" if enough(one) else "INSUFFICIENT"} for one in score.measures
    ]
    return orjson.dumps(said, option=orjson.OPT_INDENT_2)
