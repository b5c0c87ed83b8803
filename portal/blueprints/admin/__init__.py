"""The administrators' frame: outgoing work, audit log, health, privacy. Slices bring their own admin.py."""
