"""Mail: bytes to Message, Letter to bytes, HTML to text, new text against old. Pure, but for `boxes`."""
