"""Is the final answer right? Rules and algebra in a sandbox; grades as rows."""
