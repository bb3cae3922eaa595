"""The file in which a clinician corrects what was found in a note."""

import pytest

from avicena.core.errors import ContractViolation
from avicena.formats.findings_list import read_list, write_list
from avicena.formats.findings_note import settle
from tests.formats.terms import small_ontology, small_reader

LABELS = dict(zip(small_ontology().ids, small_ontology().labels, strict=True))


def lines(note: str) -> str:
    found = small_reader().read(note)
    return write_list(found, LABELS, settle(found).torn)


def test_what_is_written_is_read_back_without_family_and_suppositions() -> None:
    text = lines("Niña con fiebre, sin cefalea. Madre con sordera. Probable ataxia.")
    assert read_list(text) == ("HP:0001945", "-HP:0002315")
    assert '# HP:0000365  family  "sordera"' in text


def test_each_line_has_its_words_and_their_place() -> None:
    assert 'HP:0001945  observed  "fiebre" 9-15  # Fever' in lines("Niña con fiebre.").splitlines()


def test_what_is_said_and_denied_waits_for_a_person() -> None:
    assert read_list(lines("Tiene fiebre. No hay fiebre.")) == ()


def test_a_person_may_drop_flip_and_add() -> None:
    text = (
        'HP:0001945  excluded  "fiebre" 9-15  # Fever\n\n-HP:0000252\nHP:0001250@P3Y observed\n# HP:0001251 observed\n'
    )
    assert read_list(text) == ("-HP:0001945", "-HP:0000252", "HP:0001250@P3Y")


def test_every_wrong_line_is_named_and_none_repeated() -> None:
    with pytest.raises(ContractViolation) as refused:
        read_list("HP:0001250 observed\nsecret words\nHP:12 observed\n")
    assert set(refused.value.problems) == {"line 2", "line 3"}
    assert "secret" not in str(refused.value)
