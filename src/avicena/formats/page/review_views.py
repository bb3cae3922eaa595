"""The charts of a technical review, in the reader's words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import stdev

from avicena.core.application import TreeStage
from avicena.core.model import Measure
from avicena.core.study import Study, Trial
from avicena.core.technical import FEWEST, Appraisal, TechnicalReview
from avicena.core.text import Language
from avicena.formats.page.charts import Cell, Forest, Heat, Mark, Point, Points, shaded
from avicena.formats.page.numbers import figure, whole
from avicena.formats.page.review_words import GROUPS, REVIEW_WORDS, WAYS, measure_words
from avicena.formats.page.views import Reader
from avicena.formats.page.words import words
from avicena.formats.phrases import spread, units

SETS = "coverage of sets"
SIZE = "size of sets"
UNBOUNDED = ("log loss", "loss beyond", "accuracy lost", "gain over", SIZE, "p of ", "Brier")
"""How the names of figures begin that are no shares."""

GRID = 12
"""Classes of which all confusions are drawn; of more, only the most frequent ones."""

PAIRS = 20
"""Confusions shown where there are too many classes for all."""


@dataclass(frozen=True)
class ReviewReader(Reader):
    """How the figures of a candidate are said in one language."""

    @property
    def words(self) -> dict[str, str]:
        """What the page says around its figures."""
        return _words(self.language)

    def key(self, stage: str) -> int:
        """A stage as an identifier may name it."""
        return [one.name for one in self.application.chain].index(stage)

    def measure(self, name: str) -> str:
        """A figure in words."""
        stages = {one.name for one in self.application.chain}
        return measure_words(name, lambda of: f"«{self.name(of)}»" if of in stages else of).say(self.language)

    def group(self, name: str) -> str:
        """A group, or several joined by "and", in words."""
        parts = [GROUPS[one].say(self.language) if one in GROUPS else self.name(one) for one in name.split(" and ")]
        return GROUPS["and"].say(self.language).join(parts)

    def place(self, group: str, level: str) -> str:
        """A level of a group, or of several joined by a comma, in words."""
        names, levels = group.split(" and "), level.split(", ")
        if group == "model family":
            return ", ".join(WAYS[one].say(self.language) if one in WAYS else one for one in levels)
        if len(names) != len(levels):
            return self.level(group, level)
        said = []
        for name, one in zip(names, levels, strict=True):
            bare = one.removeprefix("source ") if name == "source" else one
            if name == "fold":
                said.append(self.say("fold_n", n=bare))
            else:
                source = name == "source" and bare not in ("", "unknown") and len(names) > 1
                said.append(f"{self.words['source']} {bare}" if source else self.level(name, bare))
        return ", ".join(said)

    def interval(self, one: Measure) -> str:
        """The interval of a figure, the range of one over permutations, or a dash."""
        return spread(one).say(self.language)

    def units(self, one: Measure) -> str:
        """How many families stand behind a figure, or how many permutations."""
        return units(one).say(self.language) if one.permuted else whole(one.units)


def overall(reader: ReviewReader, stage: str, measures: Sequence[Measure]) -> Forest | None:
    """The figures of a stage that are shares."""
    found = [one for one in measures if not one.name.startswith(UNBOUNDED)]
    if not found:
        return None
    marks = tuple(_mark(reader, one, reader.measure(one.name)) for one in found)
    title, w = reader.say("figures_chart", stage=reader.title(stage)), reader.words
    return Forest(f"figures-{reader.key(stage)}", title, w["figures_summary"], _columns(reader, w["measure"]), marks)


def others(measures: Sequence[Measure]) -> list[Measure]:
    """The figures that are no shares."""
    return [one for one in measures if one.name.startswith(UNBOUNDED)]


def folds(reader: ReviewReader, found: Appraisal) -> Forest:
    """Accuracy by fold, held against that of all folds."""
    marks = tuple(_mark(reader, one, reader.place("fold", one.level)) for one in found.folds)
    values = [figure(one.value, reader.language) for one in sorted(found.folds, key=lambda one: one.value)]
    summary = reader.say("folds_summary", low=values[0], high=values[-1])
    title = reader.say("folds_chart", stage=reader.title(found.stage))
    right = 1 - found.wrong / found.rows
    return Forest(
        f"folds-{reader.key(found.stage)}", title, summary, _columns(reader, reader.words["fold"]), marks, right
    )


def trials(studies: Sequence[Study], stage: str) -> list[Trial]:
    """The trials of a stage, each seed and fraction once, the newest of it."""
    found = {(one.seed, one.fraction): one for study in studies if study.stage == stage for one in study.trials}
    return [found[key] for key in sorted(found)]


def seeds(reader: ReviewReader, found: TechnicalReview, stage: str) -> Forest | None:
    """Accuracy by seed, the candidate's own first; None where no other seed was tried."""
    told = [one for one in trials(found.studies, stage) if one.fraction == 1]
    tried = {str(one.seed): {m.name: m for m in one.measures} for one in told}
    mine = {m.name: m for m in found.evaluation.overall if m.stage == stage}
    own = reader.say("own_seed", seed=found.lineage.candidate.seed)
    others = {seed: held for seed, held in tried.items() if seed != str(found.lineage.candidate.seed)}
    if not others or "accuracy" not in mine:
        return None
    lines = {own: mine, **others}
    more = [name for name in ("balanced accuracy", "ECE", "log loss") if all(name in held for held in lines.values())]
    marks = []
    for seed, held in lines.items():
        cells = tuple(figure(held[name].value, reader.language) for name in more)
        marks.append(_mark(reader, held["accuracy"], seed, cells))
    values = [held["accuracy"].value for held in lines.values()]
    said = {"low": min(values), "high": max(values), "sd": stdev(values) if len(values) > 1 else 0.0}
    told_values = {name: figure(value, reader.language) for name, value in said.items()}
    summary = f"{reader.say('seeds_summary', n=len(others), **told_values)} {_again(reader, stage)}"
    columns = (*_columns(reader, reader.words["seed"]), *map(reader.measure, more))
    title = reader.say("seeds_chart", stage=reader.title(stage))
    return Forest(f"seeds-{reader.key(stage)}", title, summary, columns, tuple(marks), values[0])


