"""Every setting of Stepmark, read from the environment here and nowhere else. docs/settings.md lists them."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from cryptography.fernet import Fernet
from csp.constants import NONE, SELF

from annotation import environment as env
from annotation.embedded import Home, port_of

BASE_DIR = Path(__file__).resolve().parent.parent

# --- what kind of installation this is ------------------------------------------------------------------

PRODUCTION = env.flag("STEPMARK_PRODUCTION")
DEBUG = env.flag("DEBUG")
DATA = Path(env.text("STEPMARK_DATA", str(BASE_DIR / "var"))).expanduser().resolve()
PORT = env.integer("PORT", port_of(Home(DATA)) or 8000, least=1, most=65535)
DATABASE_URL = env.text("DATABASE_URL")
REDIS_URL = env.text("REDIS_URL")
EMBEDDED = None if DATABASE_URL and REDIS_URL else Home(DATA)

if PRODUCTION and DEBUG:
    raise env.BadSetting("DEBUG", "0 or nothing where STEPMARK_PRODUCTION is set")
if PRODUCTION and EMBEDDED:
    raise env.BadSetting("DATABASE_URL and REDIS_URL", "a PostgreSQL and a Redis each in production")


def local_secret(name: str, made: Callable[[], str]) -> str:
    """A secret of a local installation: made once, kept beside its data, readable by its owner only."""
    file = DATA / name
    if not file.exists():
        try:
            DATA.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise env.BadSetting(
                "STEPMARK_DATA", f"a folder that can be written to, and {DATA} is none"
            ) from error
        draft = DATA / f"{name}.{secrets.token_hex(4)}"
        draft.touch(mode=0o600)
        draft.write_text(made())
        try:
            file.hardlink_to(draft)  # whoever is first wins; two starts side by side then share one secret
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_text()


SECRET_KEY = env.text("SECRET_KEY") or (
    "" if PRODUCTION else local_secret("secret_key", lambda: secrets.token_urlsafe(64))
)
if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10 or SECRET_KEY.startswith("django-insecure"):
    raise env.BadSetting("SECRET_KEY", "at least 50 random characters; `openssl rand -base64 48` makes some")

FIELD_KEYS = env.words("FIELD_KEYS") or (
    [] if PRODUCTION else [local_secret("field_key", lambda: Fernet.generate_key().decode())]
)
if not FIELD_KEYS or not all(env.is_fernet_key(key) for key in FIELD_KEYS):
    raise env.BadSetting(
        "FIELD_KEYS",
        "keys that encrypt the keys of endpoints, commas between them, the current one first;"
        " `openssl rand -base64 32 | tr +/ -_` makes one",
    )

# --- addresses ------------------------------------------------------------------------------------------

ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,[::1]")
if not ALLOWED_HOSTS or (PRODUCTION and "*" in ALLOWED_HOSTS):
    raise env.BadSetting("ALLOWED_HOSTS", "the host names people use, with commas between them, and no *")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
PUBLIC_URL = env.text("PUBLIC_URL", f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else f"http://127.0.0.1:{PORT}")
TRUST_PROXY = env.flag("TRUST_PROXY")  # only behind a proxy that sets the forwarded headers itself
ROOT_URLCONF = "annotation.urls"
WSGI_APPLICATION = "annotation.wsgi.application"

# --- parts ----------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "annotation",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "axes",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "annotation.web.limits.body_limit",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "annotation.sessions.Signing",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "annotation.web.outage.Outage",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "frontend_templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "loaders": [("django.template.loaders.cached.Loader", ["django.template.loaders.filesystem.Loader"])],
        },
    }
]
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(DATA / "static")))
STATICFILES_DIRS = [BASE_DIR / "frontend_templates" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "annotation.web.static_files.Storage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# --- database -------------------------------------------------------------------------------------------

DATABASES = {"default": env.database(DATABASE_URL or Home(DATA).database_url)}
DATABASES["default"]["CONN_MAX_AGE"] = 600
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["OPTIONS"] = {
    "connect_timeout": "5",
    "server_side_binding": True,
    "prepare_threshold": 3,
    "options": "",
    **DATABASES["default"]["OPTIONS"],
}
# Statements here take less than PostgreSQL needs to compile one, which it does wherever it guesses many rows.
DATABASES["default"]["OPTIONS"]["options"] += (
    " -c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000 -c jit=off"
)
WEB_STATEMENT_TIMEOUT_MS = env.integer("STEPMARK_STATEMENT_TIMEOUT_MS", 15_000, least=0, most=3_600_000)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False

# --- people ---------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "annotation.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "annotation.sessions.Backend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_HTTP_RESPONSE_CODE = 429
AXES_LOCKOUT_CALLABLE = "annotation.web.lockout.answer"
AXES_CLIENT_IP_CALLABLE = "annotation.web.lockout.address"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

# --- what browsers are told -----------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_ENGINE = "annotation.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"stepmark-{PORT}", f"stepmark-csrf-{PORT}"
CSRF_FAILURE_VIEW = "annotation.web.ops.csrf_failure"
if PRODUCTION:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    if TRUST_PROXY:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- what may come in -----------------------------------------------------------------------------------

UPLOAD_MAX_BYTES = env.integer("UPLOAD_MAX_MB", 512, least=1, most=10_000) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4_000  # a solution may have 1,000 steps, each with a rating and a doubt
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
PRIVATE_ENDPOINTS = env.flag("STEPMARK_PRIVATE_ENDPOINTS", default=not PRODUCTION)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["annotation.api.auth.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["annotation.api.parsers.ShallowJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "annotation.api.errors.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Stepmark",
    "DESCRIPTION": "Projects, problems and solutions in; lease, save and submit; PRM800K lines out.",
    "VERSION": "1",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SERVE_AUTHENTICATION": ["annotation.api.auth.TokenAuthentication"],
}

# --- work behind the pages ------------------------------------------------------------------------------

CELERY_BROKER_URL = env.redis(REDIS_URL or Home(DATA).redis_url)
CELERY_TASK_IGNORE_RESULT = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 6 * 3600,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "max_retries": 1,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "UTC"
SCHEDULER_TRACE = DATA / "scheduler-told"
CELERY_BEAT_SCHEDULER = "annotation.scheduler:TracingScheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "annotation.tasks.sweep", "schedule": 15.0, "options": {"expires": 15}},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "filters": {"calm": {"()": "annotation.environment.Calm"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["calm"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "axes": {"level": "WARNING"},
        "celery.utils.functional": {"level": "WARNING"},
    },
}
