-- $1 is the seed world. One statement, so that either all of it is there or nothing.
WITH new_accounts AS (
    INSERT INTO accounts (id, customer_id, status)
    SELECT a.id, a.customer_id, CASE a.status WHEN 'closed' THEN 'closed' ELSE 'open' END
    FROM jsonb_to_recordset($1::jsonb -> 'accounts') AS a (id text, customer_id text, status text)
    ON CONFLICT (id) DO NOTHING
)
INSERT INTO cards (
    id, account_id, customer_id, holder_name, last_four, token, status, design,
    issued_at, activated_at, frozen_at, cancelled_at, version
)
SELECT
    c.id, c.account_id, c.customer_id, c.holder_name, c.last_four, c.token, c.status, c.design,
    c.issued_at, c.activated_at, c.frozen_at, c.cancelled_at, c.version
FROM jsonb_to_recordset($1::jsonb -> 'cards') AS c (
    id text, account_id text, customer_id text, holder_name text, last_four text, token text, status text, design text,
    issued_at timestamptz, activated_at timestamptz, frozen_at timestamptz, cancelled_at timestamptz, version integer
)
ON CONFLICT (id) DO NOTHING
