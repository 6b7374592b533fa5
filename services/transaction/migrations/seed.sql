-- $1 is the seed world. An account that has a ledger already is left as it is, so that seeding twice adds nothing.
WITH world_transactions AS MATERIALIZED (
    SELECT
        t.*,
        (t.amount ->> 'amount')::numeric AS paid,
        t.amount ->> 'currency' AS currency,
        CASE WHEN t.kind IN ('purchase', 'fee') THEN 1 ELSE -1 END AS direction
    FROM jsonb_to_recordset($1::jsonb -> 'transactions') AS t (
        id text, account_id text, card_id text, kind text, description text, amount jsonb, purchased_at timestamptz,
        booked_at timestamptz, sequence integer, merchant_category text, refunds text, reason text, invoice_id text,
        payment_id text, reference text
    )
), totals AS (
    SELECT account_id, sum(direction * paid) AS used, count(*) AS last_sequence, max(booked_at) AS last_booked_at
    FROM world_transactions
    GROUP BY account_id
), new_ledgers AS (
    INSERT INTO ledgers (
        account_id, customer_id, currency, credit_limit, status, used, last_sequence, last_booked_at
    )
    SELECT
        a.id, a.customer_id, a.credit_limit ->> 'currency', (a.credit_limit ->> 'amount')::numeric, a.status,
        coalesce(totals.used, 0), coalesce(totals.last_sequence, 0), totals.last_booked_at
    FROM jsonb_to_recordset($1::jsonb -> 'accounts') AS a (id text, customer_id text, credit_limit jsonb, status text)
    LEFT JOIN totals ON totals.account_id = a.id
    ON CONFLICT DO NOTHING
    RETURNING account_id
), new_cards AS (
    INSERT INTO cards (card_id, account_id, status)
    SELECT c.id, c.account_id, c.status
    FROM jsonb_to_recordset($1::jsonb -> 'cards') AS c (id text, account_id text, status text)
    ON CONFLICT DO NOTHING
), new_transactions AS (
    INSERT INTO transactions (
        id, account_id, sequence, kind, amount, currency, description, booked_at, card_id, purchased_at,
        merchant_category, purchase_id, reason, invoice_id, payment_id, reference
    )
    SELECT
        id, account_id, sequence, kind, paid, currency, description, booked_at, card_id, purchased_at,
        merchant_category, refunds, CASE kind WHEN 'refund' THEN coalesce(reason, 'Returned') END, invoice_id, payment_id,
        coalesce(reference, payment_id)
    FROM world_transactions
    INNER JOIN new_ledgers USING (account_id)
    ORDER BY account_id, sequence
)
INSERT INTO postings (transaction_id, line, ledger_account, amount, currency)
SELECT id, line, ledger_account, line_amount, currency
FROM world_transactions
INNER JOIN new_ledgers USING (account_id)
CROSS JOIN LATERAL (
    VALUES
        (1, 'receivable:' || account_id, direction * paid),
        (2, CASE kind WHEN 'payment' THEN 'bank' WHEN 'fee' THEN 'fee_income' ELSE 'clearing' END, -direction * paid)
) AS lines (line, ledger_account, line_amount)
