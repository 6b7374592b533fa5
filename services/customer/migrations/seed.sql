WITH seeded_customers AS (
    INSERT INTO customers (
        id, name, organisation_number, status, email, phone, street, postal_code, city, country, registered_at, version
    )
    SELECT
        c.id, c.name, c.organisation_number, c.status, c.email, c.phone, c.address ->> 'street',
        c.address ->> 'postal_code', c.address ->> 'city', c.address ->> 'country', c.registered_at, c.version
    FROM jsonb_to_recordset($1::jsonb -> 'customers') AS c (
        id text, name text, organisation_number text, status text, email text, phone text, address jsonb,
        registered_at timestamptz, version integer
    )
    ON CONFLICT DO NOTHING
), seeded_persons AS (
    INSERT INTO contact_persons (id, customer_id, name, role, email, phone, added_at, version)
    SELECT p.id, p.customer_id, p.name, p.role, p.email, p.phone, p.added_at, p.version
    FROM jsonb_array_elements($1::jsonb -> 'customers') AS c (document)
    CROSS JOIN LATERAL jsonb_to_recordset(c.document -> 'contact_persons') AS p (
        id text, customer_id text, name text, role text, email text, phone text, added_at timestamptz, version integer
    )
    ON CONFLICT DO NOTHING
)
INSERT INTO contact_requests (
    id, customer_id, channel, topic, message, preferred_time, sent_at, answer, answered_at, version
)
SELECT r.id, r.customer_id, r.channel, r.topic, r.message, r.preferred_time, r.sent_at, r.answer, r.answered_at, r.version
FROM jsonb_to_recordset($1::jsonb -> 'contact_requests') AS r (
    id text, customer_id text, channel text, topic text, message text, preferred_time timestamptz,
    sent_at timestamptz, answer text, answered_at timestamptz, version integer
)
ON CONFLICT DO NOTHING
