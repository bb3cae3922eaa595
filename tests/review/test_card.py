"""What the model card promises of its figures."""

from dataclasses import replace

from avicena.review import card
from tests.formats.page.datasets import VERSION
from tests.formats.page.reviews import CANDIDATE, gated, reviewed

CHOSEN = "The way to learn treatment was chosen on these same rows"


def made(ways: bool = True) -> str:
    found = reviewed().evaluation
    kept = tuple(one for one in found.by_group if ways or one.group != "model family")
    return card(gated(), CANDIDATE, replace(found, by_group=kept), {"tumour": VERSION}, "2026-01-02")


def test_what_has_no_interval_shows_a_dash_and_permutations_a_range() -> None:
    told = made()
    assert "| tumour | accuracy |  | 0.810 | 0.750 – 0.860 | 60 |" in told
    assert "| tumour | size of sets |  | 1.300 | – | 60 |" in told
    assert "| log loss by class on permuted labels |  | 1.200 | 1.100 – 1.300 (range) | 99 permutations |" in told
    assert "| p of signal beyond tumour |  | 0.460 | – | 99 permutations |" in told
    assert "the least and the greatest over permutations of the labels, no interval" in told


def test_a_way_that_was_chosen_on_these_rows_is_said_to_be_where_there_were_several() -> None:
    assert CHOSEN in made()
    assert "was chosen on these same rows" not in made(ways=False)
