"""Scores of steps and solutions: the verifier that labels train, runs that score, what is kept of them."""
