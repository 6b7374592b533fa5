"""Accounts and cards as other services tell of them, and the ledger: transactions and their postings."""

from alembic import op

revision = "transaction_0001"
down_revision = None
phase = "expand"


def upgrade() -> None:
    _ledgers_and_cards()
    _transactions()
    _postings()
    _append_only()
    _balanced()


def _ledgers_and_cards() -> None:
    op.execute(
        """
        CREATE TABLE ledgers (
            account_id text PRIMARY KEY,
            customer_id text NOT NULL,
            currency text NOT NULL,
            credit_limit numeric(14, 2) NOT NULL,
            status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'frozen', 'closed')),
            used numeric(14, 2) NOT NULL DEFAULT 0,
            last_sequence integer NOT NULL DEFAULT 0,
            last_booked_at timestamptz
        )
        -- Each transaction updates its ledger in place; room on the page keeps that off the index.
        WITH (fillfactor = 70)
        """
    )
    op.execute(
        """
        CREATE TABLE cards (
            card_id text PRIMARY KEY,
            account_id text,
            status text NOT NULL CHECK (status IN ('inactive', 'active', 'frozen', 'cancelled'))
        )
        """
    )


def _transactions() -> None:
    op.execute(
        """
        CREATE TABLE transactions (
            id text PRIMARY KEY,
            account_id text NOT NULL REFERENCES ledgers,
            sequence integer NOT NULL CHECK (sequence > 0),
            kind text NOT NULL CHECK (kind IN ('purchase', 'refund', 'payment', 'fee')),
            amount numeric(14, 2) NOT NULL CHECK (amount > 0),
            currency text NOT NULL,
            description text NOT NULL,
            booked_at timestamptz NOT NULL,
            card_id text,
            purchased_at timestamptz,
            merchant_category text,
            purchase_id text REFERENCES transactions,
            reason text,
            invoice_id text,
            payment_id text,
            reference text,
            UNIQUE (account_id, sequence),
            CHECK ((kind = 'purchase') <= (card_id IS NOT NULL)),
            CHECK ((kind = 'refund') = (purchase_id IS NOT NULL))
        )
        """
    )
    op.execute("CREATE INDEX transactions_newest ON transactions (account_id, booked_at DESC, sequence DESC)")
    op.execute("CREATE INDEX transactions_refunds ON transactions (purchase_id) WHERE purchase_id IS NOT NULL")
    op.execute("CREATE UNIQUE INDEX transactions_payment ON transactions (payment_id) WHERE payment_id IS NOT NULL")


def _postings() -> None:
    op.execute(
        """
        CREATE TABLE postings (
            transaction_id text NOT NULL REFERENCES transactions,
            line smallint NOT NULL,
            ledger_account text NOT NULL,
            -- A debit is above zero, a credit below, so that a transaction balances when its lines add up to zero.
            amount numeric(14, 2) NOT NULL CHECK (amount <> 0),
            currency text NOT NULL,
            PRIMARY KEY (transaction_id, line)
        )
        """
    )
    op.execute("CREATE INDEX postings_ledger_account ON postings (ledger_account) INCLUDE (amount)")


def _append_only() -> None:
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the ledger is append-only: % on % is refused; book a new transaction instead',
                TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END
        $$
        """
    )
    for table in ("transactions", "postings"):
        op.execute(
            f"""
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
            """
        )


def _balanced() -> None:
    op.execute(
        """
        CREATE FUNCTION require_balance() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            booked text;
        BEGIN
            IF TG_TABLE_NAME = 'postings' THEN
                booked := NEW.transaction_id;
            ELSE
                booked := NEW.id;
            END IF;
            PERFORM FROM transactions t JOIN postings p ON p.transaction_id = t.id
            WHERE t.id = booked
            GROUP BY t.id
            HAVING count(*) = 2 AND sum(p.amount) = 0 AND max(p.amount) = t.amount
                AND bool_and(p.currency = t.currency);
            IF NOT FOUND THEN
                RAISE EXCEPTION 'transaction % does not balance', booked USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END
        $$
        """
    )
    for table in ("transactions", "postings"):
        op.execute(
            f"""
            CREATE CONSTRAINT TRIGGER {table}_balance AFTER INSERT ON {table}
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_balance()
            """
        )
