"""The main job once, without pytest and with the packages of the product alone: a request, its
agreement with documents, seals and a certificate, and nothing broken after it."""

import os
import sys
from io import StringIO

import django


def main() -> None:
    from django.conf import settings
    from django.core import mail
    from django.core.management import call_command

    from tests.factories import agreements
    from workflows.clock.sweep import sweep
    from workflows.invariants.registry import faults
    from workflows.ledger.queries import verify

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    # Every migration is read; making the tables by them takes six seconds, which one Python does.
    settings.MIGRATION_MODULES = dict.fromkeys(("workflows", "vetting", "contracts"))
    call_command("migrate", run_syncdb=True, verbosity=0)
    call_command("check", databases=["default"], stdout=StringIO())
    agreement = agreements.executed()
    sweep()
    found = [*faults(), *verify()]
    version = ".".join(map(str, sys.version_info[:2]))
    print(f"Python {version}: the agreement is {agreement.state}; faults: {found}")


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "vetting.settings"
    django.setup()
    main()
