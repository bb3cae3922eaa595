"""Why a row or a file cannot be used: each reason code and what it says to a person."""

from collections.abc import Iterable, Mapping

from avicena.core.model import Refused
from avicena.core.text import Text

REASONS: Mapping[str, Text] = {
    "ambiguous-image": Text("the row fits more than one image", "la fila corresponde a más de una imagen"),
    "bad-box": Text("the lesion box is not a box on the picture", "la caja de la lesión no está sobre la imagen"),
    "bad-fold": Text("the fold is not a small whole number", "la partición no es un entero pequeño"),
    "blank-case-id": Text(
        "the row does not say which image or patient it is about", "la fila no dice de qué imagen o paciente trata"
    ),
    "copy-of": Text(
        "the file has no row and is an exact copy of another", "el archivo no tiene fila y es copia exacta de otro"
    ),
    "dropped-in-review": Text(
        "readers of the review queue dropped the row", "quienes revisaron los datos descartaron la fila"
    ),
    "duplicate-id": Text(
        "several rows say different things of one image, patient or case",
        "varias filas dicen cosas distintas de una imagen, un paciente o un caso",
    ),
    "exact-duplicate": Text(
        "one before says the same, with the same picture where there is one",
        "otra anterior dice lo mismo, con la misma imagen si la hay",
    ),
    "family-in-two-folds": Text("one family was given several folds", "una familia recibió varias particiones"),
    "label-contradicts-folder": Text(
        "the row's label is not that of its folder", "la etiqueta de la fila no es la de su carpeta"
    ),
    "label-contradicts-manifest": Text(
        "table and manifest give different labels", "la tabla y el manifiesto dan etiquetas distintas"
    ),
    "malformed-row": Text("the row's quotation marks do not close", "las comillas de la fila no cierran"),
    "no-image": Text("no image of that name", "no hay ninguna imagen con ese nombre"),
    "no-label": Text("nothing says what there is to learn from it", "nada dice qué se puede aprender de ella"),
    "no-table-row": Text("no row is about this file", "ninguna fila trata de este archivo"),
    "not-a-case": Text(
        "the line is no case: an object of id, pmids, gold and phenopacket",
        "la línea no es un caso: un objeto de id, pmids, gold y phenopacket",
    ),
    "outside-contract": Text(
        "a value is outside what the application accepts", "un valor está fuera de lo que la aplicación acepta"
    ),
    "ragged-row": Text(
        "the row has not as many cells as the header", "la fila no tiene tantas celdas como el encabezado"
    ),
    "says-nothing": Text(
        "it holds nothing that the model could speak by", "no contiene nada por lo que el modelo pueda pronunciarse"
    ),
    "repeated-row": Text(
        "the row repeats an earlier one word for word", "la fila repite otra anterior palabra por palabra"
    ),
    "same-image-two-families": Text(
        "the same picture is said to be of two families", "la misma imagen figura en dos familias"
    ),
    "same-image-two-labels": Text("the same picture is given two labels", "la misma imagen recibe dos etiquetas"),
    "unknown-label": Text("the label is none of the application's", "la etiqueta no es ninguna de la aplicación"),
    "unreadable-image": Text("the file is not a readable picture", "el archivo no es una imagen legible"),
    "value-contradicts-manifest": Text(
        "table and manifest give different values", "la tabla y el manifiesto dan valores distintos"
    ),
}


def why_none(refused: Iterable[Refused]) -> str:
    """Why nothing of a whole table could be used: its reasons, each once."""
    return "; ".join(sorted({REASONS[one.reason].en for one in refused})) or "it has no rows"
