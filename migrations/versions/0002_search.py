"""Search: documents with their audience, the words of the house, synonyms, and each engine's own index."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

from portal.blueprints.search.rules.vocabulary import seed

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)

SQLITE = """
    CREATE VIRTUAL TABLE search_index USING fts5 (
        title_keys, body_keys, title_words, body_words,
        content = 'search_document', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 0'
    );
    CREATE VIRTUAL TABLE search_trigram USING fts5 (
        title_keys, body_keys, content = 'search_document', content_rowid = 'id', tokenize = 'trigram'
    )
"""
POSTGRES = """
    CREATE TABLE search_index (
        document_id integer CONSTRAINT pk_search_index PRIMARY KEY
            CONSTRAINT fk_search_index_document_id REFERENCES search_document (id) ON DELETE CASCADE,
        keys tsvector NOT NULL,
        words tsvector NOT NULL,
        title_keys text NOT NULL
    );
    CREATE INDEX ix_search_index_keys ON search_index USING gin (keys, words)
"""


def upgrade() -> None:
    op.create_table(
        "search_document",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("ref", sa.Integer, nullable=False),
        sa.Column("audience", sa.String(60), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("tags", sa.String(500), nullable=False),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("title_keys", "body_keys", "title_words", "body_words")
        ),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_document")),
        sa.UniqueConstraint("kind", "ref", name=op.f("uq_search_document_kind")),
    )
    op.create_table(
        "search_word",
        sa.Column("word", sa.String(80), nullable=False),
        sa.Column("documents", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_word")),
    )
    synonym = op.create_table(
        "search_synonym",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("terms", sa.String(500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_synonym")),
    )
    state = op.create_table(
        "search_state",
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("value", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_search_state")),
    )
    op.bulk_insert(synonym, [{"terms": ", ".join(group)} for group in seed()])
    op.bulk_insert(state, [{"name": "synonyms", "value": secrets.token_hex(6)}])
    _create_index()


def _create_index() -> None:
    connection = op.get_bind()
    is_sqlite = connection.dialect.name == "sqlite"
    for statement in (SQLITE if is_sqlite else POSTGRES).split(";"):
        op.execute(statement)
    if not is_sqlite:
        _create_trigrams(connection)


def _create_trigrams(connection: sa.Connection) -> None:
    """Use pg_trgm where the owner of the database may install it; the search knows how to do without."""
    try:
        with connection.begin_nested():
            connection.execute(sa.text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    except sa.exc.DBAPIError:
        return
    op.execute("CREATE INDEX ix_search_index_title_keys ON search_index USING gin (title_keys gin_trgm_ops)")


def downgrade() -> None:
    op.execute("DROP TABLE search_index")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_trigram")
    for table in ("search_state", "search_synonym", "search_word", "search_document"):
        op.drop_table(table)
