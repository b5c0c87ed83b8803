"""A tag is mentioned by its slug or another word for it."""

from __future__ import annotations

from collections.abc import Callable

from portal.blueprints.people.models import Person
from portal.blueprints.questions.service import tags
from portal.blueprints.references import queries as references
from portal.core import markdown
from portal.core.db import transaction
from tests.client import AuditingClient
from tests.factories.questions import make_tag


def test_a_tag_leads_to_its_page_by_every_word_for_it(
    carla: Person, browse: Callable[[Person], AuditingClient]
) -> None:
    with transaction():
        tag = make_tag("citrix", "Citrix")
    with transaction():
        names = ("Citrix", "Citrix", "Citrix")
        more = {"slug": "citrix", "names": names, "color": "sun", "template": ""}
        tags.save(carla, tag.id, **more, synonyms=["workspace"])
    link = '<a href="/sporsmal/emne/citrix" title="Citrix">'
    assert str(markdown.to_html("@citrix, @Workspace")) == f"<p>{link}@citrix</a>, {link}@Workspace</a></p>\n"
    assert references.mentioned("@workspace").tags == {"citrix"}
    assert {"insert": "@citrix", "label": "Citrix", "detail": "tag"} in browse(carla).get("/nemning?q=cit").json
    with transaction():
        tags.save(carla, tag.id, **more, synonyms=[])
    assert "<a" not in markdown.to_html("@workspace")
