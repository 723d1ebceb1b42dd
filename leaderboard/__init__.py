"""The leaderboard: published scores, entries, statistics, tables; one table a data set and protocol, never mixed."""
