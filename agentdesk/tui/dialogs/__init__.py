"""Questions over a screen: choose one, fill in a line, yes or no, read a page. They know no SQL and no case."""
