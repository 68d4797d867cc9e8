"""Settings, all of them from the environment; `docs/settings.md` lists the variables.

Without any variable this is a workbench for one machine: SQLite, files and mails under var/,
loopback only. COUNTERSIGN_DEMO=1 is the demo, COUNTERSIGN_PRODUCTION=1 the real thing: it refuses
to start on a missing secret, host or mail server.
"""

import warnings
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from vetting import environment as env

# viewflow's author ended django-fsm; we stay inside the API it shares with its maintained fork.
warnings.filterwarnings("ignore", message="The 'django-fsm' package", category=UserWarning)

BASE_DIR = Path(__file__).resolve().parent.parent
DEMO = env.flag("COUNTERSIGN_DEMO")
PRODUCTION = env.flag("COUNTERSIGN_PRODUCTION")
DEBUG = env.flag("COUNTERSIGN_DEBUG", default=not (DEMO or PRODUCTION))
if PRODUCTION and DEMO:
    env.refuse("COUNTERSIGN_PRODUCTION", "is set together with COUNTERSIGN_DEMO", "one of the two")
if PRODUCTION and DEBUG:
    env.refuse("COUNTERSIGN_DEBUG", "is on in production", "0, or leave it away")

DATA = env.folder("COUNTERSIGN_DATA", BASE_DIR / "var")
SECRET_KEY = env.secret_key(DATA, production=PRODUCTION)
ALLOWED_HOSTS = env.allowed_hosts(production=PRODUCTION)
SITE_URL = env.web_address(
    "COUNTERSIGN_URL", f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else "http://127.0.0.1:8000"
)
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "vetting.static.StaticFiles",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "django_fsm",
    "viewflow",
    "viewflow.workflow",
    "workflows",
    "vetting",
    "contracts",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "vetting.unreadable.UnreadableTextMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "vetting.people.middleware.ActorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
# viewflow would add its own site and Turbo middleware; we mount none of its pages.
VIEWFLOW = {"AUTOREGISTER": False}
ROOT_URLCONF = "vetting.urls"
WSGI_APPLICATION = "vetting.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "vetting.context_processors.frame",
            ]
        },
    }
]

DATABASES = {"default": env.database(DATA / "db.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"

# Who signs in. There is no sign-up: a district's people are added by their district.
AUTH_USER_MODEL = "vetting.User"
AUTHENTICATION_BACKENDS = ["vetting.people.sign_in.WithStanding"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator")
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    }
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "vetting.people.sign_in.ClosedDoor"
ACCOUNT_FORMS = {"reset_password": "vetting.people.sign_in.ForgottenForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
# allauth counts sign-ins per address of the caller; behind proxies that is the n-th from the right.
ALLAUTH_TRUSTED_PROXY_COUNT = env.proxies(production=PRODUCTION)

# Mail and files
EMAIL = env.mail(mailbox=DATA / "mailbox", required=PRODUCTION)
globals().update(EMAIL)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text(
    "COUNTERSIGN_MAIL_FROM", "Countersign <countersign@localhost>"
)
VAULT_DIR = DATA / "vault"
S3_BUCKET = env.text("S3_BUCKET")
S3_ENDPOINT_URL = env.text("S3_ENDPOINT_URL")
S3_REGION = env.text("S3_REGION", "us-east-1")
S3_ACCESS_KEY_ID = env.text("S3_ACCESS_KEY_ID")
S3_SECRET_ACCESS_KEY = env.text("S3_SECRET_ACCESS_KEY")
if bool(S3_ACCESS_KEY_ID) != bool(S3_SECRET_ACCESS_KEY):
    env.refuse("S3_ACCESS_KEY_ID", "and S3_SECRET_ACCESS_KEY are not both set", "both, or neither")

# The seal. SEAL_KEY and SEAL_CERT hold PEM text; empty means the pair in KEY_DIR. TIMESTAMP_CERT
# holds the root certificates (PEM) of the timestamp server whose time we believe.
KEY_DIR = DATA / "keys"
SEAL_KEY = env.text("SEAL_KEY")
SEAL_CERT = env.text("SEAL_CERT")
TIMESTAMP_URL = env.text("TIMESTAMP_URL")
TIMESTAMP_CERT = env.text("TIMESTAMP_CERT")

# The worker. memory:// is the embedded one: the database is the queue, Celery only wakes up.
BROKER_URL = env.broker()
EMBEDDED = BROKER_URL.startswith("memory:")
NUDGE_WORKERS = not EMBEDDED
# When /readyz and the page of Operations say that nobody is at work. Cron may tick once a minute,
# so a minute alone is no fault.
MOST_WAIT = env.seconds("COUNTERSIGN_MOST_WAIT", 90)
MOST_SILENCE = env.seconds("COUNTERSIGN_MOST_SILENCE", 120)
CACHE_URL = env.text("CACHE_URL", BROKER_URL if BROKER_URL.startswith("redis") else "")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if CACHE_URL:
    CACHES = {"default": {"BACKEND": "vetting.cache.SharedCounts", "LOCATION": CACHE_URL}}

# What the browser loads. USWDS comes by `npm ci`, its own fonts and pictures with it.
USWDS = BASE_DIR / "node_modules" / "@uswds" / "uswds" / "dist"
STATIC_URL = "/static/"
STATIC_ROOT = env.folder("COUNTERSIGN_STATIC", BASE_DIR / "static-build")
STATICFILES_DIRS = [
    *[path for path in [BASE_DIR / "static"] if path.is_dir()],
    *[
        (f"uswds/{part}", USWDS / part)
        for part in ("css", "js", "fonts", "img")
        if (USWDS / part).is_dir()
    ],
]
WHITENOISE_USE_FINDERS = not (DEMO or PRODUCTION)
WHITENOISE_AUTOREFRESH = DEBUG
HASHED = "whitenoise.storage.CompressedManifestStaticFilesStorage"
PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": HASHED if DEMO or PRODUCTION else PLAIN},
}

# What the browser may do: nothing inline, nothing from elsewhere, framed by nobody.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "img-src": [SELF, "data:"],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "frame-src": [SELF],
        "object-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Preloading binds a district's whole domain for years; that is not ours to promise.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"no-paths": {"()": "vetting.logs.NoPaths"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["no-paths"],
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        name: {"handlers": ["console"], "level": "INFO", "propagate": False}
        for name in ("workflows", "vetting", "contracts")
    }
    | {"django": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
}
