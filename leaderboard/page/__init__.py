"""The leaderboard as a static site: tables, a page a method, comparisons, a page to listen to."""
