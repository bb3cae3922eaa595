"""Pages that a person reads without network: one HTML file with its style, charts and pictures inside, no script."""
