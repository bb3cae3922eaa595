"""A split never parts a family, is balanced, and needs no seed."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from avicena.ingest.split import assign, assign_many

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


def many(changed: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """Families of three common labels, one of 30 families and one of 3."""
    made = {f"f{one}": {f"common {one % 3}": 1 + one % 2} for one in range(3_000)}
    made |= {f"r{one}": {"rare": 1} for one in range(30)} | {f"s{one}": {"rarest": 1} for one in range(3)}
    return made | changed


def test_of_many_families_each_keeps_its_fold_whatever_becomes_of_the_others() -> None:
    before = assign_many(many({}), 4)
    after = assign_many(many({"f7": {"common 0": 1}, "new": {"common 1": 5}}), 4)
    assert {family for family in before if before[family] != after[family]} == set()


def test_of_many_families_common_labels_are_balanced_by_chance_and_rare_ones_by_number() -> None:
    folds = assign_many(many({}), 4)
    for label, least, most in (("common 0", 200, 300), ("rare", 7, 8), ("rarest", 0, 1)):
        counted = Counter(folds[family] for family, labels in many({}).items() if label in labels)
        assert all(least <= counted[fold] <= most for fold in range(4))


def test_of_many_families_those_with_a_fold_keep_it() -> None:
    given = {"f1": 3, "r1": 3, "s1": 3}
    folds = assign_many(many({}), 4, given)
    assert {family: folds[family] for family in given} == given
    assert folds.keys() == many({}).keys()
