"""One index over all that colleagues may find, with an audience on every document."""
