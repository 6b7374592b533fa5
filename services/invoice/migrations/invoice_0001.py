"""Accounts and ledger lines as heard from their owners; invoices and their payments."""

from alembic import op

revision = "invoice_0001"
down_revision = None
phase = "expand"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE accounts (
            id text PRIMARY KEY,
            customer_id text NOT NULL,
            currency text NOT NULL,
            opened_at timestamptz NOT NULL
        )
        """
    )
    op.execute(
        """
        CREATE TABLE invoices (
            id text PRIMARY KEY,
            account_id text NOT NULL,
            customer_id text NOT NULL,
            number text NOT NULL,
            period text NOT NULL,
            currency text NOT NULL,
            total numeric(14, 2) NOT NULL,
            paid numeric(14, 2) NOT NULL DEFAULT 0,
            issued_at timestamptz NOT NULL,
            due_on date NOT NULL,
            version integer NOT NULL DEFAULT 1,
            CONSTRAINT invoices_number UNIQUE (number),
            CONSTRAINT invoices_once_per_account_and_period UNIQUE (account_id, period),
            CONSTRAINT invoices_never_overpaid CHECK (total >= 0 AND paid BETWEEN 0 AND total)
        )
        """
    )
    op.execute("CREATE INDEX invoices_newest ON invoices (issued_at DESC, id DESC)")
    op.execute("CREATE INDEX invoices_of_customer ON invoices (customer_id, issued_at DESC, id DESC)")
    # A row per year and not a sequence: a sequence leaves a gap when a transaction rolls back, and invoice numbers may
    # have none.
    op.execute(
        """
        CREATE TABLE invoice_numbers (
            year integer PRIMARY KEY,
            latest integer NOT NULL
        )
        """
    )
    # No reference to accounts: the ledger and the account service are heard in no particular order.
    op.execute(
        """
        CREATE TABLE ledger_lines (
            transaction_id text PRIMARY KEY,
            account_id text NOT NULL,
            sequence bigint NOT NULL,
            kind text NOT NULL CHECK (kind IN ('purchase', 'refund', 'payment', 'fee')),
            amount numeric(14, 2) NOT NULL,
            currency text NOT NULL,
            description text NOT NULL,
            booked_at timestamptz NOT NULL,
            invoice_id text REFERENCES invoices (id),
            CONSTRAINT ledger_lines_sequence UNIQUE (account_id, sequence),
            CONSTRAINT ledger_lines_payments_are_not_invoiced CHECK (kind <> 'payment' OR invoice_id IS NULL)
        )
        """
    )
    op.execute(
        """
        CREATE INDEX ledger_lines_to_invoice ON ledger_lines (account_id, booked_at)
        WHERE invoice_id IS NULL AND kind <> 'payment'
        """
    )
    op.execute(
        """
        CREATE INDEX ledger_lines_of_invoice ON ledger_lines (invoice_id, booked_at DESC, transaction_id DESC)
        WHERE invoice_id IS NOT NULL
        """
    )
    op.execute(
        """
        CREATE TABLE payments (
            id text PRIMARY KEY,
            invoice_id text NOT NULL REFERENCES invoices (id),
            amount numeric(14, 2) NOT NULL CHECK (amount > 0),
            currency text NOT NULL,
            reference text NOT NULL,
            received_on date NOT NULL,
            registered_at timestamptz NOT NULL
        )
        """
    )
    op.execute("CREATE INDEX payments_of_invoice ON payments (invoice_id, registered_at DESC, id DESC)")
