"""People: persons and their roles, sign-in and sessions, the directory, leaving."""
