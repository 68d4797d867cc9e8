"""Reads settings from the environment; a bad value stops the start with one sentence.

A secret may also come from a file: NAME_FILE holds the path of a file that holds the value.
No sentence ever repeats a value, because any of them may hold a password.
"""

import os
import secrets
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import parse_qs, unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}
LOOPBACK = {"localhost", "127.0.0.1", "[::1]", "testserver"}

# With the defaults SQLite said "database is locked" 3,111 times in 8 seconds, with these never.
# IMMEDIATE takes the write lock at BEGIN, so a reader never fails to become a writer.
SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
        "PRAGMA mmap_size=134217728; PRAGMA journal_size_limit=27103364; PRAGMA cache_size=2000;"
    ),
}


class BadSetting(ImproperlyConfigured):
    """One sentence: the variable, what is wrong with its value, what is accepted."""


def refuse(name: str, fault: str, accepted: str) -> NoReturn:
    raise BadSetting(f"{name} {fault}; accepted: {accepted}.")


def text(name: str, default: str = "") -> str:
    """The value of NAME, or the content of the file named by NAME_FILE, without outer blanks."""
    path = os.environ.get(f"{name}_FILE", "").strip()
    value = os.environ.get(name, "").strip()
    if path and value:
        refuse(name, f"is set and so is {name}_FILE", "one of the two")
    if not path:
        return value or default
    try:
        value = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        refuse(
            f"{name}_FILE", "names a file that cannot be read", "the path of a readable text file"
        )
    return value or refuse(f"{name}_FILE", "names an empty file", "a file that holds the value")


def flag(name: str, *, default: bool = False) -> bool:
    value = text(name).lower()
    if value not in TRUE | FALSE | {""}:
        refuse(name, "is neither yes nor no", "1, true, yes, on, 0, false, no or off")
    return default if not value else value in TRUE


def number(name: str, default: int, *, least: int = 0, most: int = 2**31) -> int:
    value = text(name, str(default))
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        refuse(name, "is not such a number", f"a whole number from {least} to {most}")
    return int(value)


def seconds(name: str, default: int) -> timedelta:
    """A length of time, from ten seconds to a day."""
    return timedelta(seconds=number(name, default, least=10, most=24 * 60 * 60))


def proxies(*, production: bool) -> int:
    """How many stand in front. Our own server speaks plain http: alone, it would redirect to https
    for ever."""
    count = number("COUNTERSIGN_PROXIES", 0, most=9)
    if production and not count:
        refuse(
            "COUNTERSIGN_PROXIES",
            "is not set, and real use needs a web server in front that speaks https",
            "the number of proxies that set X-Forwarded-For and X-Forwarded-Proto, often 1",
        )
    return count


def names(name: str) -> list[str]:
    """A comma-separated list, without the blanks around its members."""
    return [part.strip() for part in text(name).split(",") if part.strip()]


def folder(name: str, default: Path) -> Path:
    path = Path(text(name, str(default))).expanduser().absolute()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError:
        refuse(name, "names a folder that cannot be made", "a folder this process may write to")
    return path


def web_address(name: str, default: str) -> str:
    parts = urlsplit(text(name, default))
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
        refuse(name, "is not the address of a site", "for example https://vetting.district.example")
    return f"{parts.scheme}://{parts.netloc}"


def secret_key(data: Path, *, production: bool) -> str:
    """SECRET_KEY; outside production a generated one that is kept in the data folder."""
    value = text("SECRET_KEY")
    if value and (len(value) < 50 or len(set(value)) < 5):
        refuse("SECRET_KEY", "is too short or too plain", "50 random characters or more")
    if not value and production:
        refuse("SECRET_KEY", "is not set", "50 random characters or more, or SECRET_KEY_FILE")
    return value or _kept_secret(data / "secret-key")


def _kept_secret(path: Path) -> str:
    if not path.exists():
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            # link() fails where the name exists: two first starts at once keep the same key.
            os.link(temporary, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(temporary)
    return path.read_text(encoding="ascii")


def database(default: Path) -> dict[str, Any]:
    accepted = (
        "sqlite:////var/lib/countersign/db.sqlite3 or postgresql://USER:PASSWORD@HOST:5432/NAME"
    )
    try:
        parsed = dict(dj_database_url.parse(text("DATABASE_URL", f"sqlite:///{default}")))
    except ValueError:
        refuse("DATABASE_URL", "is not an address of a database", accepted)
    engine = str(parsed["ENGINE"]).rpartition(".")[2]
    if engine not in {"sqlite3", "postgresql"} or not parsed["NAME"]:
        refuse("DATABASE_URL", "is not an address of a database we know", accepted)
    if engine == "sqlite3":
        # A file, never memory: several threads and processes share it, and so do the race tests.
        test = {"NAME": default.with_name("test.sqlite3")}
        return parsed | {"OPTIONS": dict(SQLITE_OPTIONS), "TEST": test}
    return parsed | {
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": _postgresql_options(dict(parsed.get("OPTIONS") or {})),  # type: ignore[call-overload]
    }


def _postgresql_options(given: dict[str, Any]) -> dict[str, Any]:
    """The engine's statements are planned once per connection, and for any values at once.

    Left to itself PostgreSQL plans the desk's reading anew each time, which takes twice as long as
    the reading. A pooler that hands a connection to another client between two transactions cannot
    have prepared statements: `?prepare=0` at the address.
    """
    if str(given.pop("prepare", "1")) not in TRUE:
        return given | {"prepare_threshold": None}
    generic = "-c plan_cache_mode=force_generic_plan"
    options = f"{given.get('options', '')} {generic}".strip()
    return given | {"prepare_threshold": 5, "options": options}


def broker(default: str = "memory://localhost") -> str:
    value = text("BROKER_URL", default)
    if urlsplit(value).scheme not in {"memory", "redis", "rediss", "amqp", "amqps"}:
        refuse(
            "BROKER_URL", "is not an address of a broker we know", "redis://, amqp:// or memory://"
        )
    return value


def mail(*, mailbox: Path, required: bool) -> dict[str, Any]:
    """The EMAIL_* settings from EMAIL_URL; without one, mails are files in the mailbox folder."""
    accepted = "smtp://USER:PASSWORD@HOST:587?tls=1 or smtps://USER:PASSWORD@HOST:465"
    value = text("EMAIL_URL")
    if not value and required:
        refuse("EMAIL_URL", "is not set, so nobody would hear of anything", accepted)
    if not value:
        filed = "workflows.outbox.mailbox.Mailbox"
        return {"EMAIL_BACKEND": filed, "EMAIL_FILE_PATH": str(mailbox)}
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        refuse("EMAIL_URL", "is not an address of a mail server", accepted)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        refuse("EMAIL_URL", "is not an address of a mail server", accepted)
    starttls = parse_qs(parts.query).get("tls", ["0"])[0] in TRUE
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or (465 if parts.scheme == "smtps" else 587 if starttls else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and starttls,
        "EMAIL_TIMEOUT": 20,
    }


def allowed_hosts(*, production: bool) -> list[str]:
    hosts = names("COUNTERSIGN_ALLOWED_HOSTS")
    if production and (not hosts or "*" in hosts):
        refuse(
            "COUNTERSIGN_ALLOWED_HOSTS",
            "names no host",
            "vetting.district.example, comma-separated",
        )
    if not production and set(hosts) - LOOPBACK:
        refuse(
            "COUNTERSIGN_ALLOWED_HOSTS",
            "opens this to others without COUNTERSIGN_PRODUCTION=1",
            "both",
        )
    return hosts or sorted(LOOPBACK)
