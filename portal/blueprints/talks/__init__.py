"""Talks: ask a colleague for a chat, a hard call and what helps after it; closed is forgotten."""
