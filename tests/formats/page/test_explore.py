"""The page of a dataset version: what it says, and that nothing of it is markup or leaves."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import get_args

import pytest

from avicena.core.profile import Profile
from avicena.core.text import Language
from avicena.formats.image import read
from avicena.formats.page.explore import Explored, page
from avicena.formats.page.pictures import data_uri
from avicena.formats.page.words import WORDS
from tests.formats.page.datasets import EVIL, SECRET, explored, pictures, profiled
from tests.formats.pictures import SECRET as PATIENT
from tests.formats.pictures import jpeg
from tests.small import application

BOTH: tuple[Language, ...] = get_args(Language)


class Reading(HTMLParser):
    """Tags, identifiers, texts and addresses of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def made(language: Language = "en", of: Explored | None = None) -> str:
    return page(application, of or explored(), language, pictures)


@pytest.mark.parametrize("language", BOTH)
def test_the_page_names_its_language_and_has_a_title_landmarks_and_one_first_heading(language: Language) -> None:
    tags = Reading(made(language)).tags
    names = [tag for tag, _ in tags]
    assert dict(tags)["html"]["lang"] == language
    assert [names.count(one) for one in ("h1", "header", "nav", "main", "footer")] == [1] * 5
    assert names.index("title") < names.index("body")
    assert ("a", {"class": "skip", "href": "#main"}) in tags


@pytest.mark.parametrize("language", BOTH)
def test_every_chart_has_a_title_a_description_and_a_table(language: Language) -> None:
    tags = Reading(made(language)).tags
    ids = [told["id"] for _, told in tags if "id" in told]
    charts = [told for tag, told in tags if tag == "svg" and told.get("role") == "img"]
    assert charts
    for chart in charts:
        name = str(chart["aria-labelledby"]).removesuffix("-t")
        assert {f"{name}-t", f"{name}-d", f"{name}-c"} <= set(ids)
    assert len(ids) == len(set(ids))


def test_every_link_of_the_page_goes_to_a_place_on_it() -> None:
    tags = Reading(made()).tags
    ids = {f"#{told['id']}" for _, told in tags if "id" in told}
    links = {told["href"] for tag, told in tags if tag == "a"}
    assert links <= ids


@pytest.mark.parametrize("language", BOTH)
def test_what_comes_from_data_is_text_and_never_markup(language: Language) -> None:
    text = made(language)
    assert "script" not in [tag for tag, _ in Reading(text).tags]
    assert EVIL in Reading(text).text
    assert not any(name.startswith("on") for _, told in Reading(text).tags for name in told)


def test_nothing_on_the_page_names_another_place_and_the_policy_forbids_it() -> None:
    text = made()
    assert re.findall(r"https?:|//[a-z]|url\(|@import", text.replace("</", "<")) == []
    policy = next(told["content"] for _, told in Reading(text).tags if "http-equiv" in told)
    assert str(policy).startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    sources = [told["src"] for tag, told in Reading(text).tags if tag == "img"]
    assert sources
    assert all(str(one).startswith("data:image/jpeg;base64,") for one in sources)
    assert not any("style" in told for _, told in Reading(text).tags)


def test_the_same_dataset_gives_the_same_bytes() -> None:
    assert made() == made()


def test_no_name_row_or_note_of_a_patient_is_on_the_page() -> None:
    text = made()
    assert SECRET not in text
    assert "since 2019" not in text
    assert re.findall(r"\br\d{3}\b|\bF\d+\b", Reading(text).text) == []


def test_the_page_says_that_it_shows_patients() -> None:
    assert "pictures and figures of patients" in Reading(made("en")).text
    assert "imágenes y cifras de pacientes" in Reading(made("es")).text
    alts = [told["alt"] for tag, told in Reading(made()).tags if tag == "img"]
    assert all(str(one).startswith("Patient picture: ") for one in alts)


def test_findings_stand_with_effect_interval_and_who_accepted_them_serious_ones_first() -> None:
    text = Reading(made()).text
    assert "AUROC 0.990" in text
    assert "0.970 – 1.000" in text
    assert "Accepted by ana on 2026-01-02: known" in text
    assert text.index("→ leave it out") < text.index("class and source →")
    assert "files (none)" in text


def test_a_version_that_was_not_audited_says_so_and_how_to_do_it() -> None:
    text = Reading(made(of=Explored(profiled()))).text
    assert f"avicena check small-tumour {profiled().dataset[7:19]}" in text
    assert "was not audited" in text


def test_an_audit_that_found_nothing_says_so() -> None:
    found = explored()
    assert found.audit is not None
    text = Reading(made(of=replace(found, audit=replace(found.audit, findings=())))).text
    assert "found no leak and no shortcut" in text


def test_what_changed_against_the_parent_is_told_or_that_there_is_none() -> None:
    assert "60 rows before, 120 now: 60 added, 0 removed" in Reading(made()).text
    assert "no parent on this site" in Reading(made(of=Explored(profiled()))).text


def test_figures_are_written_as_the_language_does() -> None:
    assert "AUROC 0,990" in Reading(made("es")).text
    assert "sin imagen" not in made("en")


def test_a_page_of_nothing_is_a_page() -> None:
    empty: Profile = profiled([])
    text = Reading(page(application, Explored(empty), "en")).text
    assert "There are no pictures" in text
    assert "There are no notes" in text


def test_classes_too_many_for_colours_are_drawn_as_a_grid() -> None:
    found = profiled()
    tab = next(one for one in found.crosstabs if one.by == "source")
    many = replace(
        tab,
        classes=tuple(f"class {n}" for n in range(9)),
        rows=tuple((1,) * 9 for _ in tab.levels),
        families=tuple((1,) * 9 for _ in tab.levels),
    )
    text = page(application, Explored(replace(found, crosstabs=(many,))), "en")
    assert 'aria-labelledby="by-0-t"' not in text
    assert re.search(r'class="heat">\s*<caption id="by-0-c"', text)


def test_a_small_picture_holds_pixels_and_no_metadata() -> None:
    import base64

    data = jpeg(comment=PATIENT.encode())
    small = base64.b64decode(data_uri(data).partition(",")[2])
    assert PATIENT.encode() in data
    assert PATIENT.encode() not in small
    assert read(small).pixels.shape == read(data).pixels.shape


def test_every_word_of_the_page_is_in_both_languages() -> None:
    for name, text in WORDS.items():
        assert text.en, name
        assert text.es, name
        fields = [set(re.findall(r"{\w+}", one)) for one in (text.en, text.es)]
        assert fields[0] == fields[1], name
