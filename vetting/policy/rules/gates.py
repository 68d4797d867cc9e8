"""Who may change which of a district's rules."""

from workflows.actors import Role

# A board's policy is carried into the rules by whoever leads privacy, or keeps the settings.
EDITORS = (Role.PRIVACY_LEAD, Role.ADMIN)
# To read a statute otherwise than it is written is a legal judgment.
OVERRIDERS = (Role.PRIVACY_LEAD, Role.LEGAL)
