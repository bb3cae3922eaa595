"""Image networks on ONNX Runtime."""

from typing import Any

from avicena.backends.engine.external import needs_other_files
from avicena.core.engine import FloatArray, Network
from avicena.core.errors import Untrusted

OUTPUTS = ["logits", "feature_map"]

SPIN = "10"
"""Microseconds for which a thread waits awake for the next layer: longer takes the core from the rest of an answer."""


class OnnxNetwork:
    """One session, and another for who asks alone; many threads may run them at once."""

    def __init__(self, session: Any, alone: Any) -> None:
        self._session = session
        self._alone = alone
        self._input = session.get_inputs()[0].name

    def run(self, planes: FloatArray, alone: bool = False) -> tuple[FloatArray, FloatArray]:
        """See `Network.run`."""
        session = self._alone if alone else self._session
        logits, maps = session.run(OUTPUTS, {self._input: planes})
        return logits, maps


def open_network(data: bytes, threads: int = 1, alone: int = 0) -> Network:
    """The network in these bytes, on the CPU with that many threads for one run, and `alone` threads for a lone one.

    Each of both numbers has a session with its own copy of the weights; 0 or the same number needs no second one.
    Raises Untrusted (not a network of one input whose outputs are `logits` and `feature_map`, or one whose weights lie
    in other files, which the runtime would read from wherever it was started).
    """
    try:
        if needs_other_files(data):
            raise Untrusted("the network keeps weights in other files, which its signature does not cover")
        session = _session(data, threads)
        lone = session if alone in (0, threads) else _session(data, alone)
    except Untrusted:
        raise
    except Exception as error:  # the runtime raises classes of its own for every fault of a file
        raise Untrusted(f"the network does not open ({type(error).__name__}); install the bundle again") from None
    if [one.name for one in session.get_outputs()] != OUTPUTS or len(session.get_inputs()) != 1:
        raise Untrusted("the network has other inputs or outputs than an image stage; train it again")
    return OnnxNetwork(session, lone)


def _session(data: bytes, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.spin_duration_us", SPIN)
    options.add_session_config_entry("session.force_spinning_stop", "1")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
