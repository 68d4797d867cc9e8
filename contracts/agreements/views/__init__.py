"""The pages of an agreement: each POST calls one command."""
