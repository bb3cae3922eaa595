"""Figures of a score on the wire: one line per picture for a spreadsheet, or all of it as JSON."""

from dataclasses import asdict
from typing import Any

import orjson

from avicena.core.score import Score, ScoredImage, enough
from avicena.formats.sheet import write_sheet

FORMAT = 1
"""The format of the JSON that this release writes."""


def to_csv(score: Score) -> bytes:
    """One line per picture, and one for each row or file that was not scored, with the reason's code."""
    header = [
        "id",
        "label",
        *(f"p {label}" for label in score.classes),
        "best",
        "outlier score",
        "refused",
        "not scored",
    ]
    lines = [_line(score, one) for one in score.images]
    blank = [""] * (len(header) - 2)
    lines += [[one.where, *blank, one.reason] for one in score.refused]
    return write_sheet(header, lines, separator=",")


def _line(score: Score, one: ScoredImage) -> list[str]:
    chances = [f"{one.probabilities[label]:.6f}" for label in score.classes]
    outlier = "" if one.outlier is None else f"{one.outlier:.6f}"
    return [one.id, one.label, *chances, one.best, outlier, str(one.refused).lower(), ""]


def to_json(score: Score, model: str) -> bytes:
    """The whole of it, with `model` as a person names it; a figure that is not defined is null."""
    said: dict[str, Any] = {"format": FORMAT, "model": model, **asdict(score), "honest": score.honest}
    said["measures"] = [
        {**asdict(one), "verdict": "measured" if enough(one) else "INSUFFICIENT"} for one in score.measures
    ]
    return orjson.dumps(said, option=orjson.OPT_INDENT_2)
