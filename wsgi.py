"""The portal as a plain WSGI application, for any server; pages poll where there is no live hub."""

from portal import create_app

app = create_app()
