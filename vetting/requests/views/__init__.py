"""The pages of the requests room. Each POST calls one command."""
