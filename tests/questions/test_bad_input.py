"""What no colleague would write, through the front door: a page or a clear word, the text kept, and never a fault."""

from __future__ import annotations

import io
import struct
import tracemalloc
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from markupsafe import escape
from PIL import Image
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.pictures import Picture
from portal.blueprints.questions.models.posts import Answer, Question
from portal.blueprints.questions.rules.posts import BODY_LONGEST, TITLE_LONGEST
from portal.core import jobs
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.factories.people import make_person
from tests.factories.questions import make_question

Browse = Callable[[Person], AuditingClient]
MEGABYTE = 1_000_000
TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def up_to(length: int, text: str) -> str:
    """Repeat a text as often as it goes into a length."""
    return text * (length // len(text))


# What fits into a post: it is kept, and its page opens.
KEPT = {
    "from right to left": "שלום עולם · مرحبا بالعالم 5 · skrivar",
    "turned": "Last ned \u202egnp.exe\u202c no, \u2066så\u2069 \u2067\u2068",
    "without width": "pass\u200bord c\u200di\u200ct\ufeffrix \u2060\u00ad",
    "marks in a heap": "z" + "\u0301" * 3_000,
    "joined emoji": "👩‍💻🏳️‍🌈❤️‍🔥" * 200,
    "halves of characters": "\ud800\udfff \udc00",
    "controls": "\x01\x07\x08\x1b[31m\x7f\x85\x9b",
    "line ends of all kinds": "a\rb\r\nc\x0bd\x0ce\u2028f\u2029g",
    "nothing but signs of Markdown": "*_`~#>|-+[]()!<>" * 400,
    "quotes in quotes": ">" * 7_000 + "x",
    "lists in lists": "".join(" " * depth * 2 + "- x\n" for depth in range(80)),
    "brackets": up_to(BODY_LONGEST, "["),
    "links in links": up_to(BODY_LONGEST, "[a]("),
    "emphasis": up_to(BODY_LONGEST, "*a **b "),
    "backticks": "".join("`" * length + " " for length in range(1, 120)),
    "a fence without an end": "```python\n" + up_to(7_000, "'''\""),
    "a table of many columns": up_to(3_000, "|a") + "\n" + up_to(3_000, "|-"),
    "a table of many empty cells": "a|" * 90 + "\n" + "-|" * 90 + "\n" + "x\n" * 3_000,
    "references": "".join(f"[{number}]: /x\n" for number in range(800)),
    "mentions": up_to(BODY_LONGEST, "@a "),
    "unknown mentions": up_to(BODY_LONGEST, "@ola.nordmann-"),
    "at signs": "@" * BODY_LONGEST,
    "links": up_to(BODY_LONGEST, "http://a.no "),
    "numbers": up_to(BODY_LONGEST, "KB10482 "),
    "addresses": up_to(BODY_LONGEST, "a@b.no "),
    "one word": "x" * BODY_LONGEST,
    "HTML": "<script>alert(1)</script><img src=x onerror=alert(1)><iframe src=//x.example></iframe><!--",
    "SVG": "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><use href='data:image/svg+xml,x'/></svg>",
    "an end of the form": "</textarea></form><form action=//x.example><input name=csrf_token>",
    "templates": "{{ config }} {% include '/etc/passwd' %} ${7*7} #{7*7} %(title)s %s %n {0}",
    "SQL": "'; DROP TABLE question; -- \" ` ; \\",
    "the last sign there is": "\U0010ffff\ufffe\uffff",
}
# What fits nowhere: it comes back as it was, with what is wrong with it.
TOO_LONG = {
    "a letter too long": "x" * (BODY_LONGEST + 1),
    "a megabyte": "å" * (MEGABYTE // 2),
    "ten thousand mentions": "@ola " * 10_000,
    "ten thousand links": "https://x.example/ " * 10_000,
    "a megabyte of quotes": ">" * MEGABYTE,
    "a megabyte of lines": "\n" * 10 + "x\n" * (MEGABYTE // 2),
    "a megabyte of markup": "<b>&amp;" * (MEGABYTE // 8),
}
EMPTY = {
    "nothing": "",
    "space": "   \r\n\t ",
    "without width": "\u200b\u2060\ufeff",
    "turned": "\u202e\u2066",
    "joiners": "\u200d\u200c",
}
named = pytest.mark.parametrize


def each(table: dict[str, str]) -> pytest.MarkDecorator:
    """Make a case of each row."""
    return named("text", table.values(), ids=table.keys())


@pytest.fixture
def question(anne: Person) -> Question:
    with transaction():
        return make_question(anne)


def as_browsers_send(**fields: str) -> dict[str, Any]:
    """Write a form in parts, as the forms with a picture are sent."""
    part = 'Content-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    parts = [part.format(*field) for field in fields.items()]
    body = "".join(f"--end-of-part\r\n{part}" for part in parts) + "--end-of-part--\r\n"
    return {"data": body.encode(), "content_type": "multipart/form-data; boundary=end-of-part"}


def textarea(answer: TestResponse, name: str = "body") -> str:
    """Give what stands in the field of the page."""
    fields = BeautifulSoup(answer.text, "html.parser").select(f"textarea[name={name}]")
    return fields[-1].get_text()


def words(answer: TestResponse) -> str:
    return BeautifulSoup(answer.text, "html.parser").get_text(" ", strip=True)


def sound(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


class TestTexts:
    @each(KEPT)
    def test_what_fits_is_kept_and_its_page_opens(
        self, browse: Browse, anne: Person, bjarne: Person, question: Question, text: str
    ) -> None:
        client = browse(bjarne)
        for path, fields in (
            ("/sporsmal/nytt", {"title": "Kva er dette?"}),
            (f"/sporsmal/{question.id}/svar", {}),
        ):
            answer = client.post(path, data={**fields, "body": sound(text)})
            assert answer.status_code == 303, words(answer)
            assert_opens(browse(anne), answer.location)
        assert_opens(browse(anne), "/sporsmal")
        assert_opens(browse(anne), "/")
        assert jobs.run_due() >= 0  # notices, mails and the index of the search meet the text as well
        for row in db.session.scalars(select(Answer.body)).all():
            assert not [sign for sign in row if unicodedata.bidirectional(sign) in TURNING]

    @each(KEPT)
    def test_a_preview_shows_it(self, browse: Browse, anne: Person, text: str) -> None:
        piece = browse(anne).post(
            "/sporsmal/forhandsvising", data={"body": sound(text)}, headers={"HX-Request": "true"}
        )
        assert piece.status_code == 200
        assert_harmless(piece)

    @each(TOO_LONG)
    def test_what_is_too_long_comes_back_with_a_word(
        self, browse: Browse, anne: Person, bjarne: Person, question: Question, text: str
    ) -> None:
        client = browse(bjarne)
        before = count(Question), count(Answer)
        for path in ("/sporsmal/nytt", f"/sporsmal/{question.id}/svar"):
            answer = client.post(path, **as_browsers_send(title="Kva er dette?", body=text), audit=False)
            assert answer.status_code == 422
            assert f"{BODY_LONGEST} characters" in answer.text
            assert str(escape(text.strip())) in answer.text
        assert (count(Question), count(Answer)) == before

    def test_what_is_larger_than_all_is_refused_by_a_page(self, browse: Browse, anne: Person) -> None:
        answer = browse(anne).post("/sporsmal/nytt", data={"title": "x", "body": "x" * 3_000_000})
        assert answer.status_code == 413
        assert "That was too large" in answer.text

    @named(("locale", "expected"), [("nn", "8000 teikn"), ("nb", "8000 tegn"), ("en", "8000 characters")])
    def test_the_word_is_in_the_readers_language(
        self, browse: Browse, question: Question, locale: str, expected: str
    ) -> None:
        with transaction():
            reader = make_person("Lise Lesar", locale=locale)
        answer = browse(reader).post(f"/sporsmal/{question.id}/svar", data={"body": "x" * 9_000})
        assert expected in words(answer)

    @each(EMPTY)
    def test_what_looks_empty_is_asked_for(self, browse: Browse, bjarne: Person, question: Question, text: str) -> None:
        client = browse(bjarne)
        asked = client.post("/sporsmal/nytt", data={"title": text, "body": "Ein lang tekst som ikkje skal bort"})
        assert asked.status_code == 422
        assert "Write what you wonder about." in words(asked)
        assert "Ein lang tekst som ikkje skal bort" in textarea(asked)
        answered = client.post(f"/sporsmal/{question.id}/svar", data={"body": text})
        assert answered.status_code == 422
        assert "Write an answer first." in words(answered)
        assert (count(Question), count(Answer)) == (1, 0)

    def test_nul_is_left_out_and_the_rest_is_posted(self, browse: Browse, bjarne: Person, question: Question) -> None:
        answer = browse(bjarne).post(f"/sporsmal/{question.id}/svar", data={"body": "Feil\x00kode\x00 5"})
        assert answer.status_code == 303
        assert db.session.scalars(select(Answer.body)).one() == "Feilkode 5"

    @named(
        "raw",
        [
            b"body=%ED%A0%80+x",
            b"body=%E5pen+x",
            b"body=%FF%FE%00x",
            b"body=%C0%AF+x",
            b"body=%F4%90%80%80+x",
        ],
    )
    def test_another_encoding_is_read_as_well_as_it_goes(
        self, browse: Browse, bjarne: Person, question: Question, raw: bytes
    ) -> None:
        client = browse(bjarne)
        answer = client.post(
            f"/sporsmal/{question.id}/svar", data=raw, content_type="application/x-www-form-urlencoded"
        )
        assert answer.status_code == 303
        assert db.session.scalars(select(Answer.body)).one().endswith("x")
        assert_opens(client, answer.location)

    @named("kind", ["application/json", "text/plain", "application/x-www-form-urlencoded; charset=utf-16", "x/y", ""])
    def test_another_kind_of_body_is_a_form_without_fields(
        self, browse: Browse, bjarne: Person, question: Question, kind: str
    ) -> None:
        for raw in (b'{"body": "x"}', b'["body"]', b"{", b"\xff\xfeb\x00o\x00d\x00y\x00=\x00x\x00", b"body=\xe5", b""):
            answer = browse(bjarne).post(f"/sporsmal/{question.id}/svar", data=raw, content_type=kind)
            assert answer.status_code in {400, 422}

    def test_fields_sent_twice_or_as_files_are_no_fault(
        self, browse: Browse, bjarne: Person, question: Question
    ) -> None:
        client = browse(bjarne)
        path = f"/sporsmal/{question.id}/svar"
        assert client.post(path, data={"body": ["ein", "to"], "key": ["a", "b"]}).status_code == 303
        assert client.post(path, data={"body": (io.BytesIO(b"x"), "x.txt")}).status_code == 422
        assert client.post(path, data={"body": "x", "key": "k" * 41}).status_code == 422
        assert client.post(path, data={"body": "x", "image": "a text"}).status_code == 303


class TestTitles:
    @each(KEPT)
    def test_a_title_is_one_line_that_turns_nothing(self, browse: Browse, anne: Person, text: str) -> None:
        title = sound(text)[:TITLE_LONGEST]
        answer = browse(anne).post("/sporsmal/nytt", data={"title": title})
        if not title.strip("\x01\x07\x08\x7f\x85\x9b"):
            return
        assert answer.status_code == 303, words(answer)
        kept = db.session.scalars(select(Question.title)).one()
        assert kept == kept.strip()
        assert kept.isprintable() or any(unicodedata.category(sign) in {"Co", "Cn", "Cf", "Zs"} for sign in kept)
        assert not [sign for sign in kept if unicodedata.bidirectional(sign) in TURNING]
        assert not set("\u200b\u200e\u200f\u061c\ufeff\u2060\u00ad\n\r\t") & set(kept)
        for path in ("/sporsmal", answer.location, "/", f"{answer.location}/endring"):
            assert_opens(browse(anne), path)

    def test_a_name_cannot_be_worn_in_a_title(self, browse: Browse, anne: Person) -> None:
        browse(anne).post("/sporsmal/nytt", data={"title": "Hei\u202e ravs rah ennA \u202c\u2067x\u2069"})
        assert db.session.scalars(select(Question.title)).one() == "Hei ravs rah ennA x"

    @named("length", [TITLE_LONGEST + 1, 10_000, MEGABYTE])
    def test_a_long_title_comes_back_with_everything(self, browse: Browse, anne: Person, length: int) -> None:
        sent = as_browsers_send(title="t" * length, body="Detaljane")
        answer = browse(anne).post("/sporsmal/nytt", **sent)
        assert answer.status_code == 422
        assert str(TITLE_LONGEST) in words(answer)
        assert "Detaljane" in textarea(answer)
        assert "t" * length in answer.text

    @each({**KEPT, **TOO_LONG})
    def test_similar_questions_are_looked_for_without_a_fault(self, browse: Browse, anne: Person, text: str) -> None:
        query = {"title": sound(text)[:5_000].replace("\x00", "")}
        piece = browse(anne).get("/sporsmal/liknande", query_string=query, headers={"HX-Request": "true"})
        assert piece.status_code == 200


MULTIPART = "multipart/form-data"


def assert_opens(client: AuditingClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, path
    assert_harmless(answer)


def assert_harmless(answer: TestResponse) -> None:
    soup = BeautifulSoup(answer.text, "html.parser")
    assert not [script for script in soup.find_all("script") if "alert" in script.get_text()]
    assert not soup.find_all(["iframe", "object", "embed", "base"])
    assert not soup.select("[onload], [onerror], [onclick], [onmouseover]")
    assert not [form for form in soup.find_all("form") if "x.example" in str(form.get("action"))]
    assert not [sign for sign in answer.text if unicodedata.bidirectional(sign) in TURNING]


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, "teal").save(stream, kind, **options)  # type: ignore[arg-type]
    return stream.getvalue()


def archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr("index.html", "<script>alert(1)</script>")
    return stream.getvalue()


def png_that_says(width: int, height: int, packed: bytes, *, depth: int = 8, colour: int = 2) -> bytes:
    """Write a PNG whose head promises what its body need not keep."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def gif_that_says(width: int, height: int) -> bytes:
    sent = bytearray(picture("GIF"))
    sent[6:10] = struct.pack("<HH", width, height)
    return bytes(sent)


SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script></svg>"
NO_PICTURES = {
    "nothing": b"",
    "svg": SVG,
    "svg with a head": b"<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY a 'aaa'>]>" + SVG,
    "html": b"<!doctype html><script>alert(1)</script>",
    "text": "Berre tekst, æøå".encode(),
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "zip": archive(),
    "tiff": picture("TIFF"),
    "bmp": picture("BMP"),
    "ico": picture("ICO"),
    "postscript": picture("EPS"),
    "head of a png": b"\x89PNG\r\n\x1a\n",
    "truncated png": picture()[:60],
    "truncated jpeg": picture("JPEG", (400, 300))[:300],
    "truncated webp": picture("WEBP", (400, 300))[:40],
    "truncated gif": picture("GIF", (400, 300))[:60],
    "png of other sizes than it holds": png_that_says(4_000, 4_000, zlib.compress(b"\x00" * 100)),
    "png without width": png_that_says(0, 10, zlib.compress(b"\x00")),
    "png that is not packed": png_that_says(10, 10, b"not packed"),
    "zeros": bytes(5_000),
}
TOO_MANY_PIXELS = {
    "50 megapixels": png_that_says(8_000, 6_250, zlib.compress(bytes(1_000))),
    "a bomb of a gigapixel": png_that_says(32_000, 32_000, zlib.compress(bytes(10_000_000), 9)),
    "a bomb of one bit": png_that_says(60_000, 60_000, zlib.compress(bytes(5_000_000), 9), depth=1, colour=0),
    "the widest gif": gif_that_says(65_535, 65_535),
    "the widest png": png_that_says(2**31 - 1, 2**31 - 1, b""),
}


class TestPictures:
    @named("sent", NO_PICTURES.values(), ids=NO_PICTURES.keys())
    def test_what_is_no_picture_is_refused_with_a_word(self, browse: Browse, anne: Person, sent: bytes) -> None:
        self.assert_refused(browse(anne), sent, "as a picture")

    @named("sent", TOO_MANY_PIXELS.values(), ids=TOO_MANY_PIXELS.keys())
    def test_what_would_fill_the_memory_is_refused_before_it_does(
        self, browse: Browse, anne: Person, sent: bytes
    ) -> None:
        client = browse(anne)
        tracemalloc.start()
        try:
            self.assert_refused(client, sent, "")
            assert tracemalloc.get_traced_memory()[1] < 60_000_000
        finally:
            tracemalloc.stop()

    def test_fifty_real_megapixels_are_too_many(self, browse: Browse, anne: Person) -> None:
        sent = io.BytesIO()
        Image.new("1", (10_000, 5_000)).save(sent, "PNG")
        self.assert_refused(browse(anne), sent.getvalue(), "megapixels")

    @named("tail", [archive(), b"<script>alert(1)</script>", b"GIF89a/*", SVG, bytes(10_000)])
    @named("kind", ["PNG", "JPEG", "WEBP", "GIF"])
    def test_of_two_files_in_one_only_the_picture_is_kept(
        self, browse: Browse, anne: Person, kind: str, tail: bytes
    ) -> None:
        client = browse(anne)
        answer = client.post("/bilete", data={"image": (io.BytesIO(picture(kind) + tail), "a.png")})
        assert answer.status_code == 200
        kept = db.session.scalars(select(Picture)).one()
        assert (kept.mime, kept.width, kept.height) == ("image/webp", 40, 30)
        assert tail not in kept.content
        assert b"alert" not in kept.content
        shown = client.get(answer.json["url"])
        assert (shown.mimetype, shown.headers["X-Content-Type-Options"]) == ("image/webp", "nosniff")
        assert "sandbox" in shown.headers["Content-Security-Policy"]

    @named(
        "name",
        ["x.svg", "x.php", "../../etc/passwd", "x\u202egnp.exe", "", "a" * 5_000, "con", "x.png\x00.html", "å.jpg"],
    )
    @named("mime", ["image/svg+xml", "text/html", "image/png", "x" * 500, ""])
    def test_the_name_and_the_kind_that_are_said_do_not_matter(
        self, browse: Browse, anne: Person, name: str, mime: str
    ) -> None:
        answer = browse(anne).post("/bilete", data={"image": (io.BytesIO(picture()), name, mime)})
        assert answer.status_code in {200, 422}  # without a name it is no file
        if answer.status_code == 200:
            kept = db.session.scalars(select(Picture)).one()
            assert kept.mime == "image/webp"
            assert name not in answer.text or name in {"", "con"}

    def test_a_file_that_is_too_large_is_refused(self, browse: Browse, anne: Person) -> None:
        head = b'--x\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n'
        sent = {"data": head + bytes(11_000_000) + b"\r\n--x--\r\n", "content_type": f"{MULTIPART}; boundary=x"}
        answer = browse(anne).post("/bilete", **sent, headers=JSON)
        assert answer.status_code == 413
        assert answer.json["title"] == "That was too large"

    def test_a_form_without_scripts_keeps_its_text_when_the_picture_is_none(
        self, browse: Browse, anne: Person, question: Question
    ) -> None:
        client = browse(anne)
        for path in ("/sporsmal/nytt", f"/sporsmal/{question.id}/svar"):
            fields = {"title": "Sjå her", "body": "Teksten står", "image": (io.BytesIO(SVG), "a.png")}
            answer = client.post(path, data=fields)
            assert answer.status_code == 422
            assert "as a picture" in words(answer)
            assert textarea(answer).strip() == "Teksten står"

    @named("fields", [{}, {"image": "a text"}, {"image": ""}, {"picture": (io.BytesIO(b"x"), "x.png")}])
    def test_no_picture_at_all_is_said_plainly(self, browse: Browse, anne: Person, fields: dict[str, object]) -> None:
        answer = browse(anne).post("/bilete", data=fields, content_type=MULTIPART, headers=JSON)
        assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
        assert answer.json["detail"] == "There was no picture in that."

    @named("token", ["x", "a" * 21, "a" * 23, "..", "%2e%2e", "a" * 22, "\u202e", "a" * 5_000])
    def test_a_picture_that_is_not_there_is_not_found(self, browse: Browse, anne: Person, token: str) -> None:
        assert browse(anne).get(f"/bilete/{token}").status_code == 404

    def assert_refused(self, client: AuditingClient, sent: bytes, expected: str) -> None:
        before = count(Picture)
        answer = client.post("/bilete", data={"image": (io.BytesIO(sent), "skjerm.png")}, headers=JSON)
        assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
        assert expected in answer.json["detail"]
        assert count(Picture) == before


JSON = {"Accept": "application/json"}
