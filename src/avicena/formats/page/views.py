"""The charts of a profile, in the reader's words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from avicena.core.application import Application
from avicena.core.profile import OTHERS, Count, Crosstab, InputProfile, Profile, Split, Vocabulary
from avicena.core.text import Language, Text
from avicena.formats.page.charts import SERIES, Bar, Bars, Cell, Chart, Heat, Histogram, Stack, Stacked, shaded
from avicena.formats.page.numbers import decimal, share, whole
from avicena.formats.page.words import words

UNITS = {
    "a": Text("years", "años"),
    "mo": Text("months", "meses"),
    "wk": Text("weeks", "semanas"),
    "d": Text("days", "días"),
    "h": Text("hours", "horas"),
    "min": Text("minutes", "minutos"),
    "Cel": Text("°C", "°C"),
    "mm[Hg]": Text("mmHg", "mmHg"),
    "/min": Text("per minute", "por minuto"),
    "{score}": Text("points", "puntos"),
    "1": Text("no unit", "sin unidad"),
}
"""UCUM units whose code is not how a person writes them."""

_LENGTH = " (length)"
"""What a column of lengths is called after its note (ingest.diff)."""


@dataclass(frozen=True)
class Reader:
    """How one application's figures are said in one language."""

    application: Application
    language: Language

    @property
    def words(self) -> dict[str, str]:
        """What the page says around its figures."""
        return words(self.language)

    def name(self, of: str) -> str:
        """A label, input, stage or group in words; a level that the data do not name, or the rest of them."""
        known = {"": "unsaid", OTHERS: "others", "source": "source", "fold": "fold", "unknown": "unsaid"}
        if of in known and of not in self.application.words:
            return self.words[known[of]]
        if of not in self.application.words and of.endswith(_LENGTH):
            return self.say("length_of", name=self.name(of.removesuffix(_LENGTH)))
        return self.application.word(of).say(self.language)

    def level(self, of: str, level: str) -> str:
        """A level of an input or group in words."""
        known = self.application.words.get(f"{of}={level}")
        return self.name(level) if known is None else known.say(self.language)

    def unit(self, code: str) -> str:
        """A UCUM unit as it is read."""
        return UNITS[code].say(self.language) if code in UNITS else code

    def title(self, of: str) -> str:
        """The same with a capital first letter."""
        said = self.name(of)
        return said[:1].upper() + said[1:]

    def share(self, part: float, all_: float) -> str:
        """A part as a percentage."""
        return share(part, all_, self.language)

    def say(self, sentence: str, **given: object) -> str:
        """A sentence of the page with what is given put in."""
        return self.words[sentence].format(**given)


def inputs(reader: Reader, profile: Profile) -> Iterator[Chart]:
    """One chart for each input that is known in some row and can be drawn."""
    for number, one in enumerate(profile.inputs):
        if one.known and one.bins:
            yield _spread(reader, one, f"input-{number}")
        if one.known and one.levels:
            yield _levels(reader, one, f"input-{number}-levels" if one.bins else f"input-{number}")


def spread(reader: Reader, one: InputProfile) -> str:
    """How an input is spread, as one sentence."""
    said = []
    if one.quantiles:
        low, q1, mid, q3, high = (decimal(value, reader.language) for value in one.quantiles)
        sentence = reader.say("quantiles", low=low, q1=q1, mid=mid, q3=q3, high=high)
        length = {"note": "length", "codes": "length_codes"}.get(one.kind)
        said.append((reader.words[length] if length else "") + sentence)
    if one.levels:
        said += [
            f"{reader.level(one.name, level.name)} {reader.share(level.rows, one.known)}"
            for level in one.levels
            if level.rows
        ]
    if one.different is not None and one.known:
        said.append(reader.say("different", n=whole(one.different)))
    if one.implausible:
        said.append(reader.say("implausible", n=whole(one.implausible)))
    if one.meaning is not None and one.missing:
        said.append(reader.say("blank_means", said=one.meaning.say(reader.language)))
    return "; ".join(said)


def _spread(reader: Reader, one: InputProfile, id: str) -> Histogram:
    edges = [decimal(low, reader.language) for low in [*(bin.low for bin in one.bins), one.bins[-1].high]]
    bars = tuple(
        Bar(reader.say("from_to", low=low, high=high), bin.rows, (whole(bin.rows), reader.share(bin.rows, one.known)))
        for bin, low, high in zip(one.bins, edges, edges[1:], strict=False)
    )
    sentence = {"note": "chart_length", "codes": "chart_codes"}.get(one.kind, "chart_number")
    title = reader.say(sentence, name=reader.title(one.name), unit=reader.unit(one.unit))
    w = reader.words
    return Histogram(id, title, spread(reader, one), (w["value"], w["rows"], w["share"]), tuple(edges), bars)


def _levels(reader: Reader, one: InputProfile, id: str) -> Bars:
    sentence = "chart_commonest" if one.kind == "codes" else "chart_choice"
    title, w = reader.say(sentence, name=reader.title(one.name)), reader.words
    return Bars(
        id,
        title,
        spread(reader, one),
        (w["value"], w["rows"], w["share"], w["families"]),
        _bars(reader, one.name, one.levels, one.known if one.kind == "codes" else None),
    )


def _bars(reader: Reader, of: str, counts: Sequence[Count], all_: int | None = None) -> tuple[Bar, ...]:
    rows = sum(one.rows for one in counts) if all_ is None else all_
    return tuple(
        Bar(reader.level(of, one.name), one.rows, (whole(one.rows), reader.share(one.rows, rows), whole(one.families)))
        for one in counts
    )


