"""Whether something dangerous would ship with the service: in its code, its packages or its pipeline."""
