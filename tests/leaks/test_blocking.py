"""An audit blocks training, a person may override it, and the groups that it found can be the split."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps
from typer.testing import CliRunner

from avicena import catalogue, curation, lifecycle, queries
from avicena.cli.main import app
from avicena.core.actor import Actor
from avicena.core.errors import Blocked, NotAllowed, NotFound
from avicena.core.leak import LeakReport
from avicena.kept import leak_report, rows_of
from avicena.site import Site
from tests.leaks.planted import saved, texture
from tests.story import hospital
from tests.story.test_story import NAME, bring
from tests.tables import PERSON, patients, table_site

ENGINEER = Actor("engineer", ("engineer",))


def mirrored(path: Path) -> bytes:
    with Image.open(path) as image:
        return saved(ImageOps.mirror(image).rotate(90), "PNG")


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, str]:
    """A site with an audited dataset: the note gives the treatment away, and six pictures stand there twice."""
    from avicena.settings import Settings
    from avicena.site import open_site

    folder = tmp_path_factory.mktemp("leaky")
    hospital.write(folder, planted=True, families=80)
    images, manifest = folder / "images", folder / "manifest.csv"
    random = np.random.default_rng(0)
    for path in sorted(images.iterdir()):
        path.write_bytes(saved(Image.fromarray(texture(random)), "PNG"))
    table = folder / "table.csv"
    lines, rows = manifest.read_text().splitlines(), table.read_text().splitlines()
    for number in range(6):
        (images / f"c{number}.png").write_bytes(mirrored(images / f"{number:03d}_0.png"))
        lines.append(lines[1 + number].replace(f"{number:03d}_0", f"c{number}").replace(f"F{number:03d}", f"G{number}"))
        rows.append(rows[1 + number].replace(f"{number:03d}_0", f"c{number}"))
    table.write_text("\n".join(rows) + "\n")
    manifest.write_text("\n".join(lines) + "\n")
    site = open_site(Settings(site=str(folder / "site")), {NAME: hospital.small_application()})
    dataset = bring(site, folder)
    curation.check(site, NAME, dataset, hospital.DOCTOR)
    return site, dataset


def test_a_serious_finding_blocks_training_until_each_kind_is_overridden(audited: tuple[Site, str]) -> None:
    site, dataset = audited
    report = leak_report(site, NAME, dataset)
    assert report is not None
    assert {"copies across split", "phrase"} & {one.kind for one in report.serious}
    with pytest.raises(Blocked, match="--override"):
        lifecycle.train(site, NAME, {"tumour": dataset, "treatment": dataset}, 0, hospital.DOCTOR)


def test_an_override_wants_a_reason_a_reviewer_and_a_finding(audited: tuple[Site, str]) -> None:
    site, dataset = audited
    report = leak_report(site, NAME, dataset)
    assert report is not None
    kind = report.serious[0].kind
    with pytest.raises(Blocked, match="reason"):
        curation.override(site, NAME, dataset, kind, " ", hospital.DOCTOR)
    with pytest.raises(Blocked, match="no serious finding"):
        curation.override(site, NAME, dataset, "weather", "why not", hospital.DOCTOR)
    with pytest.raises(NotAllowed):
        curation.override(site, NAME, dataset, kind, "I am in a hurry", ENGINEER)
    kept = curation.override(site, NAME, dataset, kind, "negative control", hospital.DOCTOR)
    assert catalogue.overrides(site, NAME, dataset)[-1] == kept
    assert (kept.report, kept.findings) == (report.id, report.names(kind))
    assert [line.entry.act for line in queries.audit(site, 1)] == ["override"]


def test_the_grouping_that_was_found_becomes_the_split_of_a_new_version(audited: tuple[Site, str]) -> None:
    site, dataset = audited
    made = curation.regroup(site, NAME, dataset, hospital.DOCTOR)
    assert made.parents == (dataset,)
    assert made.counts["families"] == 80
    rows = {Path(row.id).stem: row for row in rows_of(site, made)}
    for number in range(6):
        copy, original = rows[f"c{number}"], rows[f"{number:03d}_0"]
        assert (copy.family, copy.fold) == (original.family, original.fold)
    with pytest.raises(Blocked, match=r"never audited.*run `avicena check brain-tumour"):
        lifecycle.train(site, NAME, {"tumour": made.id, "treatment": made.id}, 0, hospital.DOCTOR)
    again = curation.check(site, NAME, made.id, hospital.DOCTOR)
    assert not {"copies", "copies across split"} & {one.kind for one in again.findings}


def test_what_an_audit_finds_counts_as_newest_be_it_what_an_older_one_found(tmp_path: Path) -> None:
    site = table_site(tmp_path)
    dataset = curation.freeze(site, "small-fever", (), lambda _: b"", {"table": patients(range(60))}, PERSON).id
    first = curation.check(site, "small-fever", dataset, PERSON)
    assert curation.check(site, "small-fever", dataset, PERSON) == first
    assert len(site.find(LeakReport, "leaks", "small-fever")) == 1
    other = replace(first, id="sha256:other", looked=())
    with site.act(PERSON, "check", "small-fever") as act:
        act.keep("leaks", other.id, other)
    assert leak_report(site, "small-fever", dataset) == other
    assert curation.check(site, "small-fever", dataset, PERSON) == first
    assert leak_report(site, "small-fever", dataset) == first
    assert site.find(LeakReport, "leaks", "small-fever") == [first, other, first]


def regrouped(site: Site, dataset: str, *words: str) -> tuple[int, str]:
    """The exit code of `avicena check --regroup`, and what it said."""
    environment = {"AVICENA_SITE": site.settings.site, "COLUMNS": "400"}
    done = CliRunner().invoke(app, ["check", NAME, dataset, "--regroup", *words, "--lang", "en"], env=environment)
    return done.exit_code, " ".join(done.output.split())


def test_regrouping_tells_to_audit_the_new_version_and_passes_only_if_a_new_split_mends_all(
    audited: tuple[Site, str],
) -> None:
    site, dataset = audited
    made = curation.regroup(site, NAME, dataset, hospital.DOCTOR)
    code, said = regrouped(site, dataset)
    assert code == 3
    assert f"avicena check {NAME} {made.id.removeprefix('sha256:')[:12]}" in said
    report = leak_report(site, NAME, dataset)
    assert report is not None
    assert "copies across split" in {one.kind for one in report.serious}
    for kind in {one.kind for one in report.serious} - {"copies across split"}:
        curation.override(site, NAME, dataset, kind, "negative control", hospital.DOCTOR)
    code, said = regrouped(site, dataset)
    assert (code, "avicena check" in said, "overridden by doctor" in said) == (0, True, True)


def test_a_sampled_audit_is_no_ground_for_a_split_and_an_audit_of_all_rows_is(
    audited: tuple[Site, str],
) -> None:
    site, dataset = audited
    assert curation.check(site, NAME, dataset, hospital.DOCTOR, most=60).sampled
    with pytest.raises(Blocked, match="--whole"):
        curation.regroup(site, NAME, dataset, hospital.DOCTOR)
    assert regrouped(site, dataset, "--whole")[0] in (0, 3)
    report = leak_report(site, NAME, dataset)
    assert report is not None
    assert not report.sampled


def test_a_dataset_that_was_not_audited_can_be_neither_overridden_nor_regrouped(audited: tuple[Site, str]) -> None:
    site, _ = audited
    with pytest.raises(NotFound):
        curation.regroup(site, NAME, "sha256:none", hospital.DOCTOR)
    with pytest.raises(NotFound):
        curation.override(site, NAME, "sha256:none", "phrase", "why", hospital.DOCTOR)
