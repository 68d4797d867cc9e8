"""Pages of signing: the vendor's, the district signatory's, and the public check of a file."""
