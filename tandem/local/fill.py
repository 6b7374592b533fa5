"""The job that makes a running PostgreSQL a world: a database and a role per service, the bus, migrations, the seed.

Run as `python -m tandem.local.fill`, it waits for the end of its input before it connects, so that it can be started
while PostgreSQL is. It says what it has done as JSON lines. Everything in it can be repeated.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeAlias

import asyncpg

from tandem.kit.contract import ContractError
from tandem.kit.events import bus
from tandem.kit.migrations import MigrationError, is_current, migrate
from tandem.local.databases import BUS, server
from tandem.local.postgres import ADMIN, Server
from tandem.local.seed.load import seed
from tandem.local.seed.world import world
from tandem.local.state import Home, Secrets
from tandem.local.trouble import Refused, Trouble, disk_trouble
from tandem.spec.manifest import Manifest, load_manifest

Say = Callable[..., None]
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
_SEEDS = "CREATE TABLE IF NOT EXISTS seeds (service text PRIMARY KEY, as_of date NOT NULL)"


class Filling:
    """`run` can be repeated; with `fresh` it begins with empty databases. `world` gives the rows as of a day."""

    def __init__(
        self,
        home: Home,
        manifest: Manifest,
        postgres: Server,
        secrets: Secrets,
        say: Say,
        world: Callable[[date], Mapping[str, Any]] = world,
    ) -> None:
        self._home = home
        self._manifest = manifest
        self._services = {name: service.database for name, service in manifest.services.items()}
        self._postgres = postgres
        self._secrets = secrets
        self._say = say
        self._world = world

    def run(self, *, fresh: bool, seed_again: bool) -> None:
        asyncio.run(self._make_databases(fresh=fresh))
        self._say("databases")
        for service in asyncio.run(self._behind()):
            migrate(self.url(service, self._services[service]), self._migrations(service))
        self._say("migrated")
        self._say("seeded", seeded=asyncio.run(self._seed(again=seed_again, fresh=fresh)))

    async def _behind(self) -> list[str]:
        """Those with something to migrate: to find out costs milliseconds, to load Alembic half a second."""
        found = []
        for service, database in self._services.items():
            connection: Connection = await asyncpg.connect(self.url(service, database))
            try:
                if not await is_current(connection, self._migrations(service)):
                    found.append(service)
            finally:
                await connection.close()
        return found

    def _migrations(self, service: str) -> Path:
        return self._folder(service) / "migrations"

    def _folder(self, service: str) -> Path:
        return self._home.project / "services" / service

    def url(self, role: str, database: str) -> str:
        return self._postgres.url(database, role, self._secrets.password(role))

    async def _make_databases(self, *, fresh: bool) -> None:
        admin: Connection = await asyncpg.connect(self._postgres.url())
        try:
            await admin.execute("REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1 FROM PUBLIC")
            known = {row["datname"] for row in await admin.fetch("SELECT datname FROM pg_database")}
            for service, database in self._services.items():
                await _make_role(admin, service, self._secrets.password(service))
                await _make_database(admin, database, service, known)
            await _make_database(admin, BUS, ADMIN, known)
            for service in self._services:
                await admin.execute(f'GRANT CONNECT ON DATABASE "{BUS}" TO "{service}"')
        finally:
            await admin.close()
        if fresh:
            for service, database in self._services.items():
                await self._empty(database, service)
            await self._empty(BUS, ADMIN)
        await self._install_bus()

    async def _empty(self, database: str, owner: str) -> None:
        """The services stay connected: their next statement finds the new tables under the old names."""
        connection: Connection = await asyncpg.connect(self._postgres.url(database))
        try:
            await connection.execute(
                f"""
                SET lock_timeout = '10s';
                DROP SCHEMA public CASCADE;
                CREATE SCHEMA public AUTHORIZATION "{owner}";
                """
            )
            await connection.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")
        finally:
            await connection.close()

    async def _install_bus(self) -> None:
        connection: Connection = await asyncpg.connect(self._postgres.url(BUS))
        try:
            await bus.install(connection, {service: service for service in self._services})
        finally:
            await connection.close()

    async def _seed(self, *, again: bool, fresh: bool) -> list[str]:
        """The services that were seeded now. Always with the world of the day they were first seeded on."""
        admin: Connection = await asyncpg.connect(self._postgres.url())
        try:
            await admin.execute(_SEEDS)
            if fresh:
                await admin.execute("DELETE FROM seeds")
            done = {row["service"]: row["as_of"] for row in await admin.fetch("SELECT service, as_of FROM seeds")}
            due = [service for service in self._services if again or service not in done]
            if due:
                as_of = next(iter(done.values()), datetime.now(UTC).date())
                urls = {service: self.url(service, self._services[service]) for service in due}
                try:
                    await seed(
                        urls, self._world(as_of), self._folder, lambda name: self._manifest.services[name].contract
                    )
                except ExceptionGroup as errors:
                    raise Refused(f"The seed data does not fit: {errors.exceptions[0]}") from errors
                marks = [(service, as_of) for service in due]
                await admin.executemany("INSERT INTO seeds VALUES ($1, $2) ON CONFLICT DO NOTHING", marks)
            return due
        finally:
            await admin.close()


async def _make_role(admin: Connection, role: str, password: str) -> None:
    exists = await admin.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", role)
    # Passwords are made of letters, digits, _ and -; a statement of this kind takes no parameters.
    await admin.execute(f"{'ALTER' if exists else 'CREATE'} ROLE \"{role}\" LOGIN PASSWORD '{password}'")


async def _make_database(admin: Connection, database: str, owner: str, known: set[str]) -> None:
    if database not in known:
        await admin.execute(f'CREATE DATABASE "{database}" OWNER "{owner}"')
    await admin.execute(f'REVOKE CONNECT, TEMPORARY ON DATABASE "{database}" FROM PUBLIC')


def _say(step: str, **more: Any) -> None:
    sys.stdout.write(json.dumps({"step": step, **more}) + "\n")
    sys.stdout.flush()


def _run(arguments: argparse.Namespace) -> None:
    home = Home.find()
    secrets = Secrets(home)
    manifest = load_manifest(home.contracts)
    filling = Filling(home, manifest, server(home, arguments.port, secrets), secrets, _say)
    sys.stdin.buffer.read()
    filling.run(fresh=arguments.fresh, seed_again=arguments.seed)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--fresh", action="store_true", help="drop everything first")
    parser.add_argument("--seed", action="store_true", help="seed again what was seeded")
    try:
        _run(parser.parse_args())
    except (Trouble, MigrationError, ContractError, asyncpg.PostgresError) as error:
        return _failed(str(error))
    except OSError as error:
        return _failed(str(disk_trouble(error)))
    return 0


def _failed(why: str) -> int:
    sys.stdout.write(json.dumps({"failed": why}) + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
