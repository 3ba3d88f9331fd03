"""Do labelers agree, where not, and by how much? Figures with their n and interval, from counts of ratings."""
