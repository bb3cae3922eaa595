"""Why an input does not take a value, in both languages: `parse` says it in English, a person reads either."""

import re
from collections.abc import Mapping

from avicena.core.text import Text

_SPANISH: Mapping[str, str] = {
    r"not a number in (.*)": r"no es un número en \1",
    r"outside (\S+) to (\S+) (.*)": r"fuera del intervalo de \1 a \2 \3",
    r"not one of (.*)": r"no es ninguno de \1",
    r"not a text": "no es un texto",
    r"empty; write the symptoms, or leave the case to the specialist": (
        "vacío; escriba los síntomas o deje el caso al especialista"
    ),
    r"longer than (\d+) characters": r"más de \1 caracteres",
    r"holds control characters": "contiene caracteres de control",
    r"not a picture": "no es una imagen",
    r"empty; write \[\] where there is none": "vacío; escriba [] donde no haya ninguno",
    r"not a list of codes": "no es una lista de códigos",
    r"more than (\d+) codes": r"más de \1 códigos",
    r"a code has 1 to (\d+) characters, none of them a control character": (
        r"un código tiene de 1 a \1 caracteres, ninguno de control"
    ),
    r"holds a code that is not of the vocabulary": "contiene un código que no es del vocabulario",
    r"holds a code that is not of the form asked for": "contiene un código que no tiene la forma pedida",
}


def problem(english: str) -> Text:
    """What `Input.parse` found wrong, in both languages; words of an application's own stay as they are."""
    for pattern, spanish in _SPANISH.items():
        if (found := re.fullmatch(pattern, english, re.DOTALL)) is not None:
            return Text(english, found.expand(spanish))
    return Text(english, english)
