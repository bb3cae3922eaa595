"""What is known of a case beside the scores of its ranker: whether its disease is among the candidates at all."""

import numpy as np

from avicena.core.knowledge import Patient
from avicena.core.ragged import Floats
from avicena.measure.rank_columns import COLUMNS


def summaries(patient: Patient, values: Floats, first: Floats) -> dict[str, float]:
    """Summaries for the probability that it is none of the candidates; `values` (K, C) and `first` (K,) as in `Table`.

    `findings` and `absent` are ln(1 + number), `information` that of the observed terms and their ancestors in nats,
    `covered` the most of it that a candidate explains, `first` and `first_lead` the best score without training and
    its lead in nats.
    """
    best = np.sort(first)[::-1]
    return {
        "findings": float(np.log1p(len(patient.observed))),
        "absent": float(np.log1p(len(patient.excluded))),
        "information": float(values[:, COLUMNS.index("information")].max(initial=0.0)),
        "covered": float(values[:, COLUMNS.index("wide_covered")].max(initial=0.0)),
        "first": float(best[0]) if len(best) else 0.0,
        "first_lead": float(best[0] - best[1]) if len(best) > 1 else 0.0,
    }
