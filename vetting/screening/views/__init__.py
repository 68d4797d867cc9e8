"""The pages of the screening room. Each POST calls one command for each thing typed."""
