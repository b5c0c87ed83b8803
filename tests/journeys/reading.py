"""What a page owes those who read it otherwise: checked by axe, by measuring, and by pressing Tab."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.journeys.hands import FOCUS

AXE = Path(__file__).parents[2] / "portal" / "assets" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LIGHT = {"color_scheme": "light", "contrast": "no-preference"}
THEMES: dict[str, dict[str, Any]] = {
    "dark": {"color_scheme": "dark", "contrast": "no-preference"},
    "high contrast, light": {"color_scheme": "light", "contrast": "more"},
    "high contrast, dark": {"color_scheme": "dark", "contrast": "more"},
}
DESKTOP, PHONE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}, {"width": 320, "height": 700}
STOPS = 200

RUN_AXE = """async ({tags, rules}) => {
  const only = rules ? {type: 'rule', values: rules} : {type: 'tag', values: tags};
  const found = await axe.run(document, {runOnly: only, resultTypes: ['violations']});
  return found.violations.map((v) => `${v.id}: ${v.help}: `
    + v.nodes.slice(0, 3).map((node) => node.html.slice(0, 180) + ' ' + node.failureSummary.slice(0, 240)).join(' | '));
}"""
OPEN_ALL = "() => { for (const more of document.querySelectorAll('details')) more.open = true; }"
WIDER = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= innerWidth) return [];
  return [...document.querySelectorAll('body *')].filter((el) => el.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 5).map((el) => `${Math.round(el.getBoundingClientRect().right)} px: ${el.outerHTML.slice(0, 120)}`)
    .concat(`${root.scrollWidth} px wide in a window of ${innerWidth}`);
}"""
# WCAG 1.4.12, put on by a constructed sheet, which the page's policy allows.
SPACE_OUT = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
    p { margin-block-end: 2em !important }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""
CLIPPED = """() => [...document.querySelectorAll('body *')].filter((el) => {
  const style = getComputedStyle(el);
  const hides = (value) => value === 'hidden' || value === 'clip';
  const box = el.getBoundingClientRect();
  if (box.width < 3 || box.height < 3 || el.closest('.sr, svg, [hidden], dialog:not([open])')) return false;
  const text = [...el.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  return text && ((hides(style.overflowX) && el.scrollWidth > el.clientWidth + 1)
    || (hides(style.overflowY) && el.scrollHeight > el.clientHeight + 1));
}).map((el) => el.outerHTML.slice(0, 140))"""
# The main ones: the menu, the fields one writes in, and the buttons that are not small.
SMALL = """() => [...document.querySelectorAll('.nav a, .bell, .me, .ds-button:not([data-size=sm]), select.ds-input,'
    + 'input.ds-input:not([type=checkbox], [type=radio])')]
  .filter((el) => {
    const box = el.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && (box.height < 43.5 || box.width < 43.5) && !el.closest('[hidden]');
  }).map((el) => `${Math.round(el.getBoundingClientRect().width)} × ${Math.round(el.getBoundingClientRect().height)}: `
    + el.outerHTML.slice(0, 120))"""


class Reading:
    """One page, looked at in every way."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: list[str] = []

    def look(self) -> list[str]:
        """Give everything that is wrong with the page that is open."""
        self.page.evaluate(OPEN_ALL)
        self.page.evaluate(AXE.read_text("utf-8"))
        for name, size in (("1280", DESKTOP), ("390", PHONE)):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            self._note(f"at {name}", self._axe())
            self._note(f"at {name}, too small to hit", self.page.evaluate(SMALL))
            self._in_other_themes(name)
        self._narrow()
        self._press_tab()
        self._with_large_text()
        self._spaced_out()
        return self.found

    def at_a_glance(self) -> list[str]:
        """Give what axe and the ruler find on the page as it is now: nothing is closed by moving about."""
        self.page.evaluate(AXE.read_text("utf-8"))
        self._note("now", self._axe())
        self._in_other_themes("now")
        for name, size in (("390", PHONE), ("320", NARROW)):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            self._note(f"at {name}", self._axe() + self.page.evaluate(WIDER))
        self.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
        return self.found

    def _note(self, where: str, faults: list[str]) -> None:
        self.found += [f"{where}: {fault}" for fault in faults]

    def _axe(self, *rules: str) -> list[str]:
        return list(self.page.evaluate(RUN_AXE, {"tags": TAGS, "rules": list(rules) or None}))

    def _in_other_themes(self, name: str) -> None:
        """Another theme changes colours and nothing else."""
        for theme, media in THEMES.items():
            self.page.emulate_media(**media)
            self._note(f"at {name}, {theme}", self._axe("color-contrast", "link-in-text-block"))
        self.page.emulate_media(**LIGHT)

    def _narrow(self) -> None:
        self.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        self._note("at 320", self.page.evaluate(WIDER))
        self.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]

    def _press_tab(self) -> None:
        """Go through the page by Tab and see where one is, all the way."""
        ends = 1 if self.page.evaluate(FOCUS)["lost"] else 2  # a page that begins in a field is gone round once more
        for _ in range(STOPS):
            self.page.keyboard.press("Tab")
            now = self.page.evaluate(FOCUS)
            if now["lost"]:
                ends -= 1
                if not ends:
                    return
            elif not (now["ringed"] and now["shown"]) or now["covered"]:
                self.found.append(f"focus not to be seen: {now['what']}")

    def _with_large_text(self) -> None:
        """As with the text size of the browser's settings at 200 %."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
        self._note("with text at 200 %", self.page.evaluate(WIDER))
        session.send("Page.setFontSizes", {"fontSizes": {"standard": 16, "fixed": 13}})
        session.detach()

    def _spaced_out(self) -> None:
        self.page.evaluate(SPACE_OUT)
        self._note("with text spaced out", self.page.evaluate(CLIPPED))
        self._note("with text spaced out", self.page.evaluate(WIDER))
