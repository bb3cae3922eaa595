"""INFERENCE: `onnx` runs image networks, `trees` runs XGBoost's trees and explains them exactly."""
