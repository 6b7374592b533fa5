"""`tandem`: the command line. One file per noun; what is said on errors and the exit codes are decided here."""

import difflib
import os
import sys
import traceback
from importlib import import_module
from pathlib import Path

import typer
from typer.exceptions import TyperException

from tandem.cli.verdict import Verdict, is_verdict
from tandem.kit.contract import ContractError
from tandem.local.state import Home
from tandem.local.trouble import Refused, Trouble, disk_trouble

DONE, REFUSED, TROUBLE, INTERRUPTED = 0, 1, 2, 130

# Where each stands, in the order in which help shows them.
COMMANDS = {
    "up": "up", "down": "down", "mock": "mock", "status": "status", "logs": "logs", "route": "route", "drift": "drift",
    "draft": "draft", "gate": "gate", "deploy": "deploy", "rollback": "deploy", "migrate": "migrate", "token": "token",
    "restart": "restart", "seed": "seed", "reset": "reset", "events": "events", "contract": "contract",
    "client": "client", "preview": "preview", "new": "new", "add": "add", "template": "template",
}  # fmt: skip


def tandem() -> None:
    """API-first microservices on one machine: contracts, live services, their mocks, one gateway."""


def _app(arguments: list[str]) -> typer.Typer:
    """With the command that is asked for alone, because what all of them import takes a second."""
    app = typer.Typer(
        name="tandem",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(tandem)
    for name in COMMANDS.keys() & arguments[:1] or COMMANDS:
        command = getattr(import_module(f"tandem.cli.{COMMANDS[name]}"), name)
        if isinstance(command, typer.Typer):
            app.add_typer(command)
        else:
            app.command(cls=Verdict if name == "gate" else None)(command)
    return app


def run(arguments: list[str]) -> int:
    """The exit code: 0 done, 1 refused or failed for the user's reasons, 2 trouble."""
    try:
        return int(_app(arguments)(arguments, standalone_mode=False, prog_name="tandem") or DONE)
    except TyperException as error:
        return _say(_usage(error), TROUBLE if is_verdict(error) else REFUSED)
    except (Trouble, ContractError) as error:
        return _say(str(error), getattr(error, "exit_code", REFUSED))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader, `head` or a pager, has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        trouble = disk_trouble(error)
        return _say(str(trouble), trouble.exit_code)
    except Exception as error:  # noqa: BLE001 - the edge of the process: a user never meets a traceback
        return _say(_bug(error), TROUBLE)


def _say(sentence: str, code: int) -> int:
    if sentence:
        typer.secho(sentence, err=True, fg=typer.colors.RED if sys.stderr.isatty() else None)
    return code


def _usage(error: TyperException) -> str:
    context = getattr(error, "ctx", None)
    said = getattr(error, "format_message", lambda: str(error))()
    if not said.strip():
        # A group without a command has shown its help instead.
        return ""
    wrong = getattr(error, "option_name", None)
    if wrong and context is not None:
        options = [option for parameter in context.command.params for option in parameter.opts] + ["--help"]
        close = difflib.get_close_matches(wrong, options, n=1)
        said = f"No such option: {wrong}." + (f" Did you mean '{close[0]}'?" if close else "")
    return f"{said.rstrip('.')}{'' if said.endswith('?') else '.'} See `{_path(context)} --help`."


def _path(context: object) -> str:
    return getattr(context, "command_path", "tandem")


def _bug(error: Exception) -> str:
    where = ""
    try:
        log = Home.find().folder / "logs" / "tandem.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("".join(traceback.format_exception(error)))
        where = f" What happened is in {_short(log)}."
    except (Refused, OSError):
        where = f" It happened in {traceback.extract_tb(error.__traceback__)[-1].name}."
    return f"Tandem itself broke: {type(error).__name__}: {error}.{where}"


def _short(path: Path) -> str:
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def main() -> None:
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
