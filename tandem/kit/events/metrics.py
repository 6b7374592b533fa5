"""What can be counted about events on their way. What is published is also what happened to the business, by type."""

from prometheus_client import Counter

PUBLISHED = Counter("events_published_total", "Events handed to the transport.", ["type"])
APPLIED = Counter("events_applied_total", "Events applied, or found applied before.", ["type", "outcome"])
FAILED = Counter("events_failed_total", "Attempts to apply an event that failed.", ["queue"])
DEAD = Counter("events_dead_lettered_total", "Events given up and put with the dead letters.", ["queue"])