def gaps(reader: Reader, profile: Profile) -> Heat | None:
    """The share of rows without each input, by class and source; None where nothing is missing in part."""
    fields = list(dict.fromkeys(one.field for one in profile.gaps))
    if not fields:
        return None
    held = {(one.by, one.level, one.field): one for one in profile.gaps}
    lines = []
    for by, level in dict.fromkeys((one.by, one.level) for one in profile.gaps):
        shares = [held[by, level, name].share for name in fields]
        cells = shaded([*shares], [reader.share(value, 1) for value in shares], 1)
        count = Cell(whole(held[by, level, fields[0]].rows), None)
        lines.append(((reader.title(by), reader.name(level)), (count, *cells)))
    w = reader.words
    columns = (f"{w['stage']} / {w['source']}", w["value"], w["rows"], *(reader.name(name) for name in fields))
    return Heat("gaps-grid", w["gap_grid"], w["gap_summary"], columns, tuple(lines))


def classes(reader: Reader, profile: Profile) -> Iterator[Bars]:
    """The rows of each class, one chart a stage."""
    w = reader.words
    for number, (stage, counts) in enumerate(profile.classes.items()):
        rows, most = sum(one.rows for one in counts), max(counts, key=lambda one: one.rows)
        summary = reader.say(
            "class_summary", most=reader.name(most.name), share=reader.share(most.rows, rows), n=whole(rows)
        )
        title = reader.say("class_chart", stage=reader.title(stage))
        columns = (w["class"], w["rows"], w["share"], w["families"])
        yield Bars(f"class-{number}", title, summary, columns, _bars(reader, stage, counts))


def crosstabs(reader: Reader, profile: Profile) -> Iterator[Chart | str]:
    """The classes over sources and groups; a sentence where there is only one level."""
    for number, tab in enumerate(profile.crosstabs):
        if tab.by != "fold":
            if len(tab.levels) < 2:
                level = reader.level(tab.by, tab.levels[0]) if tab.levels else "–"
                sentence = reader.say("one_level", by=reader.title(tab.by), level=level)
                if tab.stage == next(iter(profile.classes)):
                    yield sentence
            else:
                yield crossed(reader, tab, f"by-{number}")


def crossed(reader: Reader, tab: Crosstab, id: str) -> Chart:
    """The families of each level, parted by class: stacked bars, or a grid where there are too many classes."""
    w = reader.words
    title = reader.say("by_chart", stage=reader.title(tab.stage), by=reader.name(tab.by))
    levels = [reader.level(tab.by, level) for level in tab.levels]
    summary = reader.say("by_summary", levels=", ".join(levels))
    series = tuple(map(reader.name, tab.classes))
    columns = (reader.name(tab.by), *series, w["families"], w["rows"])
    sums = [sum(line) for line in tab.families]
    texts = [
        [f"{whole(n)} ({reader.share(n, total)})" for n in line] + [whole(total), whole(sum(rows))]
        for line, total, rows in zip(tab.families, sums, tab.rows, strict=True)
    ]
    if len(series) <= SERIES:
        held = zip(levels, tab.families, texts, strict=True)
        return Stacked(id, title, summary, columns, series, tuple(Stack(a, b, tuple(c)) for a, b, c in held))
    lines = []
    for level, line, total, said in zip(levels, tab.families, sums, texts, strict=True):
        cells = shaded(line, said[: len(line)], total)
        lines.append(((level,), (*cells, *(Cell(text, None) for text in said[len(line) :]))))
    return Heat(id, title, summary, columns, tuple(lines))


def families(reader: Reader, profile: Profile) -> Histogram:
    """The families by their number of rows."""
    held, w = profile.families, reader.words
    mean = decimal(profile.rows / max(held.number, 1), reader.language)
    summary = reader.say("family_summary", n=whole(held.number), rows=whole(profile.rows), mean=mean)
    bars = tuple(Bar(name, n, (whole(n), reader.share(n, held.number))) for name, n in held.sizes)
    columns = (w["rows_per_family"], w["families"], w["share_families"])
    return Histogram("family-sizes", w["family_chart"], summary, columns, tuple(one.label for one in bars), bars)


def vocabulary(reader: Reader, one: Vocabulary, id: str) -> Heat:
    """The share of each class's families that use a word."""
    title = reader.say("words_chart", input=reader.title(one.input), stage=reader.name(one.stage))
    summary = reader.say("words_summary", n=whole(one.different), k=one.fewest, rare=whole(one.rare))
    lines = []
    for word in one.words:
        cells = [
            Cell(f"< {one.fewest}", None) if n is None else Cell(reader.share(n, of), n / of if of else None)
            for n, of in zip(word.families, one.families, strict=True)
        ]
        lines.append(((word.word,), tuple(cells)))
    sizes = zip(one.classes, one.families, strict=True)
    columns = (reader.words["word"], *(f"{reader.name(name)} (n = {whole(n)})" for name, n in sizes))
    return Heat(id, title, summary, columns, tuple(lines))


def splits(reader: Reader, profile: Profile) -> Iterator[Heat]:
    """Folds × class × source, one grid a stage, each line shaded by its own greatest fold."""
    for number, stage in enumerate(profile.classes):
        held = [one for one in profile.splits if one.stage == stage]
        title = reader.say("splits_chart", stage=reader.title(stage))
        folds = [reader.say("fold_n", n=one.name) for one in profile.folds]
        columns = (reader.words["class"], reader.words["source"], *folds)
        lines = tuple(((reader.name(one.label), reader.name(one.source)), _folds(one)) for one in held)
        yield Heat(f"split-{number}", title, reader.words["splits_summary"], columns, lines)


def _folds(one: Split) -> tuple[Cell, ...]:
    texts = [f"{whole(rows)} ({whole(families)})" for rows, families in zip(one.rows, one.families, strict=True)]
    return shaded(one.rows, texts, 2 * max(one.rows))
