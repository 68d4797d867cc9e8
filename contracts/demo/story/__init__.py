"""The story of the district's last fourteen months, by how each request stands today."""
