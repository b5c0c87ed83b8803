"""The live hub: one asyncio loop holds every open stream and tells it names of topics, never content."""
