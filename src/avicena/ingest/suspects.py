"""Probable mislabels: labels that models blind to the patient contradict."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avicena.core.application import Application
from avicena.core.model import Row
from avicena.core.question import Scores, Sign
from avicena.core.text import Text
from avicena.ingest.doubt import Doubt, one_per_patient
from avicena.measure.mislabel import suspects

SIGN = Text(
    "models that never saw this patient take another label for more probable",
    "modelos que nunca vieron a este paciente creen más probable otra etiqueta",
)


def mislabels(
    application: Application, rows: Sequence[Row], scores: Sequence[Scores], share: float
) -> tuple[list[Doubt], list[Text]]:
    """The labels worth a question, at most `share` of the rows of each stage, and notes on what could not be judged.

    Where patients nearly always have one label, the probabilities of a patient's rows are averaged first.
    """
    by_id = {row.id: row for row in rows}
    doubts: list[Doubt] = []
    notes: list[Text] = []
    for one in scores:
        stage = application.stage(one.stage)
        if one.chances.shape[1] == 0:
            notes.append(_few(application, one.stage))
            continue
        if one.told <= 0:
            notes.append(_silent(application, one.stage))
            continue
        used = [by_id[id] for id in one.rows]
        labels = np.array([stage.classes.index(row.labels[one.stage]) for row in used], dtype=np.int64)
        pooled = _by_patient(one.chances, used, one.stage)
        found = suspects(pooled, labels)
        doubtful = found.flagged | (pooled.max(axis=1) > found.own)
        for place in found.order[doubtful[found.order]][: round(share * len(used))].tolist():
            doubts.append(Doubt((used[place].id,), one.stage, Sign("mislabel", float(found.wrong[place]), SIGN)))
        notes.append(_expected(application, one.stage, round(found.expected), len(used)))
    return doubts, notes


def _by_patient(chances: NDArray[np.floating[Any]], rows: Sequence[Row], stage: str) -> NDArray[np.float64]:
    """Probabilities (n, k): the mean over a patient's rows where a patient nearly always has one label."""
    if not one_per_patient(rows, stage):
        return np.asarray(chances, np.float64)
    names, family = np.unique([row.family for row in rows], return_inverse=True)
    sums = np.zeros((len(names), chances.shape[1]))
    np.add.at(sums, family, chances)
    found: NDArray[np.float64] = (sums / np.bincount(family)[:, None])[family]
    return found


def _few(application: Application, stage: str) -> Text:
    word = application.word(stage)
    return Text(
        f"{word.en}: wrong labels cannot be told with so few rows; every class must stand in at least two folds",
        f"{word.es}: con tan pocas filas no se distinguen etiquetas erróneas; cada clase debe estar en dos particiones",
    )


def _silent(application: Application, stage: str) -> Text:
    word = application.word(stage)
    return Text(
        f"{word.en}: wrong labels cannot be told, for no model finds more in the data than the shares of the classes",
        f"{word.es}: no se pueden distinguir etiquetas erróneas, porque ningún modelo halla en los datos más que la "
        "proporción de las clases",
    )


def _expected(application: Application, stage: str, wrong: int, rows: int) -> Text:
    word = application.word(stage)
    return Text(
        f"{word.en}: at most about {wrong} of {rows} labels are wrong (errors of the models count among them)",
        f"{word.es}: como mucho unas {wrong} de {rows} etiquetas son erróneas (se cuentan ahí errores de los modelos)",
    )
