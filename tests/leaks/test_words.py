"""What the audit says, in both languages."""

import re
from itertools import chain
from pathlib import Path

import pytest

from avicena import leaks
from avicena.core.leak import LeakFinding, LeakReport
from avicena.core.leak_words import KINDS, MEASURES, SEVERITIES, searched, unsearched, viewed
from avicena.core.text import Text
from avicena.leaks import files
from avicena.leaks.words import PLAIN, PURE, TELLS, said
from tests.leaks.planted import PLANTS, audited, clean, copied

SAME = {"AUROC", "DICOM"}
"""Words that are the same in both languages."""

SENTENCES = [*chain.from_iterable(TELLS.values()), *PURE, *chain.from_iterable(PLAIN.values())]


def holes(sentence: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", sentence))


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda one: one.en[:40])
def test_every_sentence_has_two_languages_that_are_filled_with_the_same_words(sentence: Text) -> None:
    assert sentence.en != sentence.es
    assert holes(sentence.en) == holes(sentence.es)


def test_words_that_have_two_languages_are_said_each_in_its_own() -> None:
    found = said(Text("of {what}: {n}", "de {what}: {n}"), what=Text("rows", "filas"), n="3")
    assert found == Text("of rows: 3", "de filas: 3")


def test_every_kind_every_gravity_and_every_measure_has_two_languages() -> None:
    assert set(KINDS) == TELLS.keys() | PLAIN.keys()
    for name, text in {**KINDS, **MEASURES, **SEVERITIES}.items():
        assert text.en == name
        assert text.es != text.en or name in SAME


def test_whatever_a_view_looks_at_beside_a_column_is_said_in_both_languages() -> None:
    source = Path(leaks.__file__).with_name("views.py").read_text(encoding="utf-8")
    aspects = set(re.findall(r'f"\{name\}: ([a-z0-9 ]+)"', source))
    assert len(aspects) > 8
    for aspect in aspects:
        assert viewed("format", f"Alter: {aspect}").es not in (f"Alter: {aspect}", "Alter: ")
        assert viewed("format", f"Alter: {aspect}").es.startswith("Alter: ")
    ours = [("rim", one) for one in files.RIM]
    ours += [("order", "row order"), ("order", "position of the row: last digit"), ("source", "source")]
    ours += [("identifier", "identifier: its number"), ("missing", "number of blank cells")]
    facts = re.findall(r'(?:facts\[|\{|, )"([A-Za-z ]+)"(?:\] =|:)', Path(files.__file__).read_text(encoding="utf-8"))
    assert {"file size", "JPEG quantisation table", "colour mode"} <= set(facts)
    for kind, what in [*ours, *(("file", fact) for fact in facts)]:
        assert viewed(kind, what).en == what
        assert viewed(kind, what).es != what


def test_names_of_columns_and_words_of_the_data_are_not_translated() -> None:
    assert viewed("column", "source") == Text("source", "source")
    assert viewed("phrase", "note: “row order”") == Text("note: “row order”", "note: “row order”")
    assert viewed("pair", "age and sex") == Text("age and sex", "age y sex")
    assert viewed("no signal", "p = 0.34, beyond tumour").es == "p = 0.34, más allá de tumour"


def both(found: leaks.Audited) -> list[tuple[str, str]]:
    """All that a report of it says, in English and in Spanish."""
    report = LeakReport("r", "small", "sha256:d", found.looked, found.findings, found.skipped)
    texts = [*report.said_looked, *chain.from_iterable(report.said_skipped)]
    return [(one.en, one.es) for one in [*texts, *map(_whole, found.findings)]]


def _whole(one: LeakFinding) -> Text:
    return Text(f"{one.text.en} {one.advice.en}", f"{one.text.es} {one.advice.es}")


@pytest.mark.parametrize(
    "name", ["rows sorted by class", "the software in EXIF", "a day of the week", "labels drawn at random"]
)
def test_an_audit_says_nothing_in_english_alone(name: str) -> None:
    found = both(audited(PLANTS[name][1](0)))
    assert len(found) > 5
    assert [english for english, spanish in found if english == spanish] == []


def test_an_audit_of_copies_and_of_labels_of_one_class_says_nothing_in_english_alone() -> None:
    assert [one for one in both(audited(copied(), copies=True)) if one[0] == one[1]] == []
    few = clean(size=15)
    assert [one for one in both(audited(few)) if one[0] == one[1]] == []


def test_every_reason_not_to_look_that_the_audit_gives_has_two_languages() -> None:
    source = Path(leaks.__file__).with_name("audit.py").read_text(encoding="utf-8")
    given = re.findall(r'skipped\[f?"([^"]+)"\] = "([^"]+)"', source)
    assert len(given) >= 4
    for what, why in given:
        assert searched(what).es != what
        assert unsearched(why).es != why
