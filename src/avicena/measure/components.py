"""Which cases belong together, so that figures may not count them as independent."""

from collections.abc import Iterable, Sequence


def components(diseases: Sequence[str], papers: Sequence[Iterable[str]]) -> list[str]:
    """The connected component of each case, named by its least disease.

    Two cases belong together if they share a disease or a paper, or if a row of others joins them (union-find with
    path halving; Tarjan & van Leeuwen, 1984).
    """
    above: dict[tuple[str, str], tuple[str, str]] = {}

    def top(node: tuple[str, str]) -> tuple[str, str]:
        while above.setdefault(node, node) != node:
            above[node] = above[above[node]]
            node = above[node]
        return node

    for disease, named in zip(diseases, papers, strict=True):
        for paper in named:
            above[top(("paper", paper))] = top(("disease", disease))
    roots = [top(("disease", disease)) for disease in diseases]
    least: dict[tuple[str, str], str] = {}
    for root, disease in zip(roots, diseases, strict=True):
        least[root] = min(disease, least.get(root, disease))
    return [least[root] for root in roots]
