"""Raising a hand, ringing, coming, ending, forgetting, and big incidents."""
