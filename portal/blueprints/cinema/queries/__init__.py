"""Reading film polls and bought seats, always for somebody. Nothing here ever counts a tick."""
