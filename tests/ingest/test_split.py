"""A split never parts a family, is balanced, and needs no seed."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from avicena.ingest.split import assign

FAMILIES = st.dictionaries(
    st.text(min_size=1, max_size=6),
    st.dictionaries(st.sampled_from(["a", "b", "c"]), st.integers(1, 30), min_size=1),
    min_size=1,
    max_size=40,
)


@given(FAMILIES, st.integers(2, 6))
def test_every_family_has_one_fold_and_none_stays_empty_that_could_be_filled(
    families: dict[str, dict[str, int]], folds: int
) -> None:
    fold_of = assign(families, folds)
    assert fold_of.keys() == families.keys()
    assert set(fold_of.values()) == set(range(min(folds, len(families))))


@given(FAMILIES, st.integers(2, 6), st.randoms(use_true_random=False))
def test_the_order_of_families_and_labels_does_not_matter(families, folds, chance) -> None:  # type: ignore[no-untyped-def]
    names = list(families)
    chance.shuffle(names)
    shuffled = {name: dict(reversed(families[name].items())) for name in names}
    assert assign(shuffled, folds) == assign(families, folds)


@given(FAMILIES, st.data())
def test_given_folds_stay(families: dict[str, dict[str, int]], data: st.DataObject) -> None:
    given_folds = data.draw(st.dictionaries(st.sampled_from(sorted(families)), st.integers(0, 3)))
    fold_of = assign(families, 4, given_folds)
    assert given_folds.items() <= fold_of.items()


def test_a_rare_label_weighs_as_much_as_a_frequent_one() -> None:
    families = {f"both{n}": {"rare": 1, "often": 1 + n * 7 % 30} for n in range(8)}
    families |= {f"one{n}": {"often": 1 + n * 7 % 40} for n in range(20)}
    folds = assign(families, 4)
    rare = Counter(folds[name] for name in families if name.startswith("both"))
    assert rare == {0: 2, 1: 2, 2: 2, 3: 2}


def test_each_label_is_shared_out_evenly() -> None:
    families = {
        f"{label}{n}": {label: 1 + n % 7} for label, many in (("rare", 21), ("often", 140)) for n in range(many)
    }
    folds = assign(families, 4)
    shares = {label: Counter[int]() for label in ("rare", "often")}
    for name, labels in families.items():
        for label, rows in labels.items():
            shares[label][folds[name]] += rows
    for counted in shares.values():
        assert max(counted.values()) - min(counted.values()) <= 1
