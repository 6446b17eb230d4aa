"""The revision of the schema that this program speaks: the newest in `migrations/` (a test compares them)."""

HEAD = "0004"
