"""The audit finds what is planted, and is silent where nothing was."""

from dataclasses import replace

import numpy as np
import pytest

from avicena import leaks
from avicena.core.application import Application
from avicena.core.errors import ContractViolation
from avicena.core.leak import LeakFinding, LeakReport, Override
from avicena.core.model import DatasetVersion, Row
from avicena.core.text import Text
from avicena.formats.table import read_table
from avicena.leaks.views import phrases, views
from tests.leaks.planted import PLANTS, audited, clean, copied, named
from tests.small import PERSON, application


def serious(kind: str, label: str, what: str, effect: float = 0.97) -> LeakFinding:
    said = Text(f"{what} tells", f"{what} revela")
    return LeakFinding(kind, label, what, "AUROC", effect, 0.95, 1.0, 60, "serious", said, said)


def overriding(report: LeakReport, kind: str) -> Override:
    day = "2026-01-01T00:00:00Z"
    return Override("small", report.dataset, kind, PERSON, "known", day, report.id, report.names(kind))


def version(name: str, *parents: str) -> DatasetVersion:
    return DatasetVersion(f"sha256:{name}", "small", "", "", "", {}, {}, 5, parents)


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_leak_is_found(name: str) -> None:
    kind, plant = PLANTS[name]
    found = audited(plant(1)).findings
    assert kind in {one.kind for one in found if one.severity == "serious"}, [(one.kind, one.what) for one in found]


@pytest.mark.parametrize("seed", range(10))
def test_an_honest_table_gives_no_alarm(seed: int) -> None:
    assert [(one.kind, one.what) for one in audited(clean(seed)).findings] == []


def test_a_turned_mirrored_and_stretched_copy_on_the_other_side_of_the_split_is_found() -> None:
    found = audited(copied(), copies=True)
    finding = next(one for one in found.findings if one.kind == "copies across split")
    assert finding.severity == "serious"
    assert finding.effect == pytest.approx(0.5)  # ten of forty rows, and the ten they were made from
    assert len(set(found.groups)) == 30


def test_a_finding_says_in_both_languages_what_tells_what_and_what_to_do() -> None:
    finding = next(one for one in audited(PLANTS["JPEG quality"][1](1)).findings if one.kind == "file")
    assert "JPEG quantisation table" in finding.text.en
    assert "tabla de cuantización JPEG" in finding.text.es
    assert finding.advice.en != finding.advice.es
    assert finding.low <= finding.effect <= finding.high
    assert finding.low > 0.95


def test_a_table_without_the_column_named_is_refused() -> None:
    with pytest.raises(ContractViolation, match="label"):
        leaks.sheet_of_table(read_table(b"a,b\n1,2\n"), "c")


def test_rows_of_a_dataset_become_a_sheet_with_the_earlier_label_as_given() -> None:
    rows = [
        Row(
            str(i),
            {"mri": None, "age": 50.0, "sex": "female", "note": "x"},
            {"tumour": "glioma"},
            str(i),
            True,
            "a",
            i % 2,
        )
        for i in range(4)
    ]
    sheet = leaks.sheet_of(application, rows)
    assert isinstance(application, Application)
    assert set(sheet.columns) == {"age", "sex", "note"}
    assert sheet.labels == {"tumour": ("glioma",) * 4}
    assert sheet.folds == (0, 1, 0, 1)
    assert sheet.given == {}


def test_only_a_serious_finding_that_nobody_overrode_blocks_and_only_its_label() -> None:
    found = audited(PLANTS["rows sorted by class"][1](0)).findings
    report = LeakReport("r", "small", "sha256:d", (), found)
    assert {one.kind for one in leaks.blocking(report, [], "ill")} == {"order"}
    assert leaks.blocking(report, [], "another") == ()
    taken = overriding(report, "order")
    assert leaks.blocking(report, [taken], "ill") == ()
    assert leaks.blocking(report, [replace(taken, dataset="sha256:e")], "ill") == report.serious
    assert "--override" in leaks.refusal("small", report, report.serious)


