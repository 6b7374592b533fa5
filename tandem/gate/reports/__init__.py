"""Listeners of the engine: what a person watches, and what is kept for people and machines."""
