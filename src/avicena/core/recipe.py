"""How a model is to be trained, as pure data: a recipe and a dataset version make a candidate."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class ImageRecipe:
    """How to fine-tune EfficientNet-Lite0 on slices.

    The early part of the network (`frozen` of its 16 blocks) keeps its ImageNet weights, so that its output can be
    computed once for `copies` altered copies of each slice; the rest is trained on these for `epochs`, `members` times
    over. Where a slice has a lesion's box, `attention` is the weight of a second loss, which draws the class activation
    map into the box.
    """

    side: int = 224  # pixels, a multiple of 32
    frozen: int = 11  # blocks that keep their ImageNet weights
    copies: int = 6  # altered copies of each slice
    turned: int = 2  # of these copies, how many are also turned by quarter turns and mirrored top to bottom
    angle: float = 20.0  # degrees, largest rotation either way
    zoom: float = 0.15  # largest relative change of size
    shift: float = 0.06  # largest shift, as a fraction of the side
    gamma: float = 0.35  # largest |log gamma| of the grey values
    noise: float = 0.03  # largest standard deviation of added noise, on the scale of the plane
    epochs: int = 8
    batch: int = 32
    rate: float = 1e-3  # peak learning rate of AdamW
    decay: float = 0.02  # weight decay of AdamW
    dropout: float = 0.3
    mix: float = 0.2  # Beta parameter of mixup between slices; 0 is none
    attention: float = 0.5  # weight of the loss on where the activation map lies; 0 is none
    average: float = 0.99  # per step, of the exponential moving average of the weights
    # networks, alike but for chance, whose mean answers (Lakshminarayanan et al., NeurIPS 2017); each one's training is
    # its own, so this is not in `repr`, by which finished steps are kept
    members: int = field(default=3, repr=False)
    # of the released network's convolutions; not in `repr`, for the training is the same and its steps are kept by it
    weights: Literal["float32", "float16", "int8"] = field(default="float16", repr=False)

    def __post_init__(self) -> None:
        if self.side % 32 or self.side <= 0:
            raise ValueError("side must be a positive multiple of 32")
        if not 1 <= self.frozen <= 15:
            raise ValueError("frozen must be between 1 and 15")
        if not 0 <= self.turned <= self.copies or min(self.copies, self.epochs, self.batch) < 1:
            raise ValueError("copies, epochs and batch must be at least 1, and turned at most copies")
        if self.members < 1:
            raise ValueError("members must be at least 1")
        if self.weights not in ("float32", "float16", "int8"):
            raise ValueError("weights must be float32, float16 or int8")
        if self.attention < 0:
            raise ValueError("attention must not be negative")
