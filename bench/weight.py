"""Compressed bytes and requests of the pages, cold, as a real Chromium counts them; and the queries of each."""

from __future__ import annotations

from bench.pages import a_question
from bench.running import demo

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


def main() -> None:
    """Open each page in a fresh browser context and print what came over the wire."""
    from playwright.sync_api import sync_playwright

    with demo() as running, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        base = f"http://127.0.0.1:{running.port}"
        name, _, value = running.cookie.partition("=")
        print(f"{'page':28} {'requests':>8} {'bytes':>8}")
        for path in ("/", "/sporsmal", a_question(running), "/kveldar", "/pusterom"):
            context = browser.new_context()
            context.add_cookies([{"name": name, "value": value, "url": base}])
            page = context.new_page()
            session = context.new_cdp_session(page)
            session.send("Network.enable")
            sizes: dict[str, float] = {}
            kinds: dict[str, str] = {}
            session.on(
                "Network.requestWillBeSent",
                lambda event, kinds=kinds: kinds.update({event["requestId"]: event["type"]}),
            )
            session.on(
                "Network.loadingFinished",
                lambda event, sizes=sizes: sizes.update({event["requestId"]: event["encodedDataLength"]}),
            )
            page.goto(base + path, wait_until="load")
            page.wait_for_timeout(500)
            counted = {key: size for key, size in sizes.items() if kinds.get(key) not in {"EventSource"}}
            print(f"{path:28} {len(counted):8} {int(sum(counted.values())):8}")
            context.close()
        browser.close()
