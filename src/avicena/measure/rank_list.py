"""From the scores of candidates to calibrated probabilities, and what further questions would tell."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from avicena.measure.calibration import softmax

Doubles = NDArray[np.float64]

INTERCEPT = "intercept"


def summaries(scores: Doubles, temperature: float) -> dict[str, float]:
    """What the scores (k,) of a case's candidates say of the case, all divided by `temperature`.

    `best`, its `lead` over the second, `energy` (ln Σ exp; Liu et al., NeurIPS 2020), and `entropy` in nats.
    """
    scaled = np.sort(np.asarray(scores, dtype=np.float64) / temperature)[::-1]
    shares = softmax(scaled)
    energy = float(scaled[0] + np.log(np.exp(scaled - scaled[0]).sum()))
    entropy = float(-(shares * np.log(np.maximum(shares, 1e-300))).sum())
    lead = float(scaled[0] - scaled[1]) if len(scaled) > 1 else float(energy)
    return {INTERCEPT: 1.0, "best": float(scaled[0]), "lead": lead, "energy": energy, "entropy": entropy}


def probabilities(
    scores: Doubles, temperature: float, none: Mapping[str, float], case: Mapping[str, float]
) -> tuple[Doubles, float]:
    """The probability of each candidate (k,) and of none of them; together they are 1.

    `none` maps summaries to coefficients of a logistic regression; `case` are summaries beside those of `summaries`.
    Raises KeyError (a summary that nothing gives).
    """
    known = {**case, **summaries(scores, temperature)}
    logit = sum(weight * known[name] for name, weight in none.items())
    missing = float(1 / (1 + np.exp(-np.clip(logit, -50, 50))))
    return softmax(np.asarray(scores, dtype=np.float64) / temperature) * (1 - missing), missing


def remaining(ratio: float, share: float) -> float:
    """What of the whole list a ranking and its "none of these" have beside common diseases.

    `ratio` is how many times likelier what was found is with a common disease, `share` how likely that is beforehand.

    >>> remaining(0.3, 0.0), remaining(1.0, 0.75), remaining(0.5, 1.0)
    (1.0, 0.25, 0.0)
    """
    return (1 - share) / (share * ratio + (1 - share)) if share < 1 else 0.0


def gains(shares: Doubles, frequency: Doubles) -> Doubles:
    """Bits that the answer to each question is expected to tell of which outcome it is: (t,).

    `shares` (k,) are probabilities that sum to 1, `frequency` (k, t) how likely each outcome shows each finding. It is
    the mutual information of answer and outcome (Lindley 1956): entropy of the answer less its mean within outcomes.
    """
    found: Doubles = _entropy(shares @ frequency) - shares @ _entropy(frequency)
    return np.maximum(found, 0.0)


def _entropy(p: Doubles) -> Doubles:
    """The entropy of a yes-or-no answer, in bits."""
    inside = np.clip(p, 1e-12, 1 - 1e-12)
    found: Doubles = -(inside * np.log2(inside) + (1 - inside) * np.log2(1 - inside))
    return found
