"""Image networks on ONNX Runtime."""

from typing import Any

from avicena.backends.engine.external import needs_other_files
from avicena.core.engine import FloatArray, Network
from avicena.core.errors import Untrusted

OUTPUTS = ["logits", "feature_map"]


class OnnxNetwork:
    """One session; many threads may run it at once."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._input = session.get_inputs()[0].name

    def run(self, planes: FloatArray) -> tuple[FloatArray, FloatArray]:
        """See `Network.run`."""
        logits, maps = self._session.run(OUTPUTS, {self._input: planes})
        return logits, maps


def open_network(data: bytes, threads: int = 1) -> Network:
    """The network in these bytes, on the CPU with that many threads for one run.

    Raises Untrusted (not a network of one input whose outputs are `logits` and `feature_map`, or one whose weights lie
    in other files, which the runtime would read from wherever it was started).
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        if needs_other_files(data):
            raise Untrusted("the network keeps weights in other files, which its signature does not cover")
        session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Untrusted:
        raise
    except Exception as error:  # the runtime raises classes of its own for every fault of a file
        raise Untrusted(f"the network does not open ({type(error).__name__}); install the bundle again") from None
    if [one.name for one in session.get_outputs()] != OUTPUTS or len(session.get_inputs()) != 1:
        raise Untrusted("the network has other inputs or outputs than an image stage; train it again")
    return OnnxNetwork(session)
