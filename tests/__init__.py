"""The suite; it mirrors `src/`, plus `golden/` and `architecture/`."""
