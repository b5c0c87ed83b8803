"""Proposals of films, the vote that makes one of them an evening, and what the seats cost."""
