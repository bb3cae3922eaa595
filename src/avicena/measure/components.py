"""What belongs together because others join it, so that figures may not count it as independent."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def joined(pairs: Iterable[tuple[Node, Node]]) -> Callable[[Node], Node]:
    """For each node the one that stands for its whole connected component; a node in no pair stands for itself.

    Union-find with path halving (Tarjan & van Leeuwen, 1984).
    """
    above: dict[Node, Node] = {}

    def top(node: Node) -> Node:
        while above.setdefault(node, node) != node:
            above[node] = above[above[node]]
            node = above[node]
        return node

    for one, other in pairs:
        above[top(one)] = top(other)
    return top


def components(diseases: Sequence[str], papers: Sequence[Iterable[str]]) -> list[str]:
    """The connected component of each case, named by its least disease.

    Two cases belong together if they share a disease or a paper, or if a row of others joins them.
    """
    top = joined(
        (("paper", paper), ("disease", disease))
        for disease, named in zip(diseases, papers, strict=True)
        for paper in named
    )
    roots = [top(("disease", disease)) for disease in diseases]
    least: dict[tuple[str, str], str] = {}
    for root, disease in zip(roots, diseases, strict=True):
        least[root] = min(disease, least.get(root, disease))
    return [least[root] for root in roots]
