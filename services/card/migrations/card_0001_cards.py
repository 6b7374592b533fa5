"""Cards and the accounts they belong to."""

from alembic import op

revision = "card_0001"
down_revision = None
phase = "expand"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE accounts (
            id text PRIMARY KEY,
            customer_id text NOT NULL,
            status text NOT NULL CHECK (status IN ('open', 'closed'))
        )
    """)
    # There is no column for a card number, and there never will be one.
    op.execute("""
        CREATE TABLE cards (
            id text PRIMARY KEY,
            account_id text NOT NULL REFERENCES accounts (id),
            customer_id text NOT NULL,
            holder_name text NOT NULL,
            last_four text NOT NULL CHECK (last_four ~ '^[0-9]{4}$'),
            token text NOT NULL UNIQUE,
            status text NOT NULL CHECK (status IN ('inactive', 'active', 'frozen', 'cancelled')),
            status_reason text,
            design text NOT NULL,
            issued_at timestamptz NOT NULL,
            activated_at timestamptz,
            frozen_at timestamptz,
            cancelled_at timestamptz,
            replaces text UNIQUE REFERENCES cards (id),
            version integer NOT NULL DEFAULT 1,
            CHECK (status NOT IN ('active', 'frozen') OR activated_at IS NOT NULL),
            CHECK ((status = 'frozen') = (frozen_at IS NOT NULL)),
            CHECK ((status = 'cancelled') = (cancelled_at IS NOT NULL))
        )
    """)
    op.execute("CREATE INDEX cards_newest ON cards (issued_at DESC, id DESC)")
    op.execute("CREATE INDEX cards_of_account ON cards (account_id, issued_at DESC, id DESC)")
    op.execute("CREATE INDEX cards_of_customer ON cards (customer_id, issued_at DESC, id DESC)")
