"""The reference methods; each plugs in by an entry point, as a stranger's would."""
