"""Figures of common diseases on the wire: one line per row for a spreadsheet, or all of it as JSON."""

from avicena.core.common_score import CommonScore, ScoredRow
from avicena.formats.score import sheet, whole

HEADER = ["row", "disease", "most probable", "probability", "probability of the disease", "plausible", "not scored"]


def to_csv(score: CommonScore) -> bytes:
    """One line per row, and one for each row that was not scored, with the reason's code."""
    return sheet(HEADER, [_line(one) for one in score.rows], score.refused)


def _line(one: ScoredRow) -> list[str]:
    chances = [f"{one.probabilities[label]:.6f}" for label in (one.best, one.label)]
    return [one.id, one.label, one.best, *chances, "; ".join(one.plausible), ""]


def to_json(score: CommonScore, model: str) -> bytes:
    """The whole of it, with `model` as a person names it."""
    return whole(score, model)
