"""Events between services: said through an outbox, carried at least once, applied once, in order per subject."""
