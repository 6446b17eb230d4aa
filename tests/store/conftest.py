"""The fixtures of the core's tests, on each database."""

from services.world import store, world

__all__ = ["store", "world"]
