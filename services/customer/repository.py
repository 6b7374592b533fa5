"""The SQL of the customer service, beside the method that runs it."""

from datetime import datetime

from services.customer.errors import (
    AlreadyRegistered,
    ContactPersonNotFound,
    ContactRequestNotFound,
    CustomerNotFound,
)
from services.customer.models import (
    Address,
    ContactPerson,
    ContactPersonChange,
    ContactRequest,
    Customer,
    CustomerChange,
    NewContactPerson,
    NewContactRequest,
    NewCustomer,
)
from services.customer.rules import digits_of
from tandem.kit.database import Connection, Record

Position = tuple[datetime, str]


class Customers:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def register(self, customer_id: str, new: NewCustomer, now: datetime) -> Customer:
        row = await self._connection.fetchrow(
            """
            INSERT INTO customers (
                id, name, organisation_number, status, email, phone, street, postal_code, city, country, registered_at
            )
            VALUES ($1, $2, $3, 'active', $4, $5, $6, $7, $8, $9, $10)
            ON CONFLICT (organisation_number) DO NOTHING
            RETURNING id, name, organisation_number, status, email, phone, street, postal_code, city, country,
                registered_at, version
            """,
            customer_id,
            new.name,
            new.organisation_number,
            new.email,
            new.phone,
            new.address.street,
            new.address.postal_code,
            new.address.city,
            new.address.country,
            now,
        )
        if row is None:
            raise AlreadyRegistered(new.organisation_number)
        return _customer(row)

    async def get(self, customer_id: str) -> Customer:
        row = await self._connection.fetchrow(
            """
            SELECT id, name, organisation_number, status, email, phone, street, postal_code, city, country,
                registered_at, version
            FROM customers
            WHERE id = $1
            """,
            customer_id,
        )
        if row is None:
            raise CustomerNotFound(customer_id)
        return _customer(row)

    async def lock(self, customer_id: str) -> Customer:
        """Like `get`, and nobody else changes the customer or its contact persons before this transaction ends."""
        row = await self._connection.fetchrow(
            """
            SELECT id, name, organisation_number, status, email, phone, street, postal_code, city, country,
                registered_at, version
            FROM customers
            WHERE id = $1
            FOR UPDATE
            """,
            customer_id,
        )
        if row is None:
            raise CustomerNotFound(customer_id)
        return _customer(row)

    async def page(self, search: str | None, status: str | None, after: Position | None, limit: int) -> list[Customer]:
        rows = await self._connection.fetch(
            """
            SELECT id, name, organisation_number, status, email, phone, street, postal_code, city, country,
                registered_at, version
            FROM customers
            WHERE ($1::text IS NULL OR strpos(name_folded, lower($1 COLLATE "pg_c_utf8")) > 0
                    OR strpos(organisation_number, $2) > 0)
                AND ($3::text IS NULL OR status = $3)
                AND ($4::timestamptz IS NULL OR (registered_at, id) < ($4, $5))
            ORDER BY registered_at DESC, id DESC
            LIMIT $6
            """,
            search,
            digits_of(search) if search else None,
            status,
            *(after or (None, None)),
            limit,
        )
        return [_customer(row) for row in rows]

    async def count(self, search: str | None, status: str | None) -> int:
        total: int = await self._connection.fetchval(
            """
            SELECT count(*)
            FROM customers
            WHERE ($1::text IS NULL OR strpos(name_folded, lower($1 COLLATE "pg_c_utf8")) > 0
                    OR strpos(organisation_number, $2) > 0)
                AND ($3::text IS NULL OR status = $3)
            """,
            search,
            digits_of(search) if search else None,
            status,
        )
        return total

    async def update(self, customer_id: str, change: CustomerChange) -> Customer:
        address = change.address
        row = await self._connection.fetchrow(
            """
            UPDATE customers
            SET name = coalesce($2, name), email = coalesce($3, email), phone = coalesce($4, phone),
                street = coalesce($5, street), postal_code = coalesce($6, postal_code), city = coalesce($7, city),
                country = coalesce($8, country), version = version + 1
            WHERE id = $1
            RETURNING id, name, organisation_number, status, email, phone, street, postal_code, city, country,
                registered_at, version
            """,
            customer_id,
            change.name,
            change.email,
            change.phone,
            *((address.street, address.postal_code, address.city, address.country) if address else (None,) * 4),
        )
        assert row is not None
        return _customer(row)

    async def set_status(self, customer_id: str, status: str) -> Customer:
        row = await self._connection.fetchrow(
            """
            UPDATE customers
            SET status = $2, version = version + 1
            WHERE id = $1
            RETURNING id, name, organisation_number, status, email, phone, street, postal_code, city, country,
                registered_at, version
            """,
            customer_id,
            status,
        )
        assert row is not None
        return _customer(row)


