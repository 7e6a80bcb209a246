"""Settings, all from the environment (see .env.example); nonsense raises ImproperlyConfigured at the start.

Without DATABASE_URL the house is *embedded*: SQLite, queue, files and key live in one folder (RECTIFY_VAR).
"""

import os
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured

from rectify import demo
from rectify.version import version

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
if (BASE_DIR / ".env").exists():
    env.read_env(str(BASE_DIR / ".env"))
# A variable left blank (as .env.example leaves many) is one not given.
env.ENVIRON = {name: value for name, value in os.environ.items() if value}

VAR_DIR = Path(env("RECTIFY_VAR", default=str(BASE_DIR / "var"))).resolve()
VAR_DIR.mkdir(parents=True, exist_ok=True)
PRIVATE_FILES_DIR = VAR_DIR / "files"

DEBUG = env.bool("DEBUG", default=False)
DATABASE_URL = env("DATABASE_URL", default="")
EMBEDDED = not DATABASE_URL

# --- the demo and its day -----------------------------------------------------------------------------------
# The demo's mark makes commands typed beside the running demo live on the same day.
_demo_day = demo.remembered_day(VAR_DIR, DATABASE_URL)
DEMO = env.bool("RECTIFY_DEMO", default=bool(_demo_day))


def _fixed_day(text: str) -> date | None:
    """The day RECTIFY_TODAY fixes, or None for the real one; refused outside DEBUG and the demo."""
    if not text:
        return None
    if not (DEBUG or DEMO):
        raise ImproperlyConfigured("RECTIFY_TODAY 只用于演示和测试：请去掉它，或设 RECTIFY_DEMO=1。")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ImproperlyConfigured(f"RECTIFY_TODAY 不是日期（应如 2018-06-06）：{text}") from error


RECTIFY_TODAY = _fixed_day(env("RECTIFY_TODAY", default=_demo_day if DEMO else ""))

# --- who may reach it ---------------------------------------------------------------------------------------
SECRET_KEY_FILE = VAR_DIR / "secret_key"


def _secret_key() -> str:
    """SECRET_KEY; on SQLite also the file that `make setup` made; a fixed word under DEBUG alone."""
    if key := env("SECRET_KEY", default=""):
        return str(key)
    if (EMBEDDED or DATABASE_URL.startswith("sqlite:")) and SECRET_KEY_FILE.exists():
        return SECRET_KEY_FILE.read_text(encoding="ascii").strip()
    if DEBUG:
        return "for-debugging-only-never-for-a-county"
    raise ImproperlyConfigured(
        "缺少 SECRET_KEY：请在环境变量或 .env 中设置，或先运行 make setup（单机版自动生成）。"
    )


SECRET_KEY = _secret_key()
HOST = env("HOST", default="127.0.0.1")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
if HOST not in ("0.0.0.0", "::", *ALLOWED_HOSTS):  # noqa: S104
    ALLOWED_HOSTS.append(HOST)
TRUSTED_PROXY: list[str] = env.list("TRUSTED_PROXY", default=[])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
OUTBOUND_ALLOW: list[str] = env.list("OUTBOUND_ALLOW", default=[])

# An https origin says that browsers reach us through TLS: then cookies never travel without it.
BEHIND_TLS = any(origin.startswith("https://") for origin in CSRF_TRUSTED_ORIGINS)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = False  # other offices share the domain
SECURE_REFERRER_POLICY = "same-origin"
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "rectify.views.csrf_failure"
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # the two HSTS options above, decided
if not BEHIND_TLS:
    # Plain http on a county's own network is a supported way to run (design, section 10).
    SILENCED_SYSTEM_CHECKS += ["security.W004", "security.W008", "security.W012", "security.W016"]

CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "style-src-attr": [UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- apps, pages --------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "template_partials",
    "axes",
    "csp",
    "townships",
    "projects",
    "issues",
    "alerts",
    "dashboards",
    "rectify",
]
MIDDLEWARE = [
    "rectify.middleware.trusted_proxy",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "rectify.middleware.idle_exit",
    "dashboards.web.middleware.first_setup",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "townships.web.middleware.first_login",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "rectify.frame.attach",
]
ROOT_URLCONF = "rectify.urls"
WSGI_APPLICATION = "rectify.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "rectify.frame.frame",
            ],
            "libraries": {
                "house": "rectify.tags",
                "townships": "townships.web.tags",
                "issues": "issues.web.tags",
                "alerts": "alerts.web.tags",
                "dashboards": "dashboards.web.tags",
            },
        },
    }
]
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"  # deadlines are Beijing dates; not a setting
DATE_FORMAT = "Y-m-d"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # an import's error rows are mended on one page

