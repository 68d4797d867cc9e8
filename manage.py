#!/usr/bin/env python
"""Runs a management command of Countersign."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vetting.settings")
    from django.conf import settings
    from django.core.management import execute_from_command_line

    from vetting.environment import BadSetting

    try:
        _ = settings.DATABASES
    except BadSetting as error:
        sys.exit(f"Countersign cannot start: {error}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
