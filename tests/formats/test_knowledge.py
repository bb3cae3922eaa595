"""Knowledge as bytes, and the files that it is made of."""

import os
import subprocess
import sys

import numpy as np
import pytest

from avicena.core.errors import ContractViolation, Untrusted
from avicena.formats.arrays import write_arrays
from avicena.formats.hpoa import read_hpoa
from avicena.formats.knowledge import digest_of, from_bytes, to_arrays, to_bytes
from avicena.formats.mondo import mondo, read_edges, read_matches
from avicena.formats.obo import read_obo
from tests.ingest.test_knowledge import both
from tests.knowledge_files import EDGES, HEAD, HPOA, MATCHES, OBO, ROWS


def test_knowledge_comes_back_as_it_was_written() -> None:
    known = both()
    again = from_bytes(to_bytes(known), digest_of(known))
    assert digest_of(again) == digest_of(known)
    assert (again.diseases, again.names, again.date) == (known.diseases, known.names, known.date)
    assert again.ontology.number == known.ontology.number
    assert again.ontology.synonyms == known.ontology.synonyms
    assert again.codes(1) == known.codes(1)
    assert again.wide is not None
    assert known.wide is not None
    assert np.array_equal(again.wide.full_f, known.wide.full_f)
    assert [again.rows.term[row] for row in again.rows_of(1)] == ["HP:0000252", "HP:0001250", "HP:0000007"]


def test_the_digest_names_what_it_says_on_every_machine() -> None:
    words = (
        "from avicena.formats.knowledge import digest_of; from tests.ingest.test_knowledge import both; "
        "print(digest_of(both()))"
    )
    seeds = [
        subprocess.run(
            [sys.executable, "-c", words], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True
        ).stdout.strip()
        for seed in ("1", "2")
    ]
    assert seeds == [digest_of(both())] * 2


def test_altered_knowledge_is_not_believed() -> None:
    known = both()
    arrays = to_arrays(known)
    arrays["full_f"] = arrays["full_f"] * 2
    with pytest.raises(Untrusted, match="altered"):
        from_bytes(write_arrays(arrays), digest_of(known))


def test_other_arrays_are_no_knowledge() -> None:
    with pytest.raises(Untrusted, match="no knowledge"):
        from_bytes(write_arrays({"x": np.zeros(3)}))
    with pytest.raises(Untrusted):
        from_bytes(to_bytes(both())[:-100])


@pytest.mark.parametrize("text", [HPOA, MATCHES, "", "hello\nworld\n", "{}"])
def test_what_is_no_ontology_is_refused(text: str) -> None:
    with pytest.raises(ContractViolation) as error:
        read_obo(text.splitlines())
    assert "hp.obo is wanted" in error.value.problems["obo"]


@pytest.mark.parametrize("text", [OBO, MATCHES, "", HEAD, "hello\nworld\n"])
def test_what_is_no_annotation_file_is_refused(text: str) -> None:
    with pytest.raises(ContractViolation, match=r"phenotype\.hpoa is wanted"):
        read_hpoa(text.splitlines())


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (ROWS[0][:30], "line 12 has"),
        (ROWS[0].replace("9/10", "often"), '"often" is no frequency'),
        (ROWS[0].replace("First\t\t", "First\tMAYBE\t"), "line 12 has a qualifier"),
        (ROWS[1].replace("MALE", "BOTH"), "line 12 has a sex"),
        (ROWS[0].replace("OMIM:1", ""), "line 12 has no disease"),
        (ROWS[0].replace("HP:0002197", ""), "line 12 has no disease, .* or no term"),
    ],
)
def test_a_row_that_is_not_as_the_format_says_is_named(row: str, problem: str) -> None:
    with pytest.raises(ContractViolation, match=problem):
        read_hpoa((HPOA + row).splitlines())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (HPOA.partition("biocuration\n")[2], "no header line"),
        (HPOA.replace("#version", "#made"), "does not say its date"),
        (HPOA + "\n".join(ROWS[:3]) + "\n", "are copies of others"),
        (HPOA.replace("#description: toy", '#description: "toy [3: OMIM; 1: DECIPHER; 0 ORPHANET]"'), "cut short"),
    ],
)
def test_annotations_that_lost_a_part_or_came_twice_are_refused(text: str, problem: str) -> None:
    with pytest.raises(ContractViolation, match=problem):
        read_hpoa(text.splitlines())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (OBO.replace("id: HP:0001250\n", "", 1), "have no id"),
        (OBO.replace("id: HP:0000252\n", "id: HP:0001250\n", 1), r"more than once \(HP:0001250\)"),
        (OBO.replace("data-version: hp/releases/2024-01-01\n", ""), "does not say its version"),
    ],
)
def test_an_ontology_that_is_damaged_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ContractViolation, match=problem):
        read_obo(text.splitlines())


def test_the_old_header_and_line_ends_of_windows_are_read() -> None:
    old = "#date: 2021-10-10\r\n#DatabaseID\tDiseaseName\r\n" + "\r\n".join(ROWS) + "\r\n"
    date, rows = read_hpoa(old.splitlines(keepends=True))
    assert (date, len(rows)) == ("2021-10-10", len(ROWS))


def test_matches_are_read_without_close_ones_and_in_any_order() -> None:
    pairs, edges = read_matches(MATCHES.splitlines()), read_edges(EDGES.splitlines())
    assert pairs == [("MONDO:1", "OMIM:2"), ("MONDO:1", "ORPHA:3"), ("MONDO:1", "ICD10CM:Q02")]
    one, other = mondo(pairs, edges), mondo([*reversed(pairs), pairs[0]], edges * 2)
    assert one.matches == other.matches
    assert one.above == (("MONDO:1", "MONDO:9"),)
    with pytest.raises(ContractViolation, match="no exact match"):
        read_matches(EDGES.splitlines())
    with pytest.raises(ContractViolation, match="no is-a edge"):
        read_edges(MATCHES.splitlines())
