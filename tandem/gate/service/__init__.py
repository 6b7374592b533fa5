"""The service that is judged: run by the gate in a small world of its own, or by somebody else at an address."""
