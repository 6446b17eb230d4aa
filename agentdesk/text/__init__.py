"""Text for a terminal: cleaning, cells, folding. Pure; libraries allowed."""
