"""Links lead somewhere: to pages, headings and pictures that exist, and all pages can be found."""

import re
from typing import Final
from urllib.parse import parse_qs, urlsplit

import pytest

from custom_components.orvibo_s20.const import DOMAIN

from .pages import ALL_PAGES, PAGES, ROOT, Page

README: Final = PAGES[0]


def inside(page: Page) -> list[str]:
    """Return the links of a page that stay in the repository."""
    return [link for link in page.links if not urlsplit(link).scheme]


@pytest.mark.parametrize("page", ALL_PAGES, ids=str)
def test_a_link_leads_to_a_file(page: Page) -> None:
    targets = [link.partition("#")[0] for link in inside(page)]
    missing = [target for target in targets if not (page.path.parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize("page", ALL_PAGES, ids=str)
def test_a_link_leads_to_a_heading(page: Page) -> None:
    for link in inside(page):
        target, _, anchor = link.partition("#")
        there = Page((page.path.parent / target).resolve()) if target else page
        if anchor:
            assert anchor in there.anchors, link


@pytest.mark.parametrize("page", ALL_PAGES, ids=str)
def test_headings_can_be_told_apart(page: Page) -> None:
    if page.path.name != "CHANGELOG.md":  # the same few headings in each version
        assert sorted(set(page.anchors)) == sorted(page.anchors)


@pytest.mark.parametrize("page", ALL_PAGES, ids=str)
def test_a_link_to_elsewhere_is_a_secure_address(page: Page) -> None:
    for link in page.links:
        if scheme := urlsplit(link).scheme:
            assert scheme == "https"
            assert re.fullmatch(r"[\w-]+(\.[\w-]+)+", urlsplit(link).netloc)


def test_the_buttons_open_this_integration() -> None:
    buttons = [urlsplit(link) for link in README.links if "/redirect/" in link]
    queries = {button.path.strip("/").split("/")[-1]: parse_qs(button.query) for button in buttons}
    assert queries["config_flow_start"] == {"domain": [DOMAIN]}
    assert queries["hacs_repository"]["repository"] == [DOMAIN]
    assert queries["hacs_repository"]["category"] == ["integration"]


def test_the_readme_leads_to_every_page() -> None:
    assert {str(page) for page in PAGES[1:]} <= set(README.links)


def test_every_picture_is_shown_on_some_page() -> None:
    shown = {
        (page.path.parent / link).resolve()
        for page in PAGES
        for link in inside(page)
        if link.endswith(".png")
    }
    unused = set((ROOT / "docs" / "images").iterdir()) - shown
    assert {path.name for path in unused} == set()


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_pages_say_what_a_picture_shows(page: Page) -> None:
    assert re.findall(r"!\[\]\(", page.text) == []


def test_the_readme_is_short() -> None:
    assert len(README.text.splitlines()) <= 130


def test_hacs_can_show_the_pictures_of_the_readme() -> None:
    """It finds pictures of the repository in Markdown only, where a folder is before their name."""
    assert "<img" not in README.text
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]*)\)", README.text)
    assert all("/" in picture for picture in pictures)