def test_an_override_covers_what_it_was_made_on_and_not_a_later_finding_of_the_same_kind() -> None:
    first = LeakReport("r", "small", "sha256:d", (), (serious("column", "ill", "hospital"),))
    taken = overriding(first, "column")
    assert (taken.report, taken.findings) == ("r", (first.findings[0].name,))
    reworded = replace(first.findings[0], text=Text("other words", "otras palabras"))
    later = (
        reworded,
        serious("column", "ill", "ward"),
        serious("column", "other", "hospital"),
        serious("column", "ill", "hospital", 0.99),
    )
    standing = leaks.blocking(LeakReport("s", "small", "sha256:d", (), later), [taken])
    assert standing == later[1:]
    assert [taken.covers(one) for one in later] == [True, False, False, False]


def test_a_version_never_audited_answers_for_the_nearest_audited_one_that_it_was_made_from() -> None:
    first, second, third = version("a"), version("b", "sha256:a"), version("c", "sha256:b", "sha256:gone")
    kept = (first, second, third)
    bad = LeakReport("r", "small", "sha256:a", (), (serious("phrase", "ill", "note: “garcia”"),))
    why = leaks.forbidden(third, kept, [bad], [], "ill")
    assert why is not None
    assert "avicena check small c" in why
    assert "garcia" not in why
    assert leaks.forbidden(third, kept, [bad], [], "another") is None
    assert leaks.forbidden(third, kept, [bad], [overriding(bad, "phrase")], "ill") is None
    clean_parent = LeakReport("s", "small", "sha256:b", (), ())
    assert leaks.forbidden(third, kept, [bad, clean_parent], [], "ill") is None
    its_own = LeakReport("t", "small", "sha256:c", (), ())
    assert leaks.forbidden(third, kept, [bad, its_own], [], "ill") is None
    assert leaks.forbidden(third, kept, [], [], "ill") is None


@pytest.mark.parametrize("one_family", [True, False])
def test_a_name_in_every_slice_of_one_family_is_said_nowhere(one_family: bool) -> None:
    found = audited(named(one_family=one_family)).findings
    said = repr(found).casefold()
    assert any(one.kind == "note" and "“" in one.what for one in found)
    assert ("zebulon" in said) is not one_family  # sixty patients of one name are no one's secret
    assert ("quartermain" in said) is not one_family
    assert "1957" not in said


def test_a_refusal_names_kinds_and_no_words_of_the_data() -> None:
    found = audited(PLANTS["a phrase of the note"][1](0)).findings
    report = LeakReport("r", "small", "sha256:d", (), found)
    said = leaks.refusal("small", report, report.serious)
    assert "phrase" in said
    assert not any(one.what in said or one.text.en in said for one in found)


def test_a_phrase_counts_by_families_and_a_word_with_a_digit_is_never_shown() -> None:
    texts = [f"seen on ward{i % 2} today, {'Zebulon' if i < 30 else 'nobody'} was in" for i in range(90)]
    units = np.array([0] * 30 + list(range(1, 61)))
    assert not any("zebulon" in one for one in phrases(texts, units))
    assert any("zebulon" in one for one in phrases(texts, np.arange(90)))
    few = np.array([i % 4 if i < 30 else i for i in range(90)])  # thirty rows of four families
    assert not any("zebulon" in one for one in phrases(texts, few))
    five = np.array([i % 5 if i < 30 else i for i in range(90)])
    assert any("zebulon" in one for one in phrases(texts, five))
    columns = {"note": tuple(f"{text} {i}" for i, text in enumerate(texts))}
    sheet = leaks.Sheet(tuple(map(str, range(90))), columns, {}, tuple(map(str, units)), (True,) * 90)
    shown = [view.what for view in views(sheet, units) if view.kind == "phrase"]
    assert any("on …" in one for one in shown)
    assert not any("ward" in one for one in shown)


def test_an_audit_of_the_same_table_gives_the_same_findings() -> None:
    made = PLANTS["an identifier's parity"][1](3)
    assert audited(made) == audited(made)
    assert np.isfinite([one.effect for one in audited(made).findings]).all()
