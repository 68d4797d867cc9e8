"""What must always be true; each is one small function that finds what is not."""