def curve(reader: ReviewReader, found: TechnicalReview, stage: str) -> Points | None:
    """Accuracy by the number of families learnt from; None where no smaller part was tried."""
    told = [one for one in trials(found.studies, stage) if one.seed == found.lineage.candidate.seed]
    lines = {one.families: {m.name: m for m in one.measures}["accuracy"] for one in told}
    mine = [one for one in found.evaluation.overall if (one.stage, one.name) == (stage, "accuracy")]
    appraised = [one for one in found.appraisals if one.stage == stage]
    if not lines or not mine:
        return None
    if appraised and all(one.fraction < 1 for one in told):
        lines[_learnt(appraised[0])] = mine[0]
    points = tuple(
        Point(whole(round(n)), n, one.value, one.low, one.high, _cells(reader, one)) for n, one in sorted(lines.items())
    )
    first, last = points[0], points[-1]
    gain = figure(last.value - first.value, reader.language)
    change = reader.say("curve_summary", before=first.label, after=last.label, gain=f"+{gain}".replace("+-", "−"))
    summary = f"{change} {_again(reader, stage)}"
    title, w = reader.say("curve_chart", stage=reader.title(stage)), reader.words
    columns = (w["trained_on"], w["accuracy"], w["interval"], w["families"])
    return Points(f"curve-{reader.key(stage)}", title, summary, columns, points, w["trained_on"], w["accuracy"])


def _again(reader: ReviewReader, stage: str) -> str:
    """What was trained again, and what was not."""
    return reader.words["again_trees" if isinstance(reader.application.stage(stage), TreeStage) else "again_images"]


def other_code(found: TechnicalReview, stage: str) -> list[str]:
    """The programs that studied a stage, where they are not the one that made the candidate."""
    told = {one.code for one in found.studies if one.stage == stage}
    return sorted(told - {found.lineage.candidate.code})


def chosen_here(found: TechnicalReview, stage: str) -> bool:
    """Whether the way to learn of a stage was chosen from several, on the rows that its figures are of."""
    held = found.evaluation.by_group
    return len({one.level for one in held if (one.stage, one.group) == (stage, "model family")}) > 1


def _learnt(found: Appraisal) -> float:
    """How many families the models of the folds learnt from, on average."""
    return sum(found.families - one.units for one in found.folds) / len(found.folds)


def groups(reader: ReviewReader, stage: str, measures: Sequence[Measure]) -> Iterator[Forest]:
    """One forest for each figure and group; of what is measured twice, the last."""
    held: dict[tuple[str, str], dict[str, Measure]] = {}
    for one in measures:
        held.setdefault((one.name, one.group), {})[one.level] = one
    for number, ((name, group), levels) in enumerate(held.items()):
        marks = tuple(_mark(reader, one, reader.place(group, level), few=True) for level, one in levels.items())
        enough = [one for one in marks if not one.faint]
        w = reader.words
        summary = w["group_summary_few"]
        if enough:
            least = min(enough, key=lambda one: one.value)
            summary = reader.say("group_summary", level=least.label, value=figure(least.value, reader.language))
        by, said = reader.group(group), reader.measure(name)
        title = reader.say("group_chart", stage=reader.title(stage), measure=said, by=by)
        columns = _columns(reader, by)
        yield Forest(f"group-{reader.key(stage)}-{number}", title, summary, columns, marks)


