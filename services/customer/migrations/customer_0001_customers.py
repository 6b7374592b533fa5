"""Customers, their contact persons and their contact requests."""

from alembic import op

revision = "customer_0001"
down_revision = None
phase = "expand"


def upgrade() -> None:
    # Names are folded by the Unicode rules that come with PostgreSQL itself, so that a search for "vättern" finds
    # "VÄTTERN" whatever locale the server was made with.
    op.execute("""
        CREATE TABLE customers (
            id                  text        PRIMARY KEY,
            name                text        NOT NULL,
            name_folded         text        NOT NULL GENERATED ALWAYS AS (lower(name COLLATE "pg_c_utf8")) STORED,
            organisation_number text        NOT NULL UNIQUE CHECK (organisation_number ~ '^[0-9]{10}$'),
            status              text        NOT NULL CHECK (status IN ('active', 'inactive')),
            email               text        NOT NULL,
            phone               text        NOT NULL,
            street              text        NOT NULL,
            postal_code         text        NOT NULL,
            city                text        NOT NULL,
            country             text        NOT NULL,
            registered_at       timestamptz NOT NULL,
            version             integer     NOT NULL DEFAULT 1
        )
    """)
    op.execute("CREATE INDEX customers_newest ON customers (registered_at DESC, id DESC)")
    op.execute("""
        CREATE TABLE contact_persons (
            id          text        PRIMARY KEY,
            customer_id text        NOT NULL REFERENCES customers,
            name        text        NOT NULL,
            role        text        NOT NULL,
            email       text        NOT NULL,
            phone       text        NOT NULL,
            added_at    timestamptz NOT NULL,
            version     integer     NOT NULL DEFAULT 1
        )
    """)
    op.execute("CREATE INDEX contact_persons_newest ON contact_persons (customer_id, added_at DESC, id DESC)")
    op.execute("""
        CREATE TABLE contact_requests (
            id             text        PRIMARY KEY,
            customer_id    text        NOT NULL REFERENCES customers,
            status         text        NOT NULL
                GENERATED ALWAYS AS (CASE WHEN answered_at IS NULL THEN 'waiting' ELSE 'answered' END) STORED,
            channel        text        NOT NULL CHECK (channel IN ('phone', 'email', 'chat')),
            topic          text        NOT NULL,
            message        text        NOT NULL,
            preferred_time timestamptz,
            sent_at        timestamptz NOT NULL,
            answer         text,
            answered_at    timestamptz,
            version        integer     NOT NULL DEFAULT 1,
            CHECK ((answer IS NULL) = (answered_at IS NULL))
        )
    """)
    op.execute("CREATE INDEX contact_requests_newest ON contact_requests (sent_at DESC, id DESC)")
    op.execute("CREATE INDEX contact_requests_of_customer ON contact_requests (customer_id, sent_at DESC, id DESC)")
    op.execute("CREATE INDEX contact_requests_by_status ON contact_requests (status, sent_at DESC, id DESC)")
