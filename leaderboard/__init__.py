"""Tables of results: one per data set and protocol, never mixed."""
