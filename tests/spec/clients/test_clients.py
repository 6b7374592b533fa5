"""Generated clients: what they look like, that they are typed, and what they do on the wire."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tandem.cli.main import run
from tandem.spec.clients import NodeTools, NotGenerated, python_client, select, typescript_client
from tandem.spec.manifest import load_manifest
from tests.architecture.project import ROOT
from tests.spec.clients.golden.python import Client, Mistake, Problem, Unreachable
from tests.spec.clients.golden.python.models import Book, Loan, NewBook

HERE = Path(__file__).parent
PACKAGES = ROOT / "mocks/node_modules"
NODE = Path(shutil.which("node") or "node")
BOOK = {"id": "bok_1", "title": "Pippi", "state": "in", "price": "99.00"}
SELECTION = select(load_manifest(HERE / "contracts"), ["library", "shelf"])


def _golden(name: str) -> dict[str, str]:
    return {path.name: path.read_text() for path in (HERE / "golden" / name).iterdir() if path.is_file()}


def test_the_python_client_is_the_checked_in_one() -> None:
    assert python_client(SELECTION) == _golden("python")


def test_the_typescript_client_is_the_checked_in_one() -> None:
    assert typescript_client(SELECTION, NodeTools(NODE, PACKAGES)) == _golden("ts")


def test_one_service_brings_nothing_of_another() -> None:
    selection = select(load_manifest(HERE / "contracts"), ["shelf"])
    assert list(selection.document["paths"]) == ["/v1/shelves"]
    assert list(selection.document["components"]["schemas"]) == ["shelf.NewBook"]
    assert "class ShelfNewBook" in python_client(selection)["models.py"]


def test_without_the_packages_one_sentence_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotGenerated, match="run `make environment`"):
        typescript_client(SELECTION, NodeTools(NODE, tmp_path))


def _compile(tmp_path: Path, **sources: str) -> subprocess.CompletedProcess[str]:
    shutil.copytree(HERE / "golden/ts", tmp_path / "api")
    for name, text in sources.items():
        (tmp_path / f"{name}.ts").write_text(text)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    options = json.loads((ROOT / "mocks/example/tsconfig.json").read_text())["compilerOptions"]
    options |= {"outDir": "dist", "rootDir": "."}
    (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "include": ["**/*.ts"]}))
    command = [str(NODE), str(PACKAGES / "typescript/bin/tsc"), "-p", str(tmp_path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_typescript_refuses_what_the_contract_does_not_say(tmp_path: Path) -> None:
    wrong = """
        import { Client } from "./api/client.js";
        const client = new Client({ baseUrl: "" });
        await client.addBook({ body: { title: 1 } });
        await client.getBook({});
        await client.listBooks({ query: { state: "burnt" } });
        await client.changeBook({ path: { book_id: "1" }, body: { title: "" } });
        (await client.getCover({ path: { book_id: "1" } })).data.title;
    """
    done = _compile(tmp_path, wrong=wrong)
    assert [line.partition("(")[2].partition(",")[0] for line in done.stdout.splitlines() if "error" in line] == [
        "4", "5", "6", "7", "8"
    ]  # fmt: skip


SMOKE = """
    import { Client, Problem, Unreachable } from "./api/client.js";
    const seen: unknown[] = [];
    const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
      new Response(body === null ? null : JSON.stringify(body), { status, headers });
    const answers = [
      answer(201, { id: "bok_1" }, { ETag: '"1"' }),
      answer(200, { items: [] }),
      answer(422, { type: "/problems/invalid-request", title: "No", detail: "Bad.", request_id: "r1",
        errors: [{ in: "body", pointer: "/title", message: "too short" }] }, { "Retry-After": "3" }),
      answer(204, null),
    ];
    const fetch = async (address: unknown, init?: RequestInit) => {
      const headers = Object.fromEntries(new Headers(init?.headers));
      seen.push([init?.method, address, headers, init?.body ?? null]);
      const next = answers.shift();
      if (next === undefined) throw new TypeError("down");
      return next;
    };
    const client = new Client({ baseUrl: "http://api/", token: async () => "t0ken", scenario: "overdue", fetch });
    const added = await client.addBook({ body: { title: "Pippi" } });
    await client.listBooks({ query: { state: "in", limit: 2 } });
    const problem = await client.getBook({ path: { book_id: "å/1" } }).catch((reason) => reason);
    await client.removeBook({ path: { book_id: "1" } });
    const down = await client.listBooks().catch((reason) => reason);
    const abort = new AbortController();
    abort.abort();
    const aborted = await client.listBooks({ signal: abort.signal }).catch((reason) => reason);
    console.log(JSON.stringify({
      seen, etag: added.etag, problem: { ...problem, known: problem instanceof Problem },
      down: down instanceof Unreachable, aborted: aborted instanceof Unreachable,
    }));
