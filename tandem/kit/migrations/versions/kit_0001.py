"""Events on their way out, events applied, and the answers kept under idempotency keys."""

from alembic import op

revision = "kit_0001"
down_revision = None
branch_labels = ("kit",)
phase = "expand"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE outbox (
            position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            event_id text NOT NULL,
            subject text NOT NULL,
            body text NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now()
        )
    """)
    op.execute("""
        CREATE TABLE inbox (
            event_id text PRIMARY KEY,
            applied_at timestamptz NOT NULL DEFAULT now()
        )
    """)
    op.execute("CREATE INDEX inbox_applied_at ON inbox (applied_at)")
    # A key is claimed before its answer is known: status, headers and body come at the end of the same transaction.
    op.execute("""
        CREATE TABLE idempotency_keys (
            caller text NOT NULL,
            operation text NOT NULL,
            key text NOT NULL,
            fingerprint bytea NOT NULL,
            status smallint,
            headers jsonb,
            body bytea,
            created_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (caller, operation, key)
        )
    """)
    op.execute("CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at)")
