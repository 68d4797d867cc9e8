"""The page of Operations and its buttons."""
