"""What editors and readers may change: each mutation is one call of one service."""
