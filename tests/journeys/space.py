"""What people do in the breathing space: check in, read what they were let read, and share a joy."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.journeys.visitor import Visitor, words

CHECK_IN = "form[action='/pusterom/innsjekk']"


class InTheBreathingSpace(Visitor):
    """A visitor who says how it is."""

    def says(self, face: str, text: str, audience: str, *, with_name: str = "") -> None:
        """Say how it is, and choose who may see it."""
        self.goes_to("Breathing space")
        form = self.page.locator(CHECK_IN)
        self.hand.choose(form.get_by_role("radio", name=words(face)))
        self.hand.write(form.get_by_label(words("Anything on your mind?")), text)
        self.hand.choose(form.get_by_role("radio", name=words(audience)))
        if with_name:
            self.hand.select(form.get_by_label(words("Which colleague?")), with_name)
        self.presses(words("Save"), within=form)
        expect(self.page.locator("#toast")).not_to_be_empty()

    def checks_in(self, face: str, text: str, *, with_name: str) -> str:
        """Say how it is, for one colleague only; give the address of what was said."""
        self.says(face, text, "One colleague", with_name=with_name)
        expect(self.page.locator("#toast")).to_contain_text(with_name)
        self.opens("/pusterom/mine")
        expect(self.page.locator("main")).to_contain_text(text)
        self.follows(words("Change it, or who sees it"), within=self.page.locator("main"))
        expect(self.heading()).to_have_text(words("A check-in of yours"))
        return urlsplit(self.page.url).path

    def taps(self, face: str) -> None:
        """Tap a face on the front page: that is all."""
        self.opens("/")
        self.presses(words(face), within=self.page.locator(CHECK_IN))

    def makes_diary(self, passphrase: str) -> None:
        """Make the diary that the page has asked for, and keep the code."""
        main = self.page.locator("main")
        expect(self.heading()).to_have_text(words("Make your diary"))
        self.hand.write(main.get_by_label(words("New passphrase")), passphrase)
        self.hand.write(main.get_by_label(words("The same passphrase once more")), passphrase)
        self.presses(words("Make the diary"), within=main)
        self.hand.tick(main.get_by_role("checkbox"))
        self.hand.press(main.locator("form button[type=submit]").last)

    def opens_diary(self, passphrase: str) -> None:
        """Open the diary, if it is closed."""
        self.opens("/pusterom/dagbok")
        field = self.page.locator("main").get_by_label(words("Passphrase"))
        if field.count():
            self.hand.write(field, passphrase)
            self.hand.enter()

    def sends_sign(self, sign: str) -> None:
        """Answer the first on the team's wall with a sign."""
        self.opens("/pusterom/teamet")
        self.hand.press(self.page.locator("#team-wall").get_by_role("button", name=words(sign)).first)
        expect(self.page.locator("#team-wall button[aria-pressed=true]")).to_have_count(1)

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
