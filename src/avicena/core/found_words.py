"""What a reader must know of findings that were read otherwise than they were given, or left out, in words."""

from avicena.core.ranking import Considered
from avicena.core.text import Text

FOLLOWED = Text(
    "{written} is an old id; it was read as {term}",
    "{written} es un código antiguo; se leyó como {term}",
)
FOREIGN = Text(
    "{term} is no finding of a patient and was left out",
    "{term} no es un hallazgo de un paciente y se omitió",
)
NOTE_AGAINST_CODE = Text(
    "the note says otherwise of {term} than a code; the code was believed",
    "la nota dice de {term} lo contrario que un código; se creyó al código",
)
NOTE_AGAINST_LIST = Text(
    "the note says otherwise of {term} than the list of findings; the list was believed",
    "la nota dice de {term} lo contrario que la lista de hallazgos; se creyó a la lista",
)
CODE_AGAINST_LIST = Text(
    "a code says otherwise of {term} than the list of findings; the list was believed, the code left out",
    "un código dice de {term} lo contrario que la lista de hallazgos; se creyó a la lista, no al código",
)
UNCLEAR = Text(
    "the note both affirms and denies {term}; it was left out",
    "la nota afirma y niega {term}; se omitió",
)
IMPLIED = Text(
    "{term} was excluded, but a kind of it was observed; the exclusion was left out",
    "{term} se descartó, pero se observó una forma de ello; se omitió el descarte",
)


def sentence(words: Text, one: Considered) -> Text:
    """One of these sentences about a finding."""
    return Text(
        words.en.format(term=f"{one.label.en} ({one.id})", written=one.written),
        words.es.format(term=f"{one.label.es} ({one.id})", written=one.written),
    )
