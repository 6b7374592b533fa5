"""The Schemathesis stage: generated requests against the running service, and each failure kept as a case."""
