"""Rooms, the bookings that are promised in them, and our own copy of when they are taken."""
