from __future__ import annotations

import gc


def pytest_configure() -> None:
    # What pulumi-aws brings stays until the end; looking through it again and again takes a third of the time.
    gc.disable()
