"""What an audit for leaks calls things, in both languages: a report keeps the English words, a person reads these."""

import re
from collections.abc import Mapping

from avicena.core.text import Text

SEVERITIES: Mapping[str, Text] = {"serious": Text("serious", "grave"), "notice": Text("notice", "aviso")}

KINDS: Mapping[str, Text] = {
    "column": Text("column", "columna"),
    "copies": Text("copies", "copias"),
    "copies across split": Text("copies across split", "copias a ambos lados del reparto"),
    "copies disagree": Text("copies disagree", "copias que se contradicen"),
    "families across split": Text("families across split", "familias a ambos lados del reparto"),
    "families unknown": Text("families unknown", "familias desconocidas"),
    "file": Text("file", "archivo"),
    "format": Text("format", "escritura"),
    "future": Text("future", "futuro"),
    "identifier": Text("identifier", "identificador"),
    "intensity": Text("intensity", "intensidad"),
    "missing": Text("missing", "ausencia"),
    "no signal": Text("no signal", "sin señal"),
    "note": Text("note", "nota"),
    "note form": Text("note form", "forma de la nota"),
    "order": Text("order", "orden"),
    "pair": Text("pair", "pareja"),
    "phrase": Text("phrase", "frase"),
    "rim": Text("rim", "borde"),
    "same rows": Text("same rows", "filas iguales"),
    "source": Text("source", "procedencia"),
}
"""The kinds of finding; the English one is the name that an override takes."""

MEASURES: Mapping[str, Text] = {
    "AUROC": Text("AUROC", "AUROC"),
    "share of families": Text("share of families", "proporción de familias"),
    "share of pairs": Text("share of pairs", "proporción de pares"),
    "share of rows": Text("share of rows", "proporción de filas"),
}

_LOOKED: Mapping[str, Text] = {
    "cell format": Text("cell format", "forma de escribir las celdas"),
    "columns": Text("columns", "columnas"),
    "copies": Text("copies", "copias"),
    "exact copies": Text("exact copies", "copias exactas"),
    "file metadata": Text("file metadata", "datos del archivo"),
    "future columns": Text("future columns", "columnas del futuro"),
    "identifiers": Text("identifiers", "identificadores"),
    "intensity": Text("intensity", "intensidad"),
    "missing cells": Text("missing cells", "celdas vacías"),
    "near copies": Text("near copies", "copias aproximadas"),
    "phrases": Text("phrases", "frases"),
    "pictures": Text("pictures", "imágenes"),
    "rim": Text("rim", "borde"),
    "row order": Text("row order", "orden de las filas"),
    "source": Text("source", "procedencia"),
    "split": Text("split", "reparto"),
}
"""What an audit looks for, or cannot."""

_SKIPPED: Mapping[str, Text] = {
    "the data have none": Text("the data have none", "los datos no tienen"),
    "only the pictures of the sample were compared; --whole compares all": Text(
        "only the pictures of the sample were compared; --whole compares all",
        "solo se compararon las imágenes de la muestra; --whole las compara todas",
    ),
    "the data name one at most": Text("the data name one at most", "los datos nombran una como mucho"),
    "fewer than two classes with 5 families, or fewer than 20 families": Text(
        "fewer than two classes with 5 families, or fewer than 20 families",
        "menos de dos clases con 5 familias, o menos de 20 familias",
    ),
}
"""Why an audit could not look."""

_VIEWS: Mapping[str, Mapping[str, Text]] = {
    "order": {
        "row order": Text("row order", "orden de las filas"),
        "position of the row": Text("position of the row", "posición de la fila"),
    },
    "identifier": {"identifier": Text("identifier", "identificador")},
    "source": {"source": Text("source", "procedencia")},
    "missing": {"number of blank cells": Text("number of blank cells", "número de celdas vacías")},
    "intensity": {
        "mean, spread, share of air, brightest 1 %": Text(
            "mean, spread, share of air, brightest 1 %", "media, dispersión, proporción de aire, 1 % más brillante"
        )
    },
    "file": {
        "width and height": Text("width and height", "anchura y altura"),
        "file size": Text("file size", "tamaño del archivo"),
        "format": Text("format", "formato"),
        "colour mode": Text("colour mode", "modo de color"),
        "JPEG quantisation table": Text("JPEG quantisation table", "tabla de cuantización JPEG"),
        "JPEG markers": Text("JPEG markers", "marcadores JPEG"),
        "progressive": Text("progressive", "JPEG progresivo"),
        "resolution": Text("resolution", "resolución"),
        "comment": Text("comment", "comentario"),
        "PNG text": Text("PNG text", "texto PNG"),
    },
    "rim": {
        "top left corner": Text("top left corner", "esquina superior izquierda"),
        "top right corner": Text("top right corner", "esquina superior derecha"),
        "bottom left corner": Text("bottom left corner", "esquina inferior izquierda"),
        "bottom right corner": Text("bottom right corner", "esquina inferior derecha"),
        "top edge": Text("top edge", "borde superior"),
        "bottom edge": Text("bottom edge", "borde inferior"),
        "left edge": Text("left edge", "borde izquierdo"),
        "right edge": Text("right edge", "borde derecho"),
    },
}
"""By the kind of finding what its views look at, where that is no column of the data."""

_ASPECTS: Mapping[str, Text] = {
    "day of the week": Text("day of the week", "día de la semana"),
    "how it is typed": Text("how it is typed", "cómo está escrito"),
    "its beginning": Text("its beginning", "su comienzo"),
    "its length": Text("its length", "su longitud"),
    "its number": Text("its number", "su número"),
    "its pattern": Text("its pattern", "su patrón"),
    "last digit": Text("last digit", "última cifra"),
    "length": Text("length", "longitud"),
    "number of codes": Text("number of codes", "número de códigos"),
    "number of decimals": Text("number of decimals", "número de decimales"),
    "remainder by 3": Text("remainder by 3", "resto al dividir entre 3"),
    "time of day": Text("time of day", "hora del día"),
}
"""What of a column a view looks at: "column: aspect"."""


def viewed(kind: str, what: str) -> Text:
    """What a finding is about, as the report names it; names of columns and words of the data stay as they are."""
    if kind == "pair":
        first, _, second = what.partition(" and ")
        return Text(what, f"{first} y {second}")
    if kind == "no signal":
        return Text(what, what.replace(", beyond ", ", más allá de "))
    subject, colon, aspect = what.rpartition(": ")
    if colon and aspect in _ASPECTS:
        of, how = viewed(kind, subject), _ASPECTS[aspect]
        return Text(f"{of.en}: {how.en}", f"{of.es}: {how.es}")
    return _VIEWS.get(kind, {}).get(what, Text(what, what))


def searched(what: str) -> Text:
    """What an audit looked for, or could not, as the report names it."""
    for english, spanish in (("signal in ", "señal en "), ("label ", "etiqueta ")):
        if what.startswith(english):
            return Text(what, spanish + what.removeprefix(english))
    if (found := _SAMPLE.fullmatch(what)) is not None:
        of = {"labels": "etiquetas", "near copies": "copias aproximadas"}[found[1]]
        return Text(what, f"{of} en una muestra de {found[2]} de {found[3]} filas")
    return _LOOKED.get(what, Text(what, what))


_SAMPLE = re.compile(r"(labels|near copies) in a sample of (\d+) of (\d+) rows")


def in_a_sample(what: str) -> bool:
    """Whether that was looked for in a sample of the rows only."""
    return _SAMPLE.fullmatch(what) is not None


def unsearched(why: str) -> Text:
    """Why an audit could not look for something, as the report says it."""
    return _SKIPPED.get(why, Text(why, why))
