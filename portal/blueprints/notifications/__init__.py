"""Notices: the inbox, what is mailed and when, quiet hours, and the channels that carry it out of the house."""
