"""A machine per branch that runs what a laptop runs, for some hours: tags alone decide, so that none is forgotten."""
