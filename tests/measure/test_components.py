"""Cases that a disease or a paper joins are counted as one group, however long the row of others between them."""

from avicena.measure.components import components, joined


def test_a_row_of_shared_papers_and_diseases_joins_its_two_ends() -> None:
    diseases = ["D", "A", "A", "C", "B"]
    papers = [["p1"], ["p1", "p2"], [], ["p3"], ["p2"]]
    assert components(diseases, papers) == ["A", "A", "A", "C", "A"]


def test_a_paper_and_a_disease_of_one_name_are_not_taken_for_each_other() -> None:
    assert components(["A", "B"], [["B"], []]) == ["A", "B"]


def test_what_no_pair_names_stands_for_itself() -> None:
    top = joined([(1, 2), (3, 4), (4, 2)])
    assert len({top(node) for node in (1, 2, 3, 4)}) == 1
    assert top(5) == 5
