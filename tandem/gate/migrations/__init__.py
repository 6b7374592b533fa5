"""The migrations stage: whether revisions can be applied to a database that is in use."""
