"""The page in a real browser: accessible, offline, and readable on paper."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from avicena.core.text import Language
from avicena.formats.page.explore import Explored
from avicena.formats.page.explore import page as explore
from avicena.formats.page.review import page as technical
from tests.formats.page.datasets import explored, pictures, profiled
from tests.formats.page.reviews import bare, gated, reviewed
from tests.small import application

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.browser

TWO_ONE = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

WIDER = """[...document.querySelectorAll("table, svg.chart, p, ul")]
  .filter(one => one.getBoundingClientRect().right > innerWidth + 1).map(one => one.outerHTML.slice(0, 200))"""
"""What is cut off at the right."""


@dataclass
class Tab:
    """A tab of the browser: what it asked for, what of that would have left the machine, what it complained of."""

    page: "Page"
    asked: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


@pytest.fixture
def tab(browser: "Browser") -> Iterator[Tab]:
    """An empty tab that lets nothing out."""
    found = Tab(browser.new_page(viewport={"width": 1200, "height": 900}))

    def stop(route: "Route") -> None:
        found.left.append(route.request.url)
        route.abort()

    found.page.on("request", lambda request: found.asked.append(request.url))
    found.page.on("console", lambda message: found.said.append(message.text))
    found.page.on("pageerror", lambda error: found.said.append(str(error)))
    found.page.route(lambda url: not url.startswith(("file:", "data:")), stop)
    yield found
    found.page.close()


def shown(tab: Tab, folder: Path, text: str) -> "Page":
    """The tab's page, which shows this text from a file."""
    (folder / "page.html").write_text(text, encoding="utf-8")
    tab.page.goto((folder / "page.html").as_uri())
    return tab.page


def violations(page: "Page") -> list[str]:
    """What axe-core finds wrong, with the first place of each."""
    page.evaluate((resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate(f"axe.run({{runOnly: {list(TWO_ONE)}}})")
    assert len(found["passes"]) > 20
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found["violations"]]


@pytest.mark.parametrize("language", ["en", "es"])
def test_axe_finds_no_violation_and_nothing_is_asked_of_a_network(tab: Tab, tmp_path: Path, language: Language) -> None:
    page = shown(tab, tmp_path, explore(application, explored(), language, pictures))
    assert violations(page) == []
    assert tab.said == []
    assert {url for url in tab.asked if not url.startswith("data:image/jpeg")} == {page.url}


def test_axe_finds_no_violation_on_a_page_of_nothing_on_a_telephone(tab: Tab, tmp_path: Path) -> None:
    tab.page.set_viewport_size({"width": 360, "height": 700})
    assert violations(shown(tab, tmp_path, explore(application, Explored(profiled([])), "en"))) == []


def test_axe_would_see_a_fault(tab: Tab, tmp_path: Path) -> None:
    text = explore(application, explored(), "en", pictures)
    page = shown(tab, tmp_path, text.replace('alt="', 'data-alt="').replace(' lang="en"', ""))
    assert {one.partition(":")[0] for one in violations(page)} >= {"html-has-lang", "image-alt"}


def test_the_policy_of_the_page_stops_a_script_and_a_call_home(tab: Tab, tmp_path: Path) -> None:
    hostile = "<script>document.title = 'owned'</script><img src='https://example.org/x.png' alt='x'></main>"
    text = explore(application, explored(), "en", pictures).replace("</main>", hostile)
    page = shown(tab, tmp_path, text)
    assert page.title() == "Dataset of small-tumour"
    assert tab.left == []
    assert sum("Content Security Policy" in one for one in tab.said) == 2
    page = shown(tab, tmp_path, text.replace("http-equiv", "data-equiv"))
    assert (page.title(), tab.left) == ("owned", ["https://example.org/x.png"])


def test_on_paper_the_charts_and_pictures_stay_and_the_contents_go(tab: Tab, tmp_path: Path) -> None:
    page = shown(tab, tmp_path, explore(application, explored(), "en", pictures))
    page.set_viewport_size({"width": 680, "height": 960})  # A4 between its margins
    page.emulate_media(media="print")
    assert not page.is_visible("nav")
    assert all(page.is_visible(one) for one in ("svg.chart", ".sheet img", ".patient"))
    assert page.evaluate(WIDER) == []
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_the_first_key_leads_past_the_contents(tab: Tab, tmp_path: Path) -> None:
    page = shown(tab, tmp_path, explore(application, explored(), "en", pictures))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("language", ["en", "es"])
def test_axe_finds_no_violation_on_a_technical_review_wide_and_on_a_telephone(
    tab: Tab, tmp_path: Path, language: Language
) -> None:
    page = shown(tab, tmp_path, technical(gated(), reviewed(), language, pictures))
    assert violations(page) == []
    tab.page.set_viewport_size({"width": 360, "height": 700})
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert tab.said == []
    assert {url for url in tab.asked if not url.startswith("data:image/jpeg")} == {page.url}


def test_a_technical_review_of_a_candidate_from_elsewhere_is_accessible_too(tab: Tab, tmp_path: Path) -> None:
    assert violations(shown(tab, tmp_path, technical(gated(), bare(), "en", pictures))) == []


def test_a_technical_review_on_paper_cuts_nothing_off(tab: Tab, tmp_path: Path) -> None:
    page = shown(tab, tmp_path, technical(gated(), reviewed(), "es", pictures))
    page.set_viewport_size({"width": 680, "height": 960})  # A4 between its margins
    page.emulate_media(media="print")
    assert all(page.is_visible(one) for one in ("svg.chart", ".sheet img", ".patient", ".signed"))
    assert page.evaluate(WIDER) == []
