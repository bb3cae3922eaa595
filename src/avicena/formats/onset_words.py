"""When a finding began, in words: a term of onset, or an age."""

import re

from avicena.core.onset import ONSET_LABELS
from avicena.core.text import Text
from avicena.formats.phrases import listed, phrase, plain

_SPANISH = {
    "HP:0003577": "inicio congénito", "HP:0030674": "inicio prenatal", "HP:0011460": "inicio embrionario",
    "HP:0011461": "inicio fetal", "HP:0034199": "inicio al final del primer trimestre",
    "HP:0034198": "inicio en el segundo trimestre", "HP:0034197": "inicio en el tercer trimestre",
    "HP:0003623": "inicio neonatal", "HP:0003593": "inicio en la lactancia", "HP:0011463": "inicio en la infancia",
    "HP:0003621": "inicio juvenil", "HP:0011462": "inicio en el adulto joven", "HP:0003581": "inicio en el adulto",
    "HP:0025708": "inicio al principio de la edad adulta joven",
    "HP:0025709": "inicio a mitad de la edad adulta joven", "HP:0025710": "inicio al final de la edad adulta joven",
    "HP:0003596": "inicio en la edad madura", "HP:0003584": "inicio tardío", "HP:0410280": "inicio pediátrico",
}  # fmt: skip

_UNITS = {
    "Y": (Text("year", "año"), Text("years", "años")),
    "M": (Text("month", "mes"), Text("months", "meses")),
    "W": (Text("week", "semana"), Text("weeks", "semanas")),
    "D": (Text("day", "día"), Text("days", "días")),
}
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)([YMWD])")


def onset_words(onset: str) -> Text:
    """An onset, the id of an HPO term or an ISO 8601 duration, as a reader reads it.

    >>> onset_words("HP:0003577").es, onset_words("P1Y6M").en, onset_words("P3Y").es, onset_words("PT6H").en
    ('inicio congénito', 'since the age of 1 year, 6 months', 'desde la edad de 3 años', 'since the first day')
    """
    if onset in ONSET_LABELS:
        return Text(ONSET_LABELS[onset].lower(), _SPANISH[onset])
    parts = [(float(count), *_UNITS[unit]) for count, unit in _PART.findall(onset.partition("T")[0]) if float(count)]
    if not parts:
        return Text("since the first day", "desde el primer día")
    said = listed(phrase(plain(count), " ", one if count == 1 else many) for count, one, many in parts)
    return phrase(Text("since the age of ", "desde la edad de "), said)
