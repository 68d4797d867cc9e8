"""Signatures: who signed what, when, and how anybody can check it."""
