from pulumi import RunError


class Refused(RunError):
    """Says in one sentence which setting is missing or wrong. Pulumi prints it alone, without a traceback."""
