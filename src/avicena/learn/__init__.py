"""DATASET + RECIPE IN → CANDIDATE + EVALUATION OUT. Needs the extra `train`."""

from avicena.core.errors import Misconfigured

try:
    from avicena.learn.chain import Trained, train_chain
except ModuleNotFoundError as error:
    raise Misconfigured(f"training needs {error.name}, which is not installed: pip install 'avicena[train]'") from error

__all__ = ["Trained", "train_chain"]
