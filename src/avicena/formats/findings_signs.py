"""Cues that a list of phrases cannot hold: they depend on what stands around them."""

import re
from collections.abc import Iterator

from avicena.formats.note_scope import Token

_SEEN = (
    r"\bnot\s+(?:been\s+)?(?:present|detected|seen|found|observed|noted|identified|evident|documented|reported|"
    r"demonstrated|apparent)\b(?!\s+(?:with|to|whether|if)\b)|\bno\s+(?:ha\s+sido\s+|fue\s+)?(?:presente|"
    r"(?:detectad|observad|objetivad|evidenciad|encontrad|conocid|documentad|hallad)[oa])s?\b(?!\s+si\b)"
)
_UNWEIGHED = (
    r"\bnot\s+(?:been\s+)?(?:assessed|evaluated|tested|examined|checked)\b|\bno\s+(?:ha\s+sido\s+|fue\s+|se\s+ha\s+)?"
    r"(?:(?:valora|evalua|explora)(?:d[oa]|ble)|(?:estudia|comproba)d[oa])s?\b"
)
_VERB = (
    "presenta|presento|presentaba|tiene|tenia|acude|consulta|refiere|padece|presents|presented|has|had|complains|comes"
)
SIGNS = re.compile(
    rf"(?P<unseen>{_SEEN})|(?P<unweighed>{_UNWEIGHED})"
    r"|(?P<unsure>\(?\s?(?:\+\s?/\s?-|±)\s?\)?)"
    r"|(?P<but>\b(?:que|quien)\s+(?:acude|consulta|ingresa|viene|debuta|es\s+traid[oa])\b"
    r"|\bwho\s+(?:presents|presented|comes|came|complains)\b|\b(?:because|porque|ya\s+que)\b)"
    rf"|(?P<verb>,\s+(?:{_VERB})\b)"
    r"|(?P<family>\b(?:his|her)\s+(?:[a-z]+\s+){0,2}(?:sons?|daughters?)\b|\bsus?\s+(?:[a-z]+\s+){0,2}hij[oa]s?\b)"
)
FORWARD = re.compile(r"(?:descartad|negad|excluid)[oa]s?|excluded")
"""Participles that deny what follows when nothing stands before them: "descartada cardiopatía"."""

CLOSED = re.compile(
    r"\s(?:ya\s)?(?:cerrad[oa]s?|closed)\b(?!\s(?:espontane|quirurgic|con|por|tras|mediante|a los|spontan|surg))"
)
OPENINGS = re.compile(r"ductus|cia\b|civ\b|foramen|comunicacion|septal|pda\b|asd\b|vsd\b")
"""What is healthy when it is closed."""

OTHERWISE = re.compile(
    r"(?:etiologia|causa|origen|significado|motivo|patogenia|fecha|cause|etiology|origin|significance)\b"
)
"""What may be unknown of a finding that is there."""

DENYING = re.compile(r"(?:no|sin|not|cannot|unable|does|did|nunca|never|could)\b")
"""How the wording of a finding begins that holds its own negation: "no puede andar"."""

VERB = re.compile(
    r"\b(?:tiene|tuvo|tenia|padece|padecio|padecia|presenta|presento|sufre|sufrio|fue|es|ha|has|had|was|is)\b"
)
"""How a relative is told to have something, and not only named with it ("madre con…")."""

SINCE = re.compile(r"[^,.;\n]{0,25}?\b(?:desde|since)\b(?!\s+(?:el\s+nacimiento|siempre|birth|nacer|al\s+nacer))")
"""After a denied finding: who has been without it since a time has had it."""

_SYMPTOM = re.compile(
    r"(?:dolor|falta|perdida|dificultad|crisis|alteracion|signo|sangrado|hemorragia|infeccion|edema|retraso|debilidad|"
    r"sensacion|cambio|episodio|antecedente|masa|lesion|ulcera|hernia|trastorno|mancha|caida|rigidez|insuficiencia)"
)
_SIGN_EN = re.compile(r"(?:brisk|normal|small|large|short|long|absent|increased|decreased|reduced|low|high|broad)\b")


_AFTER, _BEFORE = re.compile(r"[oa]s?$"), re.compile(r"(?:al|ar|ic|ous)$")
"""A Spanish adjective after its noun, and an English one before it."""


def is_described(item: str, spanish: bool) -> bool:
    """Whether an item of a list describes ("reflejos vivos") and is no bare noun that a denial may go on to."""
    if _SIGN_EN.match(item):
        return True
    words = item.split()
    after = spanish and len(words) > 1 and _AFTER.search(words[1]) is not None and not _BEFORE.search(words[0])
    return after and not _SYMPTOM.match(item)


def signs(folded: str) -> Iterator[Token]:
    """The tokens of these cues in a folded text, in order."""
    for match in SIGNS.finditer(folded):
        kind = match.lastgroup or ""
        yield Token(kind, kind, match.start(), match.end())
