WITH seeded_accounts AS (
    INSERT INTO accounts (
        id, customer_id, name, status, credit_limit, currency, opened_at, frozen_at, closed_at, version
    )
    SELECT
        a.id, a.customer_id, a.name, a.status, (a.credit_limit ->> 'amount')::numeric, a.credit_limit ->> 'currency',
        a.opened_at, a.frozen_at, a.closed_at, a.version
    FROM jsonb_to_recordset($1::jsonb -> 'accounts') AS a (
        id text, customer_id text, name text, status text, credit_limit jsonb, opened_at timestamptz,
        frozen_at timestamptz, closed_at timestamptz, version integer
    )
    ON CONFLICT DO NOTHING
    RETURNING id
)
-- Changes have no name of their own: they come with their account, so that seeding twice adds nothing.
INSERT INTO credit_limit_changes (account_id, credit_limit, currency, reason, changed_at)
SELECT
    c.account_id, (c.credit_limit ->> 'amount')::numeric, c.credit_limit ->> 'currency', c.reason, c.changed_at
FROM jsonb_to_recordset($1::jsonb -> 'credit_limit_changes') AS c (
    account_id text, credit_limit jsonb, reason text, changed_at timestamptz
)
INNER JOIN seeded_accounts ON seeded_accounts.id = c.account_id
ORDER BY c.changed_at
