"""The calendars that the portal can keep its rooms in, one module each."""
