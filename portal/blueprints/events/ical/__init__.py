"""The only door to icalendar: invitations by mail, and the personal feed."""