# --- database, cache, queue ---------------------------------------------------------------------------------
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
}


def database(url: str) -> dict[str, Any]:
    """Django's settings for SQLite or PostgreSQL (15 or newer); any other engine is refused."""
    settings: dict[str, Any] = environ.Env.db_url_config(url)
    if settings["ENGINE"] == "django.db.backends.sqlite3":
        settings["OPTIONS"] = SQLITE_OPTIONS
    elif settings["ENGINE"] == "django.db.backends.postgresql":
        settings |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
        # Compiling a sum over all entries takes PostgreSQL longer than the sum.
        settings["OPTIONS"] = {"options": "-c jit=off", **settings.get("OPTIONS", {})}
    else:
        raise ImproperlyConfigured("DATABASE_URL 只支持 sqlite:// 和 postgres://。")
    return settings


DATABASES = {"default": database(DATABASE_URL or f"sqlite:///{VAR_DIR / 'rectify.sqlite3'}")}
REDIS_URL = env("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
    SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "socket_connect_timeout": 3,
        "visibility_timeout": 3600,
    }
else:
    BROKER_DIR = VAR_DIR / "broker"
    (BROKER_DIR / "messages").mkdir(parents=True, exist_ok=True)
    (BROKER_DIR / "bindings").mkdir(exist_ok=True)
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    SESSION_ENGINE = "django.contrib.sessions.backends.db"
    CELERY_BROKER_URL = "files://localhost"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "messages"),
        "data_folder_out": str(BROKER_DIR / "messages"),
        "control_folder": str(BROKER_DIR / "bindings"),
        "polling_interval": 0.1,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")

# --- people -------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "townships.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = LOGIN_URL
IDLE_SECONDS = 30 * 60
SESSION_COOKIE_AGE = IDLE_SECONDS + 60  # idle_exit decides; the cookie only has to outlive it
SESSION_COOKIE_HTTPONLY = True
# Audit events refuse change and deletion in the database itself; False only where tests empty their tables.
RECTIFY_APPEND_ONLY = True
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_HTTP_RESPONSE_CODE = 403

# --- mail, files, API ---------------------------------------------------------------------------------------
MAIL: dict[str, Any] = env.email_url("EMAIL_URL", default="dummymail://")  # off until a server is named
vars().update(MAIL)
# `?from=` of EMAIL_URL, else its user, else an address of the server's own host.
DEFAULT_FROM_EMAIL = MAIL.get("OPTIONS", {}).get("FROM") or (
    MAIL["EMAIL_HOST_USER"]
    if "@" in (MAIL["EMAIL_HOST_USER"] or "")
    else f"rectify@{MAIL['EMAIL_HOST'] or 'localhost'}"
)
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "rectify.staticfinders.PackageFinder",
]
STATIC_COLLECTED = env.bool("STATIC_COLLECTED", default=False)
STATIC_ROOT = BASE_DIR / "staticfiles" if STATIC_COLLECTED else VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_USE_FINDERS = not STATIC_COLLECTED
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PRIVATE_FILES_DIR},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["townships.api.permissions.Needs"],
    # A session opens the docs page and reads; writing with it takes the CSRF token, as every form does.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "townships.api.authentication.TokenAuthentication",
        "townships.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["townships.api.parsing.SmallJSONParser"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "townships.api.problems.as_problem",
}
REST_KNOX = {"TOKEN_TTL": timedelta(days=365), "AUTH_HEADER_PREFIX": "Token"}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Rectify 整改督办接口",
    "DESCRIPTION": "问题、项目和汇总，供其他系统读取；数量是十进制字符串，日期是北京日期。",
    "VERSION": version(),
    "TAGS": [{"name": name} for name in ("汇总", "问题", "进展", "项目", "工作", "函件", "单位")],
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    # Fields of one name that mean different things: each kind of choice is called by its own.
    "ENUM_NAME_OVERRIDES": {
        "BulletinBasisEnum": "dashboards.models.bulletins.BASES",
        "BulletinKindEnum": "dashboards.models.bulletins.KIND_CHOICES",
        "IssueStateEnum": "issues.api.descriptions.STATES",
        "ProjectStageEnum": "projects.api.projects.STAGE_CHOICES",
        "TallyBasisEnum": "dashboards.api.descriptions.BASIS_CHOICES",
    },
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
}

# --- what is written down: never an ID or phone number ------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "masked": {
            "()": "rectify.logs.MaskedFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "stream": sys.stderr, "formatter": "masked"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"handlers": [], "level": "ERROR", "propagate": True},  # a 404 is no event
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "celery": {"handlers": [], "level": "WARNING", "propagate": True},
        "axes": {"handlers": [], "level": "ERROR", "propagate": True},
    },
}
