"""The administrators' frame: outgoing work, audit log, health. Slices bring their own admin.py."""