def reliability(reader: ReviewReader, found: Appraisal) -> Points:
    """What is said against what is right."""
    lang, w = reader.language, reader.words
    points = tuple(
        Point(
            figure(one.said, lang),
            one.said,
            one.right,
            one.low,
            one.high,
            (figure(one.right, lang), f"{figure(one.low, lang)} – {figure(one.high, lang)}", whole(one.rows)),
        )
        for one in found.reliability
    )
    ece = found.ece
    said = {name: figure(value, lang) for name, value in (("ece", ece.value), ("low", ece.low), ("high", ece.high))}
    title = reader.say("calibration_chart", stage=reader.title(found.stage))
    columns = (w["confidence"], w["right"], w["interval"], w["rows"])
    summary = reader.say("calibration_summary", **said)
    return Points(
        f"calibration-{reader.key(found.stage)}",
        title,
        summary,
        columns,
        points,
        w["confidence"],
        w["right"],
        diagonal=True,
    )


def confusion(reader: ReviewReader, found: Appraisal) -> Heat:
    """Rows by true and said class; of many classes only the most frequent confusions."""
    names, w = [reader.name(one) for one in found.classes], reader.words
    summary = reader.say("confusion_summary", wrong=whole(found.wrong), n=whole(found.rows))
    if len(names) <= GRID:
        lines = [
            ((names[truth],), shaded(line, [whole(n) for n in line], sum(line)))
            for truth, line in enumerate(found.confusion)
        ]
        title = reader.say("confusion_chart", stage=reader.title(found.stage))
        return Heat(f"confusion-{reader.key(found.stage)}", title, summary, (w["true_class"], *names), tuple(lines))
    pairs = sorted(
        (-n, truth, said)
        for truth, line in enumerate(found.confusion)
        for said, n in enumerate(line)
        if truth != said and n
    )
    rows = [sum(line) for line in found.confusion]
    few = [
        ((names[truth], names[said]), (Cell(whole(-n), -n / rows[truth]), Cell(reader.share(-n, rows[truth]), None)))
        for n, truth, said in pairs[:PAIRS]
    ]
    title = reader.say("confused_pairs", stage=reader.title(found.stage))
    columns = (w["true_class"], w["said_class"], w["rows"], w["share"])
    return Heat(f"confusion-{reader.key(found.stage)}", title, summary, columns, tuple(few))


def sets(
    reader: ReviewReader, stage: str, alpha: float, measures: Sequence[Measure], sizes: Mapping[str, float]
) -> Iterator[Forest]:
    """How often the sets hold the truth, overall and by each group, held against what they promise."""
    share, size = figure(1 - alpha, reader.language), sizes.get(stage)
    said = figure(size, reader.language) if size is not None else "–"
    held: dict[str, list[Measure]] = {}
    for one in measures:
        held.setdefault(one.group, []).append(one)
    for number, (group, found) in enumerate(held.items()):
        labels = [reader.place(group, one.level) if group else reader.words["all"] for one in found]
        marks = tuple(_mark(reader, one, label, few=True) for one, label in zip(found, labels, strict=True))
        key = "sets_chart" if group else "sets_all"
        title = reader.say(key, stage=reader.title(stage), by=reader.group(group) if group else "")
        summary = reader.say("sets_summary", share=share, size=said)
        columns = _columns(reader, reader.group(group) if group else reader.words["rows"])
        yield Forest(f"sets-{reader.key(stage)}-{number}", title, summary, columns, marks, 1 - alpha)


@cache
def _words(language: Language) -> dict[str, str]:
    return {**words(language), **{name: text.say(language) for name, text in REVIEW_WORDS.items()}}


def _mark(reader: ReviewReader, one: Measure, label: str, more: tuple[str, ...] = (), few: bool = False) -> Mark:
    faint = few and one.units < FEWEST
    cells = _cells(reader, one)
    if faint:
        cells = (*cells[:-1], f"{cells[-1]} ({reader.words['INSUFFICIENT']})")
    return Mark(label, one.value, one.low, one.high, (*cells, *more), faint)


def _cells(reader: ReviewReader, one: Measure) -> tuple[str, str, str]:
    return figure(one.value, reader.language), reader.interval(one), reader.units(one)


def _columns(reader: ReviewReader, first: str) -> tuple[str, ...]:
    w = reader.words
    return first, w["figure"], w["interval"], w["families"]
