"""The laws of the house: who may import whom, and what every file must be like."""
