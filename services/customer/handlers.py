from datetime import datetime

from services.customer.errors import ContactRequestNotFound, CustomerNotFound
from services.customer.models import (
    ContactOptions,
    ContactPerson,
    ContactPersonChange,
    ContactPersonPage,
    ContactRequest,
    ContactRequestAnswer,
    ContactRequestPage,
    Customer,
    CustomerChange,
    CustomerPage,
    CustomerRegistered,
    NewContactPerson,
    NewContactRequest,
    NewCustomer,
)
from services.customer.peers import Peers
from services.customer.repository import ContactPersons, ContactRequests, Customers
from services.customer.rules import check_organisation_number, check_removable, check_waiting, contact_options
from tandem.kit.call import Call


async def register_customer(call: Call[Peers], body: NewCustomer) -> Customer:
    check_organisation_number(body.organisation_number)
    customer = await Customers(call.connection).register(call.new_id("cus"), body, call.now)
    await ContactPersons(call.connection).add(call.new_id("per"), customer.id, body.contact_person, call.now)
    await call.emit(CustomerRegistered(customer_id=customer.id, name=customer.name))
    call.etag = customer.version
    return customer


async def list_customers(
    call: Call[Peers], search: str | None, status: str | None, limit: int, cursor: str | None
) -> CustomerPage:
    after = call.read_cursor(cursor, datetime, str)
    async with call.snapshot() as connection:
        customers = Customers(connection)
        found = await customers.page(search, status, after, limit + 1)
        total = await customers.count(search, status)
    items = found[:limit]
    next_cursor = call.write_cursor(items[-1].registered_at, items[-1].id) if len(found) > limit else None
    return CustomerPage(items=items, next_cursor=next_cursor, total=total)


async def get_customer(call: Call[Peers], customer_id: str) -> Customer:
    call.caller.require_owner(customer_id, CustomerNotFound(customer_id))
    customer = await Customers(call.connection).get(customer_id)
    call.etag = customer.version
    return customer


async def update_customer(call: Call[Peers], customer_id: str, body: CustomerChange) -> Customer:
    call.caller.require_owner(customer_id, CustomerNotFound(customer_id))
    customers = Customers(call.connection)
    call.check_match((await customers.lock(customer_id)).version)
    customer = await customers.update(customer_id, body)
    call.etag = customer.version
    return customer


async def deactivate_customer(call: Call[Peers], customer_id: str) -> Customer:
    return await _set_status(call, customer_id, "inactive")


async def reactivate_customer(call: Call[Peers], customer_id: str) -> Customer:
    return await _set_status(call, customer_id, "active")


async def _set_status(call: Call[Peers], customer_id: str, status: str) -> Customer:
    call.caller.require_owner(customer_id, CustomerNotFound(customer_id))
    customers = Customers(call.connection)
    customer = await customers.lock(customer_id)
    if customer.status != status:
        customer = await customers.set_status(customer_id, status)
    call.etag = customer.version
    return customer


async def add_contact_person(call: Call[Peers], customer_id: str, body: NewContactPerson) -> ContactPerson:
    call.caller.require_owner(customer_id, CustomerNotFound(customer_id))
    await Customers(call.connection).get(customer_id)
    person = await ContactPersons(call.connection).add(call.new_id("per"), customer_id, body, call.now)
    call.etag = person.version
    return person


async def list_contact_persons(
    call: Call[Peers], customer_id: str, limit: int, cursor: str | None
) -> ContactPersonPage:
    call.caller.require_owner(customer_id, CustomerNotFound(customer_id))
    after = call.read_cursor(cursor, datetime, str)
    async with call.snapshot() as connection:
        await Customers(connection).get(customer_id)
        persons = ContactPersons(connection)
        found = await persons.page(customer_id, after, limit + 1)
        total = await persons.count(customer_id)
    items = found[:limit]
    next_cursor = call.write_cursor(items[-1].added_at, items[-1].id) if len(found) > limit else None
    return ContactPersonPage(items=items, next_cursor=next_cursor, total=total)


async def get_contact_person(call: Call[Peers], customer_id: str, contact_person_id: str) -> ContactPerson:
    call.caller.require_owner(customer_id, CustomerNotFound(customer_id))
    person = await ContactPersons(call.connection).get(customer_id, contact_person_id)
    call.etag = person.version
    return person


async def update_contact_person(
    call: Call[Peers], customer_id: str, contact_person_id: str, body: ContactPersonChange
) -> ContactPerson:
    call.caller.require_owner(customer_id, CustomerNotFound(customer_id))
    await Customers(call.connection).lock(customer_id)
    persons = ContactPersons(call.connection)
    call.check_match((await persons.get(customer_id, contact_person_id)).version)
    person = await persons.update(contact_person_id, body)
    call.etag = person.version
    return person


async def remove_contact_person(call: Call[Peers], customer_id: str, contact_person_id: str) -> None:
    call.caller.require_owner(customer_id, CustomerNotFound(customer_id))
    # Two removals at once would each see the other's person and leave nobody.
    await Customers(call.connection).lock(customer_id)
    persons = ContactPersons(call.connection)
    person = await persons.get(customer_id, contact_person_id)
    check_removable(person, await persons.count(customer_id))
    await persons.remove(contact_person_id)


async def get_contact_options(call: Call[Peers]) -> ContactOptions:
    return ContactOptions(items=contact_options(call.now))


async def send_contact_request(call: Call[Peers], body: NewContactRequest) -> ContactRequest:
    call.caller.require_owner(body.customer_id, CustomerNotFound(body.customer_id))
    await Customers(call.connection).get(body.customer_id)
    request = await ContactRequests(call.connection).send(call.new_id("req"), body, call.now)
    call.etag = request.version
    return request


async def list_contact_requests(
    call: Call[Peers], customer_id: str | None, status: str | None, limit: int, cursor: str | None
) -> ContactRequestPage:
    owner = call.caller.restrict(customer_id)
    after = call.read_cursor(cursor, datetime, str)
    async with call.snapshot() as connection:
        requests = ContactRequests(connection)
        found = await requests.page(owner, status, after, limit + 1)
        total = await requests.count(owner, status)
    items = found[:limit]
    next_cursor = call.write_cursor(items[-1].sent_at, items[-1].id) if len(found) > limit else None
    return ContactRequestPage(items=items, next_cursor=next_cursor, total=total)


async def get_contact_request(call: Call[Peers], contact_request_id: str) -> ContactRequest:
    request = await ContactRequests(call.connection).get(contact_request_id)
    call.caller.require_owner(request.customer_id, ContactRequestNotFound(contact_request_id))
    call.etag = request.version
    return request


async def answer_contact_request(
    call: Call[Peers], contact_request_id: str, body: ContactRequestAnswer
) -> ContactRequest:
    requests = ContactRequests(call.connection)
    request = await requests.lock(contact_request_id)
    call.caller.require_owner(request.customer_id, ContactRequestNotFound(contact_request_id))
    check_waiting(request)
    request = await requests.answer(contact_request_id, body.answer, call.now)
    call.etag = request.version
    return request
