"""Hosts, proxies, cookies, compression, built files and the menu."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any

import pytest
from flask import Flask, request, url_for

from portal.blueprints.people.models import Person
from portal.core import links
from portal.web import assets, auth, navigation
from portal.web.auth import public
from tests.client import AuditingClient
from tests.web.conftest import MakeApp

Browse = Callable[[Person], AuditingClient]


@pytest.mark.parametrize("host", ["localhost", "localhost:8000"])
def test_our_own_host_is_taken_on_any_port(client: AuditingClient, host: str) -> None:
    assert client.get("/helse", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "evil-localhost",
        "127.0.0.1",
        "localhost@evil.example",
        "[::1]",
        "localhost:x",
        "a" * 300,
        "localhost\tevil",
    ],
)
def test_another_host_is_refused_and_not_repeated(client: AuditingClient, host: str) -> None:
    answer = client.get("/logg-inn", headers={"Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def seen_by(app: Flask, **headers: str) -> dict[str, Any]:
    app.add_url_rule(
        "/sett",
        "seen",
        public(lambda: {"address": request.remote_addr, "scheme": request.scheme, "host": request.host}),
    )
    forwarded = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.test_client().get("/sett", headers=forwarded, environ_base={"REMOTE_ADDR": "10.0.0.1"}).json or {}


FORGED = {
    "X_Forwarded_For": "6.6.6.6, 7.7.7.7",
    "X_Forwarded_Proto": "https",
    "X_Forwarded_Host": "evil.example",
    "X_Forwarded_Prefix": "/evil",
    "X_Forwarded_Port": "666",
    "X_Real_IP": "6.6.6.6",
    "Forwarded": "for=6.6.6.6;host=evil.example;proto=https",
    "X_HTTP_Method_Override": "DELETE",
}


def test_what_a_proxy_says_is_not_believed_where_there_is_none(make_app: MakeApp) -> None:
    assert seen_by(make_app(), **FORGED) == {"address": "10.0.0.1", "scheme": "http", "host": "localhost"}


def test_one_trusted_proxy_is_believed_of_address_and_scheme_but_not_of_the_host(make_app: MakeApp) -> None:
    seen = seen_by(make_app(trusted_proxies=1), **FORGED)
    assert seen == {"address": "7.7.7.7", "scheme": "https", "host": "localhost"}


def test_two_trusted_proxies_are_counted_from_our_side(make_app: MakeApp) -> None:
    forged = FORGED | {"X_Forwarded_For": "5.5.5.5, 6.6.6.6, 7.7.7.7", "X_Forwarded_Proto": "http, https, https"}
    assert seen_by(make_app(trusted_proxies=2), **forged)["address"] == "6.6.6.6"


def test_over_tls_the_cookies_are_bound_to_host_and_tls(make_app: MakeApp) -> None:
    app = make_app(base_url="https://localhost")
    app.add_url_rule("/ny", "new", public(lambda: auth.session.update(x=1) or "ok"))
    client = app.test_client()
    given = SimpleCookie(client.get("/ny", base_url="https://localhost").headers["Set-Cookie"])
    ((name, cookie),) = given.items()
    assert name == "__Host-tunet"
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, True, "Lax", "/")
    assert not cookie["domain"]


def test_over_tls_the_cookies_of_the_look_are_secure_too(make_app: MakeApp) -> None:
    app = make_app(base_url="https://localhost")
    client: Any = app.test_client()
    page = client.get("/logg-inn", base_url="https://localhost").text
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    form = {"theme": "dark", "csrf_token": token}
    referer = {"Referer": "https://localhost/logg-inn"}
    answer = client.post("/utsjaanad", data=form, base_url="https://localhost", headers=referer)
    theme = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("theme="))
    assert "Secure" in theme
    evil = {"Referer": "https://evil.example/"}
    assert client.post("/utsjaanad", data=form, base_url="https://localhost", headers=evil).status_code == 400


def test_links_in_mails_are_made_of_the_settings(make_app: MakeApp) -> None:
    app = make_app(base_url="https://tunet.example:8443")
    with app.test_request_context("/", base_url="https://tunet.example:8443"):
        assert url_for("people.me") == "/meg"
    assert links.absolute("people.me", {}) == "https://tunet.example:8443/meg"


def test_the_styleguide_is_not_there_in_earnest(make_app: MakeApp) -> None:
    assert make_app(testing=False).test_client().get("/stil").status_code == 404
    assert make_app(testing=False, demo=True).test_client().get("/stil").status_code == 200


def test_a_page_is_compressed_for_those_who_take_it(client: AuditingClient) -> None:
    plain = client.get("/logg-inn")
    packed = client.get("/logg-inn", headers={"Accept-Encoding": "gzip, br"}, audit=False)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
    assert b"<h1>" in gzip.decompress(packed.data)
    assert "Accept-Encoding" in packed.vary
    assert "Accept-Encoding" in plain.vary


@pytest.mark.parametrize("accepts", ["", "identity", "gzip;q=0", "br"])
def test_whoever_does_not_take_it_packed_gets_it_plain(client: AuditingClient, accepts: str) -> None:
    assert "Content-Encoding" not in client.get("/logg-inn", headers={"Accept-Encoding": accepts}).headers


def test_small_answers_are_not_worth_packing(client: AuditingClient) -> None:
    assert "Content-Encoding" not in client.get("/helse", headers={"Accept-Encoding": "gzip"}).headers


@pytest.mark.parametrize(
    "name",
    [
        "..",
        "../auth.py",
        "..%2f..%2fconfig.py",
        "%2e%2e/%2e%2e/config.py",
        "....//config.py",
        "..\\..\\config.py",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "x%00.css",
        "a" * 250,
        "manifest.json/",
        "~root",
        "C:%5Cx",
    ],
)
def test_nothing_outside_the_folder_is_served(client: AuditingClient, name: str) -> None:
    for encoding in ("", "br, gzip"):
        answer = client.get(f"/static/{name}", headers={"Accept-Encoding": encoding}, audit=False)
        assert answer.status_code in {400, 404}, name
        assert b"root:" not in answer.data
        assert b"import " not in answer.data


def test_asking_for_files_that_are_not_there_fills_no_memory(client: AuditingClient) -> None:
    before = set(assets._built())
    for n in range(5):
        assert client.get(f"/static/none-{n}.js", audit=False).status_code == 404
    assert set(assets._built()) == before


def test_robots_are_asked_to_stay_away(client: AuditingClient) -> None:
    assert client.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_the_menu_shows_what_one_may_open_and_where_one_is(browse: Browse, anne: Person, carla: Person) -> None:
    page = browse(anne).soup("/sporsmal")
    current = [link["href"] for link in page.select("nav [aria-current=page]")]
    assert current == ["/sporsmal"]
    assert "/styring" not in " ".join(str(link["href"]) for link in page.select("nav a"))
    admin = browse(carla).soup("/styring/folk/")
    shown = {str(link["href"]) for link in admin.select("nav a")}
    assert {"/styring/folk/", "/styring/arbeid", "/styring/logg"} <= shown


@pytest.mark.parametrize("path", ["/spel", "/kino/", "/rom/", "/mat/kosthald"])
def test_what_lies_beside_the_evenings_is_below_their_entry(browse: Browse, anne: Person, path: str) -> None:
    page = browse(anne).soup(path)
    assert [link["href"] for link in page.select("nav [aria-current=page]")] == ["/kveldar/"]


def test_every_entry_of_the_menus_leads_somewhere_that_its_reader_may_open(
    app: Flask, browse: Browse, anne: Person, carla: Person
) -> None:
    for person in (anne, carla):
        with app.test_request_context("/"):
            urls = [entry.url for menu in ("main", "admin") for entry in navigation.entries(person, menu)]
        assert urls
        for url in urls:
            assert browse(person).get(url).status_code == 200, url
    with app.test_request_context("/"):
        assert navigation.entries(anne, "admin") == []
        assert navigation.entries(None) == []


def test_strangers_see_no_menu(client: AuditingClient) -> None:
    assert not client.soup("/logg-inn").select("nav a")


@pytest.mark.parametrize("path", [None, "", "x", "//x", "/\\x", "\\x", "http://x", "/x\ny", "/\x7f", "/\u200b"])
def test_a_path_that_could_lead_elsewhere_becomes_the_front_page(path: str | None) -> None:
    assert auth.safe_path(path) == "/"


def test_a_body_that_is_too_large_is_refused_before_it_is_read(browse: Browse, anne: Person) -> None:
    browser = browse(anne)
    large = browser.post("/meg", data={"about": "x" * 2_200_000}, audit=False)
    assert large.status_code == 413
    many = browser.post(
        "/meg", data={f"f{n}": "x" for n in range(300)}, content_type="multipart/form-data", audit=False
    )
    assert many.status_code == 413
