"""What changes, told to those who listen: the change feed, websockets, event streams."""
