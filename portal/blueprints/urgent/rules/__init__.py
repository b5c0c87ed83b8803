"""Values only: whom to ring and when, what a call may become, and what counts as a big incident."""