"""


def test_typescript_sends_what_the_contract_asks_and_types_the_errors(tmp_path: Path) -> None:
    done = _compile(tmp_path, smoke=SMOKE)
    assert done.stdout == ""
    said = subprocess.run([NODE, tmp_path / "dist/smoke.js"], capture_output=True, text=True, check=True).stdout
    told = json.loads(said)
    (add, page, book, *_) = told["seen"]
    assert add[:2] == ["POST", "http://api/v1/books"]
    assert json.loads(add[3]) == {"title": "Pippi"}
    assert add[2]["authorization"] == "Bearer t0ken"
    assert add[2]["x-tandem-scenario"] == "overdue"
    assert len(add[2]["idempotency-key"]) == 32
    assert page[1] == "http://api/v1/books?state=in&limit=2"
    assert "idempotency-key" not in page[2]
    assert book[1] == "http://api/v1/books/%C3%A5%2F1"
    assert told["etag"] == '"1"'
    assert told["problem"] == {
        "name": "Problem", "known": True, "status": 422, "type": "/problems/invalid-request", "title": "No",
        "detail": "Bad.", "requestId": "r1", "retryAfterSeconds": 3,
        "errors": [{"in": "body", "pointer": "/title", "message": "too short"}],
    }  # fmt: skip
    assert (told["down"], told["aborted"]) == (True, False)


def _client(answer: Callable[[httpx.Request], httpx.Response], token: str | None = None) -> Client:
    return Client("http://api", token=token, scenario="overdue", http=httpx.MockTransport(answer))


async def test_python_sends_what_the_contract_asks() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={**BOOK, "newer": 1, "state": "repaired"}, headers={"ETag": '"2"'})

    async with _client(answer, token="t0ken") as client:
        book = await client.change_book(book_id="å/1", body=NewBook(title="Pippi"), if_match='"1"')
        await client.add_book(body=NewBook(title="Pippi"), idempotency_key="mine-0001")
        await client.lend_book(book_id="1", body=Loan())
        await client.lend_book(book_id="1")
    assert (book.etag, book.data) == ('"2"', Book(**{**BOOK, "state": "repaired"}))
    change, add, lend, bare = seen
    assert change.url.raw_path == b"/v1/books/%C3%A5%2F1"
    assert (change.headers["If-Match"], json.loads(change.content)) == ('"1"', {"title": "Pippi"})
    assert (change.headers["Authorization"], change.headers["X-Tandem-Scenario"]) == ("Bearer t0ken", "overdue")
    assert add.headers["Idempotency-Key"] == "mine-0001"
    assert (lend.content, bare.content) == (b"{}", b"")


async def test_python_reads_pages_text_bytes_and_nothing() -> None:
    answers = {
        "/v1/books": httpx.Response(200, json={"items": [BOOK], "next_cursor": None, "total": 1}),
        "/v1/catalogue": httpx.Response(200, text="id,title\n"),
        "/v1/books/1/cover": httpx.Response(200, content=b"%PDF"),
        "/v1/books/1": httpx.Response(204),
    }
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return answers[request.url.path]

    async with _client(answer) as client:
        page = await client.list_books(state="in")
        assert page.data.items[0].title == "Pippi"
        assert (await client.export_catalogue(year=2026)).data == "id,title\n"
        assert (await client.get_cover(book_id="1")).data == b"%PDF"
        assert (await client.remove_book(book_id="1")).data is None
    assert asked[0] == "http://api/v1/books?state=in"


async def test_python_raises_problems_with_what_they_say() -> None:
    said = {"type": "/problems/invalid-request", "title": "No", "detail": "Bad.", "request_id": "r1"}
    mistakes = [{"in": "body", "pointer": "/title", "message": "too short"}]
    headers = {"Retry-After": "3"}
    async with _client(lambda _: httpx.Response(422, json={**said, "errors": mistakes}, headers=headers)) as client:
        with pytest.raises(Problem, match=r"No: Bad\.") as caught:
            await client.get_book(book_id="1")
    problem = Problem(422, "/problems/invalid-request", "No", "Bad.", "r1", [Mistake("body", "/title", "too short")], 3)
    assert caught.value == problem


async def test_python_tells_a_page_of_a_proxy_from_nothing_at_all() -> None:
    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    async with _client(lambda _: httpx.Response(502, html="<h1>Bad gateway")) as client:
        with pytest.raises(Problem, match="Bad Gateway"):
            await client.get_book(book_id="1")
    async with _client(down) as client:
        with pytest.raises(Unreachable, match="does not answer: refused"):
            await client.get_book(book_id="1")


async def test_a_token_is_asked_for_before_every_call() -> None:
    tokens = iter(["first", "second"])

    async def token() -> str:
        return next(tokens)

    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["Authorization"])
        return httpx.Response(200, json=BOOK)

    async with Client("http://api", token=token, http=httpx.MockTransport(answer)) as client:
        await client.get_book(book_id="1")
        await client.get_book(book_id="1")
    assert seen == ["Bearer first", "Bearer second"]


def test_the_command_writes_what_changed_and_names_what_is_stale(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    out = tmp_path / "api"
    command = ["client", "python", "card", "--out", str(out)]
    assert run([*command, "--check"]) == 1
    assert capsys.readouterr().err.startswith("Stale: ")
    assert not out.exists()
    assert run(command) == 0
    assert "client.py" in capsys.readouterr().out
    assert run([*command, "--check"]) == 0
    assert capsys.readouterr().out == "Every file of the client is fresh.\n"
    assert run(["client", "python", "cart", "--out", str(out)]) == 1
    assert "Did you mean" in capsys.readouterr().err


def test_the_client_of_the_example_app_is_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    arguments = ["client", "ts", "account", "card", "customer", "--out", "mocks/example/src/api", "--check", "--json"]
    assert run(arguments) == 0
