"""One installation: the one door for writes, and a model that goes on answering when a newer one cannot be loaded."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from avicena import lifecycle, queries
from avicena.core.actor import Actor
from avicena.core.case import Case, Upload
from avicena.core.encoding import Impute
from avicena.core.errors import Blocked, Misconfigured, NotAllowed, NotDeployed, Untrusted
from avicena.core.model import Deployment, ModelVersion
from avicena.site import Site, open_site
from tests import small

NAME = small.application.name


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """An installation that answers small questions."""
    opened = small.small_site(tmp_path / "site")
    yield opened
    opened.close()


def ask(site: Site) -> str:
    """Ask a small question; the answer's id."""
    raw = {"mri": Upload(small.picture()), "age": 54, "sex": "female", "note": "headache"}
    return lifecycle.answer(site, NAME, raw, small.PERSON).id


def outcomes(site: Site, last: int) -> list[str]:
    """How the newest acts came out, oldest first."""
    return [line.entry.outcome for line in queries.audit(site, last)]


def edit(site: Site, sql: str, *values: object) -> None:
    """Change the database behind the site's back."""
    with sqlite3.connect(site.settings.folder / "avicena.db") as connection:
        assert connection.execute(sql, values).rowcount > 0
    connection.close()


def test_an_act_that_fails_at_its_end_leaves_its_audit_line_and_no_record(site: Site) -> None:
    deployment = site.find(Deployment, "deployment", NAME, newest=1)[0]
    with site.act(small.PERSON, "deploy", NAME) as act:
        act.keep("deployment", "twice", deployment)
    with pytest.raises(Blocked), site.act(small.PERSON, "deploy", NAME) as act:
        act.keep("deployment", "twice", deployment)
    assert outcomes(site, 2) == ["done", "Blocked"]


def test_who_lacks_the_role_is_refused_and_audited(site: Site) -> None:
    with pytest.raises(NotAllowed):
        lifecycle.read(site, ask(site), Actor("engineer", ("engineer",)))
    assert outcomes(site, 1) == ["NotAllowed"]


def test_a_version_that_names_another_bundle_than_the_reviewed_one_never_answers(site: Site) -> None:
    small.install(site, rounds=3)
    version = site.get(ModelVersion, "version", f"{NAME}/2")
    first = site.get(ModelVersion, "version", f"{NAME}/1").bundle
    edit(site, "UPDATE record SET body = replace(body, ?, ?) WHERE id = ?", version.bundle, first, version.id)
    again = small.small_site(site.settings.folder)
    with pytest.raises(Untrusted, match="altered"):
        again.live(NAME)
    again.close()


def test_a_review_that_was_altered_never_answers(site: Site) -> None:
    edit(site, "UPDATE record SET body = replace(body, 'small, for tests', 'by all means') WHERE kind = 'review'")
    again = small.small_site(site.settings.folder)
    with pytest.raises(Untrusted, match="altered"):
        ask(again)
    again.close()


@pytest.mark.parametrize("kind", ["bundle", "review"])
def test_the_old_model_keeps_answering_when_the_newest_deployment_does_not_load(site: Site, kind: str) -> None:
    live = site.live(NAME)
    other = small.small_site(site.settings.folder, installed=False)
    small.install(other, rounds=3)
    other.close()
    broken = "DELETE FROM record WHERE kind = ? AND seq = (SELECT max(seq) FROM record WHERE kind = ?)"
    edit(site, broken, kind, kind)
    site.forget(NAME)
    assert site.live(NAME) is live
    assert site.problem(NAME) is not None
    assert ask(site)


def test_nothing_answers_before_something_was_deployed(tmp_path: Path) -> None:
    empty = small.small_site(tmp_path, installed=False)
    with pytest.raises(NotDeployed, match="avicena deploy"):
        ask(empty)
    empty.close()


def test_an_altered_end_of_the_audit_chain_is_named_although_no_line_can_be_added(site: Site) -> None:
    edit(site, "UPDATE head SET mac = ?", "0" * 64)
    fault, _ = lifecycle.verify(site, None, small.PERSON)
    assert fault is not None
    assert "head" in fault


def test_a_replayed_answer_is_the_same_and_an_altered_picture_is_found_out(site: Site) -> None:
    id = ask(site)
    assert lifecycle.replay(site, id, small.PERSON) <= 1e-6
    digest = str(lifecycle.read(site, id, small.PERSON).case.values["mri"]).removeprefix("sha256:")
    (site.settings.folder / "blobs" / digest[:2] / digest).write_bytes(small.picture(seed=1))
    with pytest.raises(Untrusted):
        lifecycle.replay(site, id, small.PERSON)


def upgraded(site: Site, **changed: Any) -> Site:
    """The same installation with a newer release of its application, which declares encodings."""
    image, trees = small.application.chain
    newer: Any = replace(trees, encodings=(Impute("age"),))  # type: ignore[type-var]
    app = replace(small.application, chain=(image, newer), **changed)
    return open_site(site.settings, {NAME: app})


def test_after_an_upgrade_to_other_encodings_the_old_model_answers_nobody_and_the_steps_are_told(site: Site) -> None:
    newer = upgraded(site)
    with pytest.raises(Untrusted, match=r"avicena install small-tumour.*avicena review.*avicena deploy"):
        ask(newer)
    newer.close()


def test_after_an_upgrade_to_other_encodings_an_old_answer_is_still_computed_again(site: Site) -> None:
    id, newer = ask(site), upgraded(site)
    assert lifecycle.replay(newer, id, small.PERSON) <= 1e-6
    newer.close()


def test_an_answer_by_columns_that_an_upgrade_no_longer_makes_says_which_and_where_to_replay_it(site: Site) -> None:
    def fewer(case: Case) -> dict[str, float]:
        return {name: value for name, value in small.features(case).items() if name != "age"}

    id, newer = ask(site), upgraded(site, features=fewer)
    with pytest.raises(Misconfigured, match=r"no longer makes \(age\).*release that trained the model \(tests\)"):
        lifecycle.replay(newer, id, small.PERSON)
    assert outcomes(newer, 1) == ["Misconfigured"]
    newer.close()
