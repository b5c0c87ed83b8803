"""What people do on the board: ask, answer, thank, solve."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Locator, expect

from tests.journeys.visitor import Visitor, words

FEW = 3  # acts that asking may take


class OnTheBoard(Visitor):
    """A visitor with questions and answers."""

    def asks(self, title: str) -> str:
        """Ask with one field and Enter, from the front page; give the address of the question."""
        self.opens("/")
        self.hand.acts = 0
        self.hand.write(self.page.get_by_role("textbox", name=words("What do you wonder about?")), title)
        self.hand.enter()
        expect(self.heading()).to_have_text(title)
        assert self.hand.acts <= FEW, f"asking took {self.hand.acts} acts"
        return urlsplit(self.page.url).path

    def adds_picture_and_tag(self, picture: Path, tag: str) -> None:
        """Paste a screenshot into the question and tag it."""
        self.follows(words("Add details, a picture or tags"))
        expect(self.heading()).to_have_text(words("Change the question"))
        details = self.page.locator("textarea[name=body]")
        self.hand.give_picture(details, picture)
        if self.hand.scripts:
            self.presses(words("No, send it"), within=self.page.get_by_role("dialog"))
            expect(self.page.locator("markdown-field [role=status]")).to_have_text(words("The picture is in place."))
        self.hand.tick(self.page.get_by_role("checkbox", name=tag))
        self.presses(words("Save"))
        expect(self.page.locator("#thread").get_by_role("link", name=tag)).to_be_visible()
        self.sees_picture()

    def sees_picture(self) -> None:
        """See the screenshot itself, not a broken frame."""
        picture = self.page.locator("#thread img")
        expect(picture).to_be_visible()
        assert picture.evaluate("async (img) => { await img.decode(); return img.naturalWidth }") > 0

    def sees_new_question(self, title: str) -> None:
        """See a question on the front page, without doing anything where scripts run."""
        self.hand.look_again()
        expect(self.page.locator("#new-questions").get_by_role("link", name=title)).to_be_visible()

    def opens_new_question(self, title: str) -> None:
        """Open it from there."""
        self.follows(title, within=self.page.locator("#new-questions"))
        expect(self.heading()).to_have_text(title)

    def answers(self, text: str) -> None:
        """Write an answer and send it."""
        self.hand.write(self.page.locator("#answer-form textarea"), text)
        self.presses(words("Send the answer"))
        expect(self.answer_of(self.cast.name)).to_be_visible()

    def answer_of(self, name: str) -> Locator:
        """Find somebody's answer."""
        return self.page.get_by_role("article", name=words("Answer from %(name)s", name=name))

    def thanks(self, name: str) -> None:
        """Thank for an answer."""
        hidden = words("for the answer from %(name)s", name=name)
        button = self.page.get_by_role("button", name=f"{words('Thanks')} {hidden}")
        self.hand.press(button)
        expect(button).to_have_attribute("aria-pressed", "true")

    def marks_solved_by(self, name: str) -> None:
        """Say that an answer solved it."""
        self.presses(f"{words('This solved it')} {words('the answer from %(name)s', name=name)}")
        expect(self.answer_of(name).get_by_text(words("This solved it"), exact=True)).to_be_visible()
