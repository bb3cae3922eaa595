"""Which entries of Orphanet are diseases of their own."""

import numpy as np

from avicena.core.knowledge import Mondo
from avicena.formats.mondo import mondo
from avicena.measure.rank_kin import kin
from tests import orphans, toy
from tests.orphans import ABOVE, MATCHES


def only(same: Mondo | None) -> set[str]:
    """What only Orphanet names."""
    known = orphans.world(same)
    return {known.diseases[known.owner[profile]] for profile in np.flatnonzero(kin(known).orphanet).tolist()}


def test_only_orphanet_names_what_is_neither_a_disease_of_omim_nor_stands_above_one() -> None:
    assert only(orphans.same()) == {"ORPHA:9"}


def test_a_group_of_diseases_that_only_orphanet_names_is_listed_beside_them() -> None:
    """Turner syndrome or botulism is what a clinician names, whatever kinds of it Orphanet has."""
    grouped = mondo((*MATCHES, ("MONDO:8", "ORPHA:4")), (*ABOVE, ("MONDO:9", "MONDO:8")))
    assert only(grouped) == {"ORPHA:9", "ORPHA:4"}


def test_without_mondo_nobody_knows_what_only_orphanet_names() -> None:
    assert only(None) == set()


def test_a_disease_of_omim_is_listed_whatever_mondo_says() -> None:
    for same in (None, orphans.same()):
        known = orphans.world(same)
        listed = {known.diseases[known.owner[profile]] for profile in np.flatnonzero(kin(known).listed).tolist()}
        assert listed == {id for id in toy.DISEASES if id.startswith("OMIM:")}


def test_upward_of_a_node_are_itself_and_all_above_it_even_where_mondo_goes_round_in_a_circle() -> None:
    same = mondo(MATCHES, (*ABOVE, ("MONDO:3", "MONDO:1")))
    assert same.upward(["MONDO:2"]) == {"MONDO:1", "MONDO:2", "MONDO:3"}
    assert same.upward([]) == set()
