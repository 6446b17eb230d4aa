"""The verbs: what can be done to a case, a reply, a draft. Each is f(unit, ...) and commits nothing itself."""
