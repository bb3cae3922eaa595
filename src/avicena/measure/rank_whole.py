"""Scores of every disease at once, the candidates that they choose, and how a candidate stands among all."""

import numpy as np
from numpy.typing import NDArray

from avicena.core.knowledge import Knowledge
from avicena.core.ragged import Floats, Ints
from avicena.measure.evidence import Evidence

WHOLE = ("likelihood", "excluded", "simgic", "simgic_f", "cosine", "covered")
RANKED = ("likelihood", "wide_likelihood", "both", "simgic_f", "wide_cosine")
STANDING = (*(f"{name}_gap" for name in RANKED), *(f"{name}_rank" for name in RANKED), "share_1", "share_3")

SHARES = (("both", 90), ("mixed", 110), ("wide_likelihood", 60), ("likelihood", 40), ("wide_cosine", 40))
"""How many of the best by each score become candidates."""

LIKE = 30.0
"""What a whole unit of cosine is worth beside the ln likelihood ratio, nats."""

Columns = dict[str, Floats]
Mask = NDArray[np.bool_]


def whole(found: Evidence, wider: Evidence, known: Knowledge, wide: Knowledge) -> Columns:
    """All scores of all profiles, by the annotations and by the wide profiles: float32 [P] each."""
    out = _scores(found, known)
    out |= {f"wide_{name}": score for name, score in (_scores(wider, wide) if wide is not known else out).items()}
    out["both"] = np.float32(0.5) * (out["likelihood"] + out["wide_likelihood"])
    return out


def _scores(found: Evidence, known: Knowledge) -> Columns:
    """Likelihood ratio, simGIC (Pesquita et al. 2008) plain and by frequency, cosine, share of the patient covered."""
    plain, weighted, length = known.mass
    own = np.float32(found.information + 1e-6)
    return {
        "likelihood": found.likelihood,
        "excluded": found.excluded,
        "simgic": found.shared / (own + plain - found.shared),
        "simgic_f": found.shared_f / (own + weighted - found.shared_f),
        "cosine": found.product / (np.float32(found.length) * length),
        "covered": found.shared_f / own,
    }


def candidates(scores: Columns, mask: Mask) -> Ints:
    """The places of the best profiles in `mask` by each score of SHARES, each once, sorted: int32 [K]."""
    may = np.flatnonzero(mask)
    mixed = scores["both"] + np.float32(LIKE) * scores["wide_cosine"]
    best = [_best((scores | {"mixed": mixed})[name][may], count) for name, count in SHARES]
    return may[np.unique(np.concatenate(best))].astype(np.int32)


def _best(score: Floats, count: int) -> NDArray[np.intp]:
    return np.argpartition(-score, count - 1)[:count] if count < len(score) else np.arange(len(score))


def standing(scores: Columns, mask: Mask, chosen: Ints) -> Columns:
    """How candidates stand among all: distance to the best, ln rank, share of the likelihood at two temperatures."""
    out: Columns = {}
    for name in RANKED:
        among, mine = scores[name][mask], scores[name][chosen]
        better = len(among) - np.searchsorted(np.sort(among), mine, "right")
        out[f"{name}_gap"] = mine - among.max()
        out[f"{name}_rank"] = np.log1p(better).astype(np.float32)
    among = scores["both"][mask]
    best = among.max()
    for temperature in (1, 3):
        total = np.exp((among - best) / np.float32(temperature)).sum()
        out[f"share_{temperature}"] = (scores["both"][chosen] - best) / np.float32(temperature) - np.log(total)
    return out