class ContactPersons:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(
        self, contact_person_id: str, customer_id: str, new: NewContactPerson, now: datetime
    ) -> ContactPerson:
        row = await self._connection.fetchrow(
            """
            INSERT INTO contact_persons (id, customer_id, name, role, email, phone, added_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            RETURNING id, customer_id, name, role, email, phone, added_at, version
            """,
            contact_person_id,
            customer_id,
            new.name,
            new.role,
            new.email,
            new.phone,
            now,
        )
        assert row is not None
        return ContactPerson.model_validate(dict(row))

    async def get(self, customer_id: str, contact_person_id: str) -> ContactPerson:
        row = await self._connection.fetchrow(
            """
            SELECT id, customer_id, name, role, email, phone, added_at, version
            FROM contact_persons
            WHERE id = $1 AND customer_id = $2
            """,
            contact_person_id,
            customer_id,
        )
        if row is None:
            raise ContactPersonNotFound(contact_person_id)
        return ContactPerson.model_validate(dict(row))

    async def page(self, customer_id: str, after: Position | None, limit: int) -> list[ContactPerson]:
        rows = await self._connection.fetch(
            """
            SELECT id, customer_id, name, role, email, phone, added_at, version
            FROM contact_persons
            WHERE customer_id = $1 AND ($2::timestamptz IS NULL OR (added_at, id) < ($2, $3))
            ORDER BY added_at DESC, id DESC
            LIMIT $4
            """,
            customer_id,
            *(after or (None, None)),
            limit,
        )
        return [ContactPerson.model_validate(dict(row)) for row in rows]

    async def count(self, customer_id: str) -> int:
        total: int = await self._connection.fetchval(
            "SELECT count(*) FROM contact_persons WHERE customer_id = $1", customer_id
        )
        return total

    async def update(self, contact_person_id: str, change: ContactPersonChange) -> ContactPerson:
        row = await self._connection.fetchrow(
            """
            UPDATE contact_persons
            SET name = coalesce($2, name), role = coalesce($3, role), email = coalesce($4, email),
                phone = coalesce($5, phone), version = version + 1
            WHERE id = $1
            RETURNING id, customer_id, name, role, email, phone, added_at, version
            """,
            contact_person_id,
            change.name,
            change.role,
            change.email,
            change.phone,
        )
        assert row is not None
        return ContactPerson.model_validate(dict(row))

    async def remove(self, contact_person_id: str) -> None:
        await self._connection.execute("DELETE FROM contact_persons WHERE id = $1", contact_person_id)


class ContactRequests:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def send(self, contact_request_id: str, new: NewContactRequest, now: datetime) -> ContactRequest:
        row = await self._connection.fetchrow(
            """
            INSERT INTO contact_requests (id, customer_id, channel, topic, message, preferred_time, sent_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            RETURNING id, customer_id, status, channel, topic, message, preferred_time, sent_at, answer, answered_at,
                version
            """,
            contact_request_id,
            new.customer_id,
            new.channel,
            new.topic,
            new.message,
            new.preferred_time,
            now,
        )
        assert row is not None
        return ContactRequest.model_validate(dict(row))

    async def get(self, contact_request_id: str) -> ContactRequest:
        row = await self._connection.fetchrow(
            """
            SELECT id, customer_id, status, channel, topic, message, preferred_time, sent_at, answer, answered_at,
                version
            FROM contact_requests
            WHERE id = $1
            """,
            contact_request_id,
        )
        if row is None:
            raise ContactRequestNotFound(contact_request_id)
        return ContactRequest.model_validate(dict(row))

    async def lock(self, contact_request_id: str) -> ContactRequest:
        row = await self._connection.fetchrow(
            """
            SELECT id, customer_id, status, channel, topic, message, preferred_time, sent_at, answer, answered_at,
                version
            FROM contact_requests
            WHERE id = $1
            FOR UPDATE
            """,
            contact_request_id,
        )
        if row is None:
            raise ContactRequestNotFound(contact_request_id)
        return ContactRequest.model_validate(dict(row))

    async def page(
        self, customer_id: str | None, status: str | None, after: Position | None, limit: int
    ) -> list[ContactRequest]:
        rows = await self._connection.fetch(
            """
            SELECT id, customer_id, status, channel, topic, message, preferred_time, sent_at, answer, answered_at,
                version
            FROM contact_requests
            WHERE ($1::text IS NULL OR customer_id = $1)
                AND ($2::text IS NULL OR status = $2)
                AND ($3::timestamptz IS NULL OR (sent_at, id) < ($3, $4))
            ORDER BY sent_at DESC, id DESC
            LIMIT $5
            """,
            customer_id,
            status,
            *(after or (None, None)),
            limit,
        )
        return [ContactRequest.model_validate(dict(row)) for row in rows]

    async def count(self, customer_id: str | None, status: str | None) -> int:
        total: int = await self._connection.fetchval(
            """
            SELECT count(*)
            FROM contact_requests
            WHERE ($1::text IS NULL OR customer_id = $1)
                AND ($2::text IS NULL OR status = $2)
            """,
            customer_id,
            status,
        )
        return total

    async def answer(self, contact_request_id: str, answer: str, now: datetime) -> ContactRequest:
        row = await self._connection.fetchrow(
            """
            UPDATE contact_requests
            SET answer = $2, answered_at = $3, version = version + 1
            WHERE id = $1
            RETURNING id, customer_id, status, channel, topic, message, preferred_time, sent_at, answer, answered_at,
                version
            """,
            contact_request_id,
            answer,
            now,
        )
        assert row is not None
        return ContactRequest.model_validate(dict(row))


def _customer(row: Record) -> Customer:
    address = Address(street=row["street"], postal_code=row["postal_code"], city=row["city"], country=row["country"])
    return Customer.model_validate({**row, "address": address})
