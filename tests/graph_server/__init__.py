"""A test Graph server: speaks the parts of Microsoft Graph that the adapter uses, over real HTTP on loopback.

Rooms, people in Outlook, the clock and the faults are those of the test Exchange server; only the language differs.
"""
