"""A store on each database, as the core's tests have it."""

from services.world import store

__all__ = ["store"]
