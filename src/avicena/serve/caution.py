"""What a reader must know before believing figures on somebody's pictures, in words."""

from collections.abc import Sequence

from avicena.core.text import Text


def notices(
    *,
    images: int,
    nameless: int,
    torn: int,
    copies: int,
    sourceless: int,
    unboxed: int,
    boxless: int,
    absent: Sequence[str],
) -> list[Text]:
    """One sentence for each number that is not nothing.

    Of `images` pictures: `nameless` without family, `copies` of others, `sourceless`, `unboxed` without a lesion box,
    `boxless` whose box is none; `torn` families have several classes; `absent` classes have no picture.
    """
    found = []
    if nameless:
        found.append(
            Text(
                f"{nameless} of {images} pictures name no family or patient: each counts as a patient of its own, so "
                "figures by patient are figures by picture, and intervals are too narrow where a patient has several",
                f"{nameless} de {images} imágenes no indican familia ni paciente: cada una cuenta como un paciente, "
                "así que las cifras por paciente son por imagen, y los intervalos son demasiado estrechos si un "
                "paciente tiene varias",
            )
        )
    if torn:
        found.append(
            Text(
                f"{torn} families have pictures of several classes; by patient, each of their classes counts by itself",
                f"{torn} familias tienen imágenes de varias clases; por paciente, cada clase cuenta por separado",
            )
        )
    if copies:
        found.append(
            Text(
                f"{copies} pictures are exact copies of others and count again",
                f"{copies} imágenes son copias exactas de otras y cuentan de nuevo",
            )
        )
    return found + _missing(images, sourceless, unboxed, boxless, absent)


def _missing(images: int, sourceless: int, unboxed: int, boxless: int, absent: Sequence[str]) -> list[Text]:
    """What was not measured on some of the pictures, or on all."""
    found = []
    if sourceless:
        found.append(
            Text(
                f"{sourceless} of {images} pictures name no source"
                + ("; nothing is told by source" if sourceless == images else ""),
                f"{sourceless} de {images} imágenes no indican el centro de origen"
                + ("; no hay cifras por origen" if sourceless == images else ""),
            )
        )
    if boxless:
        found.append(
            Text(
                f"{boxless} pictures have a lesion box that is none on the picture (fractions from 0 to 1 are meant); "
                "they are scored without it",
                f"{boxless} imágenes tienen una caja de lesión que no está sobre la imagen (deben ser fracciones de "
                "0 a 1); se evalúan sin ella",
            )
        )
    if unboxed:
        rest = "; the figures about the lesion are missing" if unboxed + boxless == images else ""
        resto = "; faltan las cifras sobre la lesión" if unboxed + boxless == images else ""
        found.append(
            Text(
                f"{unboxed} of {images} pictures have no lesion box{rest}",
                f"{unboxed} de {images} imágenes no tienen caja de lesión{resto}",
            )
        )
    if absent:
        found.append(
            Text(
                f"no picture of: {', '.join(absent)}; the figures say nothing of it",
                f"ninguna imagen de: {', '.join(absent)}; las cifras no dicen nada de ello",
            )
        )
    return found
