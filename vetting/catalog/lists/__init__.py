"""The list of tools that a district keeps today, as it really looks: read, checked, taken over."""
