"""Reasons that are written down in a file."""

import pytest

from avicena.core.errors import ContractViolation
from avicena.formats.reasons import read_reasons


def test_each_stage_has_its_kinds_with_a_reason() -> None:
    found = read_reasons('[tumour]\nsource = "known"\n"copies across split" = "sí"\n\n[treatment]\n'.encode())
    assert found == {"tumour": {"source": "known", "copies across split": "sí"}, "treatment": {}}


@pytest.mark.parametrize(
    "data", [b"[tumour", b"\xff", b'source = "not under a stage"', b"[tumour]\nsource = 3", b'[tumour]\nsource = " "']
)
def test_a_file_that_is_none_is_refused_without_repeating_what_it_says(data: bytes) -> None:
    with pytest.raises(ContractViolation) as error:
        read_reasons(data)
    assert "not under" not in str(error.value)
