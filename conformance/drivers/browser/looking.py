"""Reads a page as a person sees it: what is visible, its words, its place on the screen."""

import re
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from conformance.drivers.browser.steps import ValueSource

Rectangle = tuple[float, float, float, float]

_QUICK_MS = 2000.0
_WINDOW = "[screenX, screenY, outerWidth - innerWidth, outerHeight - innerHeight]"
_FIELDS = frozenset({"input", "textarea", "select"})


def visible(page: Page, selector: str) -> Locator:
    """The first visible element that fits."""
    return page.locator(selector).filter(visible=True).first


def text_of(element: Locator, attribute: str | None = None) -> str:
    """What a person reads there: an attribute if named, a field's content, else its words."""
    if attribute is not None:
        return element.get_attribute(attribute, timeout=_QUICK_MS) or ""
    name = element.evaluate("e => e.tagName.toLowerCase()", timeout=_QUICK_MS)
    if name in _FIELDS:
        return element.input_value(timeout=_QUICK_MS).strip()
    return element.inner_text(timeout=_QUICK_MS).strip()


def place_of(page: Page, element: Locator, *, on_screen: bool) -> Rectangle | None:
    """Its box, if a person can see at least half of it without scrolling; else None.

    `on_screen`: in pixels of the screen, the window's own bars counted; else of the page.
    """
    box = element.bounding_box(timeout=_QUICK_MS)
    if box is None:
        return None
    width, height = page.evaluate("[innerWidth, innerHeight]")
    seen_width = min(box["x"] + box["width"], width) - max(box["x"], 0)
    seen_height = min(box["y"] + box["height"], height) - max(box["y"], 0)
    if seen_width <= 0 or seen_height <= 0:
        return None
    if seen_width * seen_height < 0.5 * min(box["width"] * box["height"], width * height):
        return None
    left, top = origin_on_screen(page) if on_screen else (0.0, 0.0)
    return left + box["x"], top + box["y"], box["width"], box["height"]


def origin_on_screen(page: Page) -> tuple[float, float]:
    """Where the page's top left corner stands on the screen: under tabs and address bar."""
    x, y, borders, bars = page.evaluate(_WINDOW)
    return x + borders / 2, y + bars - borders / 2


def centre_on_screen(page: Page, element: Locator) -> tuple[float, float] | None:
    """The middle of an element, in pixels of the screen."""
    box = element.bounding_box(timeout=_QUICK_MS)
    if box is None:
        return None
    left, top = origin_on_screen(page)
    return left + box["x"] + box["width"] / 2, top + box["y"] + box["height"] / 2


def read_values(page: Page, sources: Mapping[str, ValueSource]) -> dict[str, Any]:
    """The values that are on the page now; one whose element is not there is left out."""
    values: dict[str, Any] = {}
    for name, source in sources.items():
        value = _value(page, source)
        if value is not None:
            _put(values, name.split("."), value)
    return values


def _value(page: Page, source: ValueSource) -> Any:
    if source.selector is None:
        return _kept(page.url, source.pattern)
    if source.present:
        return visible(page, source.selector).is_visible()
    if source.all:
        matches = page.locator(source.selector).filter(visible=True).all()
        texts = [_kept(text_of(match, source.attribute), source.pattern) for match in matches]
        return [text for text in texts if text is not None]
    element = _any(page, source)
    if element is None:
        return None
    try:
        return _kept(text_of(element, source.attribute), source.pattern)
    except PlaywrightTimeout:  # it left the page meanwhile
        return None


def _any(page: Page, source: ValueSource) -> Locator | None:
    """An attribute may be read off a hidden element, words only off a visible one."""
    assert source.selector is not None
    element = (
        page.locator(source.selector).first if source.attribute else visible(page, source.selector)
    )
    return element if element.count() else None


def _kept(text: str, pattern: str | None) -> str | None:
    if pattern is None:
        return text
    found = re.search(pattern, text)
    return found[1] if found else None


def _put(values: dict[str, Any], path: list[str], value: Any) -> None:
    for name in path[:-1]:
        values = values.setdefault(name, {})
    values[path[-1]] = value
