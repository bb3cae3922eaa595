"""Figures of a score on the wire: one line per picture for a spreadsheet, or all of it as JSON."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import orjson

from avicena.core.case_score import CaseScore
from avicena.core.common_score import CommonScore
from avicena.core.model import Refused
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
    return sheet(header, [_line(score, one) for one in score.images], score.refused)


def _line(score: Score, one: ScoredImage) -> list[str]:
    chances = [f"{one.probabilities[label]:.6f}" for label in score.classes]
    outlier = "" if one.outlier is None else f"{one.outlier:.6f}"
    return [one.id, one.label, *chances, one.best, outlier, str(one.refused).lower(), ""]


def to_json(score: Score, model: str) -> bytes:
    """The whole of it, with `model` as a person names it; a figure that is not defined is null."""
    return whole(score, model, honest=score.honest)


def sheet(header: Sequence[str], lines: Sequence[Sequence[str]], refused: Iterable[Refused]) -> bytes:
    """The lines of what was scored, and one for each place that was not: where it stands first, its reason last."""
    blank = [""] * (len(header) - 2)
    return write_sheet(header, [*lines, *([one.where, *blank, one.reason] for one in refused)], separator=",")


def whole(score: Score | CaseScore | CommonScore, model: str, **more: Any) -> bytes:
    """All of a score of any kind, and what else is said of it, as JSON; each figure with whether it says anything."""
    said: dict[str, Any] = {"format": FORMAT, "model": model, **asdict(score), **more}
    said["measures"] = [
        {**asdict(one), "verdict": "measured" if enough(one) else "INSUFFICIENT"} for one in score.measures
    ]
    return orjson.dumps(said, option=orjson.OPT_INDENT_2)
