class Refused(Exception):
    """Says in one sentence which setting is missing or wrong."""
