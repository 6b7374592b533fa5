"""Commands whose exit code 1 is a verdict, so that nothing else may look like one."""

from typing import Any

from typer.core import TyperCommand

from tandem.kit.contract import ContractError
from tandem.local.trouble import Refused, Trouble


class Verdict(TyperCommand):
    """Whatever keeps it from deciding is trouble, exit code 2: also a wrong name or option."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except (Refused, ContractError) as error:
            raise Trouble(str(error)) from error
        except RecursionError as error:
            raise Trouble("A contract is nested too deeply to be compared.") from error


def is_verdict(error: Exception) -> bool:
    """Whether the command line of such a command was misspelt."""
    return isinstance(getattr(getattr(error, "ctx", None), "command", None), Verdict)
