"""Loans; a guarantee is checked at COMMIT, so that something can fail as late as that."""

from alembic import op

revision = "loan_0001"
down_revision = None
phase = "expand"


def upgrade() -> None:
    op.execute(
        "CREATE TABLE loans (id text PRIMARY KEY, name text NOT NULL, amount int NOT NULL, version int NOT NULL)"
    )
    op.execute("CREATE TABLE guarantees (loan_id text REFERENCES loans DEFERRABLE INITIALLY DEFERRED)")
    op.execute("CREATE TABLE greetings (loan_id text, request_id text, source text)")
