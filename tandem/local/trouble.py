"""What a person at the keyboard is told when the laptop runtime cannot go on: one sentence, with what to do."""

import errno


class Trouble(Exception):
    """Something is broken here; nobody asked for the wrong thing. Exit code 2."""

    exit_code = 2


class Refused(Trouble):
    """It cannot be done as asked, and the person can change that. Exit code 1."""

    exit_code = 1


def disk_trouble(error: OSError) -> Trouble:
    """A failure of the file system as a sentence."""
    where = f" at {error.filename}" if error.filename else ""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Refused(f"The disk is full{where}. Free some space and try again.")
    if error.errno in {errno.EACCES, errno.EPERM}:
        return Refused(f"Not allowed to use {error.filename or 'a file'}. Run as the user who owns it.")
    if error.errno == errno.EROFS:
        return Refused(f"The file system is read-only{where}. Keep the state elsewhere: TANDEM_HOME=/some/folder.")
    return Trouble(f"{error.strerror or error}{where}.")
