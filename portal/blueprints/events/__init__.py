"""Saman: series, evenings, sign-ups with a strict waiting list, invitations and the personal calendar feed."""
