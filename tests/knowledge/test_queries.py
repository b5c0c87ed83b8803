"""Lists, tags, and the articles that texts speak of."""

from __future__ import annotations

from portal.blueprints.knowledge import queries
from portal.blueprints.people.models import Person
from portal.blueprints.search import queries as search
from portal.blueprints.search import service as index
from portal.core.db import transaction
from tests.factories.knowledge import make_article


def test_the_list_goes_on_by_title_without_gaps_or_repeats(anne: Person) -> None:
    titles = [f"Tittel {number // 2:03}" for number in range(queries.PAGE + 5)]
    for title in titles:
        make_article(title)
    make_article("Tittel 000", is_published=False)
    first = queries.articles(anne)
    rest = queries.articles(anne, cursor=first.next_cursor)
    assert [article.title for article in (*first.items, *rest.items)] == titles
    assert rest.next_cursor is None


def test_a_tag_is_met_whole_and_as_it_is_written(anne: Person) -> None:
    make_article("Ein", tags=("teams", "opptak"))
    make_article("To", tags=("teamsrom",))
    make_article("Tre", tags=("te%ms",))
    make_article("Fire", tags=("teams",), is_published=False)
    assert [article.title for article in queries.articles(anne, tag="teams").items] == ["Ein"]
    assert [article.title for article in queries.articles(anne, tag="te%ms").items] == ["Tre"]
    assert list(queries.tags()) == ["opptak", "te%ms", "teams", "teamsrom"]


def test_only_numbers_of_published_articles_are_known(anne: Person) -> None:
    make_article("Synleg", number="KB20001")
    make_article("Trekt", number="KB20002", is_published=False)
    found = queries.referenced("sjå KB5034441 og kb 20001", "og KB20002, KB20001")
    assert [article.title for article in found] == ["Synleg"]
    assert queries.referenced("ingen her") == []


def test_the_index_built_anew_holds_every_published_article(anne: Person) -> None:
    make_article("Synleg artikkel")
    make_article("Trekt artikkel", is_published=False)
    with transaction():
        for _chunk in index.refresh(["article"]):
            pass
    assert [hit.title for hit in search.find(anne, "artikkel")] == ["Synleg artikkel"]
