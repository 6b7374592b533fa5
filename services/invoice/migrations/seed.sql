WITH world AS (
    SELECT $1::jsonb AS document
),
added_accounts AS (
    INSERT INTO accounts (id, customer_id, currency, opened_at)
    SELECT a.id, a.customer_id, a.credit_limit ->> 'currency', a.opened_at
    FROM world, jsonb_to_recordset(document -> 'accounts') AS a (
        id text, customer_id text, credit_limit jsonb, opened_at timestamptz
    )
    ON CONFLICT DO NOTHING
),
invoice AS (
    SELECT i.*
    FROM world, jsonb_to_recordset(document -> 'invoices') AS i (
        id text, account_id text, customer_id text, number text, period text, total jsonb, issued_at timestamptz,
        due_on date, version integer, lines jsonb, payments jsonb
    )
),
payment AS (
    SELECT p.*, invoice.id AS invoice_id
    FROM invoice, jsonb_to_recordset(invoice.payments) AS p (
        id text, amount jsonb, reference text, received_on date, registered_at timestamptz
    )
),
added_invoices AS (
    INSERT INTO invoices (id, account_id, customer_id, number, period, currency, total, paid, issued_at, due_on, version)
    SELECT
        id, account_id, customer_id, number, period, total ->> 'currency', (total ->> 'amount')::numeric,
        (
            SELECT coalesce(sum((payment.amount ->> 'amount')::numeric), 0)
            FROM payment
            WHERE payment.invoice_id = invoice.id
        ),
        issued_at, due_on, version
    FROM invoice
    ON CONFLICT DO NOTHING
),
added_payments AS (
    INSERT INTO payments (id, invoice_id, amount, currency, reference, received_on, registered_at)
    SELECT
        id, invoice_id, (amount ->> 'amount')::numeric, amount ->> 'currency', reference,
        coalesce(received_on, (registered_at AT TIME ZONE 'UTC')::date), registered_at
    FROM payment
    ON CONFLICT DO NOTHING
),
added_numbers AS (
    INSERT INTO invoice_numbers (year, latest)
    SELECT
        extract(year FROM issued_at AT TIME ZONE 'UTC')::integer,
        max(substring(number FROM '[0-9]+$')::integer)
    FROM invoice
    GROUP BY 1
    ON CONFLICT DO NOTHING
),
invoiced AS (
    SELECT line.transaction_id, invoice.id AS invoice_id
    FROM invoice, jsonb_to_recordset(invoice.lines) AS line (transaction_id text)
)
INSERT INTO ledger_lines (transaction_id, account_id, sequence, kind, amount, currency, description, booked_at, invoice_id)
SELECT
    t.id, t.account_id, t.sequence, t.kind, (t.amount ->> 'amount')::numeric, t.amount ->> 'currency', t.description,
    t.booked_at, invoiced.invoice_id
FROM world
CROSS JOIN jsonb_to_recordset(document -> 'transactions') AS t (
    id text, account_id text, sequence bigint, kind text, amount jsonb, description text, booked_at timestamptz
)
LEFT JOIN invoiced ON invoiced.transaction_id = t.id
ON CONFLICT DO NOTHING;
