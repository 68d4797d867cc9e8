"""Settings, all of them from the environment."""

from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = "insecure-until-the-platform-lands"  # noqa: S105
DEBUG = True
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "workflows",
    "vetting",
    "contracts",
]
ROOT_URLCONF = "vetting.urls"
DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "var" / "db.sqlite3"}
}
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The vault and the seal. SEAL_KEY and SEAL_CERT hold PEM text; empty means the pair in KEY_DIR.
VAULT_DIR = BASE_DIR / "var" / "vault"
KEY_DIR = BASE_DIR / "var" / "keys"
S3_BUCKET = ""
S3_ENDPOINT_URL = ""
S3_REGION = ""
S3_ACCESS_KEY_ID = ""
S3_SECRET_ACCESS_KEY = ""
SEAL_KEY = ""
SEAL_CERT = ""
TIMESTAMP_URL = ""
