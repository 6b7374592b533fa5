"""Accounts and the credit limits they have had."""

from alembic import op

revision = "account_0001"
down_revision = None
phase = "expand"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE accounts (
            id           text           PRIMARY KEY,
            customer_id  text           NOT NULL,
            name         text           NOT NULL,
            status       text           NOT NULL CHECK (status IN ('open', 'frozen', 'closed')),
            credit_limit numeric(14, 2) NOT NULL CHECK (credit_limit > 0),
            currency     text           NOT NULL,
            opened_at    timestamptz    NOT NULL,
            frozen_at    timestamptz,
            closed_at    timestamptz,
            version      integer        NOT NULL DEFAULT 1,
            CHECK ((status = 'frozen') = (frozen_at IS NOT NULL)),
            CHECK ((status = 'closed') = (closed_at IS NOT NULL))
        )
    """)
    op.execute("CREATE INDEX accounts_newest ON accounts (opened_at DESC, id DESC)")
    op.execute("CREATE INDEX accounts_of_customer ON accounts (customer_id, opened_at DESC, id DESC)")
    # Limits change under the lock of their account, so the numbers of one account rise with time.
    op.execute("""
        CREATE TABLE credit_limit_changes (
            number       bigint         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            account_id   text           NOT NULL REFERENCES accounts,
            credit_limit numeric(14, 2) NOT NULL,
            currency     text           NOT NULL,
            reason       text           NOT NULL,
            changed_at   timestamptz    NOT NULL
        )
    """)
    op.execute("CREATE INDEX credit_limit_changes_of_account ON credit_limit_changes (account_id, number DESC)")
