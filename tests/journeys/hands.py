"""Three ways of using a page: with the mouse, by keyboard alone, and with JavaScript off. One story, walked thrice."""

from __future__ import annotations

import base64
from datetime import date, time
from pathlib import Path
from typing import ClassVar

from playwright.sync_api import Locator, Page, expect

STOPS = 150  # more than any page has

# Where the focus is, and whether one can see it: a ring on the element or on what is drawn for it, inside the window.
FOCUS = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return {lost: true, origin: performance.timeOrigin};
  const drawn = (style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  const ringed = (el) => el && (drawn(getComputedStyle(el)) || drawn(getComputedStyle(el, '::after')));
  // The small button inside a date field is the browser's own, with the browser's own ring.
  const inside = at.matches('input:focus-within:not(:focus)');
  const near = [at, at.parentElement, at.parentElement?.parentElement, ...(at.parentElement?.children ?? [])];
  const box = at.getBoundingClientRect();
  const shown = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const covering = document.elementFromPoint(
    Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1),
    Math.min(Math.max(box.top + Math.min(box.height, innerHeight) / 2, 1), innerHeight - 1));
  const covered = covering && !at.contains(covering) && !covering.contains(at)
    && getComputedStyle(covering.closest('header, nav, .toast') ?? covering).position.match(/sticky|fixed/);
  return {lost: false, origin: performance.timeOrigin, ringed: at.matches('main') || inside || near.some(ringed), shown,
    covered: !!covered, what: at.outerHTML.slice(0, 160)};
}"""
SAME = "(target) => target === document.activeElement"
SAME_GROUP = """(target) => {
  const at = document.activeElement;
  return at.type === 'radio' && at.name === target.name && at.form === target.form;
}"""
INSIDE_MAIN = "(target) => !!target.closest('main')"
COPY_PICTURE = """async (encoded) => {
  const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
  const picture = new ClipboardItem({'image/png': new Blob([bytes], {type: 'image/png'})});
  await navigator.clipboard.write([picture]);
}"""


class Mouse:
    """Points, clicks and types."""

    scripts: ClassVar[bool] = True

    def __init__(self, page: Page) -> None:
        self.page = page
        self.acts = 0  # what the person has done since somebody last began to count

    def press(self, target: Locator) -> None:
        """Press a button or follow a link."""
        self.acts += 1
        target.click()

    def write(self, field: Locator, words: str) -> None:
        """Go to a field and write: two acts."""
        self.acts += 2
        field.click()
        field.fill("")
        self.page.keyboard.type(words)

    def enter(self) -> None:
        """Press Enter where one is."""
        self.acts += 1
        self.page.keyboard.press("Enter")

    def tick(self, box: Locator) -> None:
        """Tick a box, or choose one of several, by the words beside it."""
        self.acts += 1
        if not box.is_checked():
            name = box.get_attribute("id")
            label = box.locator("xpath=ancestor::label")
            (label if label.count() else self.page.locator(f"label[for='{name}']")).click()
        expect(box).to_be_checked()

    choose = tick

    def select(self, field: Locator, label: str) -> None:
        """Choose from a list."""
        self.acts += 1
        field.select_option(label=label)

    def set_day(self, field: Locator, day: date) -> None:
        """Choose a day."""
        self.acts += 1
        field.fill(day.isoformat())

    def set_time(self, field: Locator, at: time) -> None:
        """Choose a time of day."""
        self.acts += 1
        field.fill(f"{at:%H:%M}")

    def give_picture(self, field: Locator, picture: Path) -> None:
        """Paste a screenshot into a text: a real paste, with a real file on the clipboard."""
        self._copy(picture)
        field.click()
        self._paste()

    def _copy(self, picture: Path) -> None:
        self.page.bring_to_front()
        self.page.evaluate(COPY_PICTURE, base64.b64encode(picture.read_bytes()).decode())

    def _paste(self) -> None:
        self.acts += 2
        self.page.keyboard.press("End")
        self.page.keyboard.press("Control+v")

    def look_again(self) -> None:
        """Do nothing: the page follows along by itself."""


class Keyboard(Mouse):
    """Uses Tab, Enter, Space and the arrows, and insists on seeing where it is. The mouse stays on its mat."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._document: float | None = None  # the page on which a key was last pressed

    def press(self, target: Locator) -> None:
        """Go there and press Enter."""
        self._reach(target)
        self._key("Enter")

    def write(self, field: Locator, words: str) -> None:
        """Go to a field and write."""
        self._reach(field)
        self.acts += 1
        self.page.keyboard.press("Control+a")
        self.page.keyboard.press("Delete")
        self.page.keyboard.type(words)

    def enter(self) -> None:
        """Press Enter where one is."""
        self._key("Enter")

    def tick(self, box: Locator) -> None:
        """Go there and press Space."""
        self._reach(box)
        if not box.is_checked():
            self._key("Space")
        expect(box).to_be_checked()

    def choose(self, option: Locator) -> None:
        """Go to the group, and to the option with the arrows."""
        self._reach(option, check=SAME_GROUP)
        self._key("Space")
        for _ in range(10):
            if option.is_checked():
                return
            self._key("ArrowDown")
        raise AssertionError(f"the arrows do not reach {option}")

    def select(self, field: Locator, label: str) -> None:
        """Go there and write the beginning of what is wanted."""
        self._reach(field)
        self.acts += 1
        self.page.keyboard.type(label)
        chosen = field.locator("option:checked")
        expect(chosen).to_have_text(label)

    def set_day(self, field: Locator, day: date) -> None:
        """Write it as the browser asks for it."""
        self._reach(field)
        self.acts += 1
        self.page.keyboard.type(f"{day:%m%d%Y}")
        expect(field).to_have_value(day.isoformat())

    def set_time(self, field: Locator, at: time) -> None:
        """Write it as the browser asks for it."""
        self._reach(field)
        self.acts += 1
        self.page.keyboard.type(f"{at:%I%M%p}")
        expect(field).to_have_value(f"{at:%H:%M}")

    def give_picture(self, field: Locator, picture: Path) -> None:
        """Paste where one is."""
        self._copy(picture)
        self._reach(field)
        self._paste()

    def _key(self, key: str) -> None:
        self.acts += 1
        self._document = self.page.evaluate("performance.timeOrigin")
        self.page.keyboard.press(key)

    def _reach(self, target: Locator, check: str = SAME) -> None:
        """Press Tab until the focus is there; on the way, see it at every stop."""
        expect(target).to_be_attached()
        self._must_not_be_lost()
        if target.evaluate(check):
            return
        self._skip_to_content(target)
        for _ in range(STOPS):
            self.page.keyboard.press("Tab")
            self._must_see_focus()
            if target.evaluate(check):
                return
        raise AssertionError(f"Tab does not reach {target}")

    def _skip_to_content(self, target: Locator) -> None:
        """On a fresh page, take the short way past the menu."""
        if not self.page.evaluate(FOCUS)["lost"] or not target.evaluate(INSIDE_MAIN):
            return
        skip = self.page.locator("a.skip")
        if not skip.count():
            return
        self.page.keyboard.press("Tab")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport()
        self._must_see_focus()
        self.page.keyboard.press("Enter")
        expect(self.page.locator("main")).to_be_focused()

    def _must_see_focus(self) -> None:
        now = self.page.evaluate(FOCUS)
        if not now["lost"]:  # after the last stop the focus is in the browser's own frame
            assert now["ringed"], f"{self.page.url}: no focus to be seen on {now['what']}"
            assert now["shown"], f"{self.page.url}: the focus is outside the window on {now['what']}"
            assert not now["covered"], f"{self.page.url}: something lies on {now['what']}"

    def _must_not_be_lost(self) -> None:
        """What is swapped after a key must leave the focus where it was, or where it makes sense."""
        now = self.page.evaluate(FOCUS)
        is_same_page = self._document is not None and now["origin"] == self._document
        assert not (is_same_page and now["lost"]), f"{self.page.url}: the focus is lost after a swap"


class WithoutScripts(Mouse):
    """The mouse again, in a browser that runs no JavaScript: what is new is seen after loading the page again."""

    scripts = False

    def give_picture(self, field: Locator, picture: Path) -> None:
        """Pick the file."""
        self.acts += 1
        self.page.locator("input[type=file]").set_input_files(picture)

    def look_again(self) -> None:
        """Load the page again."""
        self.page.reload()
