"""The reads: f(session, ...) -> frozen rows of `domain.rows`, every text clean. They change nothing."""
