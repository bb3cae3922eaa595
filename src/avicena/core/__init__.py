"""The nouns: frozen data and pure functions, importing nothing of ours."""
