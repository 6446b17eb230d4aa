"""Settings, places on disk and the language: the lowest floor, handed down and never imported for values."""
