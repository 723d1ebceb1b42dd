"""The leaderboard: published numbers, entries, statistics and tables; one table per data set and protocol, never mixed."""
