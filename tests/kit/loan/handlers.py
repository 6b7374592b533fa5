import asyncio
from collections.abc import AsyncIterator
from typing import Any

from tandem.kit.call import Call
from tandem.kit.problems import Conflict, NotFound
from tests.kit.loan.models import Loan, LoanChange, LoanOpened, LoanPaid, NewLoan, Seen


class LoanNotFound(NotFound):
    title = "Loan not found"


class LoanIsPaid(Conflict):
    title = "The loan is paid"


async def list_loans(
    call: Call[Any],
    limit: int,
    status: list[str] | None,
    rate: float | None,
    late: bool | None,
    cursor: str | None,
    day: str | None,
) -> Seen:
    after = call.read_cursor(cursor, int)
    seen = {"limit": limit, "status": status, "rate": rate, "late": late, "after": after, "day": day}
    return Seen(seen={**seen, "next": call.write_cursor(limit), "caller": call.caller.subject})


async def open_loan(call: Call[Any], body: NewLoan) -> Loan:
    loan = Loan(id=call.new_id("lon"), name=body.name, amount=body.amount, version=1)
    insert = "INSERT INTO loans (id, name, amount, version) VALUES ($1, $2, $3, 1)"
    await call.connection.execute(insert, loan.id, loan.name, loan.amount)
    await call.emit(LoanOpened(loan_id=loan.id, amount=loan.amount))
    call.etag = loan.version
    return loan


async def get_loan(call: Call[Any], loan_id: str) -> Loan:
    async with call.snapshot() as connection:
        row = await connection.fetchrow("SELECT id, name, amount, version FROM loans WHERE id = $1", loan_id)
    if row is None:
        raise LoanNotFound(f"There is no loan {loan_id}.")
    call.etag = row["version"]
    return Loan(**row)


async def change_loan(call: Call[Any], loan_id: str, body: LoanChange) -> Loan:
    version = await call.connection.fetchval("SELECT version FROM loans WHERE id = $1 FOR UPDATE", loan_id)
    if version is None:
        raise LoanNotFound(f"There is no loan {loan_id}.")
    call.check_match(version)
    update = "UPDATE loans SET name = $2, version = version + 1 WHERE id = $1 RETURNING id, name, amount, version"
    row = await call.connection.fetchrow(update, loan_id, body.name)
    assert row is not None
    call.etag = row["version"]
    return Loan(**row)


async def forget_loan(call: Call[Any], loan_id: str) -> None:
    await call.connection.execute("DELETE FROM loans WHERE id = $1", loan_id)


async def export_loans(call: Call[Any], fail_after: int) -> AsyncIterator[bytes]:
    return _lines(fail_after)


async def _lines(fail_after: int) -> AsyncIterator[bytes]:
    for number in range(3):
        if number == fail_after:
            raise LoanIsPaid("There is nothing to export.")
        yield b"line %d\n" % number


async def get_terms(call: Call[Any]) -> bytes:
    return b"%PDF-1.7"


async def list_offers(call: Call[Any]) -> Seen:
    return Seen(seen={"flag": call.flags.on("loan-offers")})


async def list_rates(call: Call[Any]) -> Seen:
    return Seen(seen={})


async def see_trouble(call: Call[Any], how: str) -> Any:
    match how:
        case "write":
            await call.connection.execute("DELETE FROM loans")
        case "version":
            call.etag = 1
            return Seen(seen={})
        case "context":
            context = call.context
            return Seen(
                seen={"request_id": call.request_id, "traceparent": context.traceparent, "left": context.seconds_left}
            )
        case "peer":
            await call.peers.bank.get_bank()
            return Seen(seen={"traceparent": call.context.traceparent})
        case "shared":
            return Seen(
                seen={
                    "objects": (await call.objects.presign_get("a")).url,
                    "stage": call.settings.stage,
                    "peers": list(vars(call.peers)),
                }
            )
    return Loan(id="lon_1", name="Anna", amount=1, version=1)


_ROW = "INSERT INTO loans (id, name, amount, version) VALUES ('lon_t', 'Anna', 1, 1)"
_STATEMENTS = {
    "row": _ROW,
    "commit": "INSERT INTO guarantees (loan_id) VALUES ('lon_nobody')",
    "lost": "SELECT pg_terminate_backend(pg_backend_pid())",
}


async def make_trouble(call: Call[Any], how: str) -> Any:
    """Each way to go wrong writes something first, so that one sees whether it was kept."""
    if how == "peer":
        assert await call.reader.fetchval("SELECT count(*) FROM loans") == 0
        await call.peers.bank.get_bank()
    await call.connection.execute(_ROW)
    if how in _STATEMENTS:
        await call.connection.execute(_STATEMENTS[how])
    match how:
        case "bug":
            raise ZeroDivisionError("Anna Andersson, 19800101-1234")
        case "problem":
            raise LoanIsPaid("The loan is paid already.")
        case "slow":
            await asyncio.Event().wait()
        case "stream":
            return _lines(-1)
        case "list":
            return [1]
        case "event":
            await call.emit(LoanPaid(loan_id="lon_t"))
        case "wrong":
            return Loan(id="lon_t", name="Anna", amount=1, version=1)
    return Seen(seen={"deadline": call.deadline})


async def on_loan_opened(call: Call[Any], event: LoanOpened) -> None:
    insert = "INSERT INTO greetings (loan_id, request_id, source) VALUES ($1, $2, $3)"
    await call.connection.execute(insert, event.loan_id, call.request_id, call.caller.subject)
