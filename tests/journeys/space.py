"""What people do in the breathing space: check in, read what they were let read, and share a joy."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.journeys.visitor import Visitor, words


class InTheBreathingSpace(Visitor):
    """A visitor who says how it is."""

    def checks_in(self, face: str, text: str, *, with_name: str) -> str:
        """Say how it is, for one colleague only; give the address of what was said."""
        self.goes_to("Breathing space")
        self.hand.choose(self.page.get_by_role("radio", name=words(face)))
        self.hand.write(self.page.get_by_label(words("Anything on your mind?")), text)
        self.hand.choose(self.page.get_by_role("radio", name=words("One colleague")))
        self.hand.select(self.page.get_by_label(words("Which colleague?")), with_name)
        self.presses(words("Save"))
        expect(self.page.locator("#toast")).to_contain_text(with_name)
        self.opens("/pusterom/mine")
        expect(self.page.locator("main")).to_contain_text(text)
        self.follows(words("Choose who may see it"), within=self.page.locator("main"))
        expect(self.heading()).to_have_text(words("A check-in of yours"))
        return urlsplit(self.page.url).path

    def reads_shared(self, text: str) -> None:
        """Read what a colleague has shared."""
        self.opens("/pusterom/delt")
        expect(self.page.locator("main")).to_contain_text(text)

    def shares_joy(self, text: str) -> None:
        """Put a joy on the wall."""
        self.opens("/pusterom/gleder")
        self.hand.write(self.page.get_by_label(words("What made you glad?")), text)
        self.presses(words("Put it on the wall"))
        expect(self.page.locator("#joy-wall")).to_contain_text(text)

    def sees_joy(self, text: str) -> None:
        """See a joy on the front page, without doing anything where scripts run."""
        self.hand.look_again()
        expect(self.page.locator("#joys")).to_contain_text(text)
