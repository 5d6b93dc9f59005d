"""Django's settings. What differs between cities comes from the environment; secrets stand nowhere else."""

from __future__ import annotations

import os
from pathlib import Path

from madang.web.config.database import database, secret_key
from madang.web.config.sign_in import *  # noqa: F403 - settings of signing in

WEB = Path(__file__).resolve().parents[1]

MADANG_WORKSPACE = os.environ.get(
    "MADANG_WORKSPACE", ""
)  # the shell's workspace() opens it, at every request
MADANG_DIST = WEB / "static" / "dist"  # what Vite built

DEBUG = False
SECRET_KEY = secret_key(MADANG_WORKSPACE)
SECRET_KEY_FALLBACKS = os.environ.get(
    "MADANG_OLD_SECRET_KEYS", ""
).split()  # what they sealed can still be read
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *os.environ.get("MADANG_HOSTS", "").split()]
_HTTPS = os.environ.get("MADANG_HTTPS", "") == "1"  # behind a server that speaks HTTPS

ROOT_URLCONF = "madang.web.config.urls"
WSGI_APPLICATION = "madang.web.config.wsgi.application"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "madang.web.shell",
    "madang.web.accounts",
    "madang.web.audit",
    "madang.web.notices",
    "madang.web.work",
    "madang.web.sources",
    "madang.web.api",
    "madang.web.desk",
    "madang.web.portal",
    "madang.web.releases",
    "madang.web.deposits",
    "madang.web.rounds",
    "madang.web.runs",
    "madang.web.indicators",
    "madang.web.sql",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
]
MIDDLEWARE = [
    "madang.web.shell.requests.real_address",
    "madang.web.shell.requests.counted",
    "django.middleware.security.SecurityMiddleware",
    "madang.web.config.headers.security_headers",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "madang.web.shell.limits.bounded_body",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "madang.web.shell.language.chosen_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "madang.web.accounts.middleware.know_who_asks",
    "madang.web.accounts.middleware.KeepSession",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",  # every page, unless it says login_not_required
    "django.contrib.messages.middleware.MessageMiddleware",
    "madang.web.audit.middleware.remember_address",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "madang.web.shell.context.page",
            ]
        },
    }
]
DATABASES = {"default": database(MADANG_WORKSPACE, os.environ.get("MADANG_DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/data/"
LOGOUT_REDIRECT_URL = "/"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", "한국어"), ("en", "English")]
LOCALE_PATHS = [WEB / "locale"]
LANGUAGE_COOKIE_NAME = "madang_language"
TIME_ZONE = "Asia/Seoul"
MESSAGE_TAGS = {25: "good", 30: "warn", 40: "bad"}  # success, warning, error: the tones of every other notice
USE_TZ = True
STATIC_URL = "/static/"
APPEND_SLASH = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # of a form; files come in pieces, to disk
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
MADANG_LARGEST_BODY = 64 * 1024 * 1024  # of a request; views that take more say so (shell/limits.py)
MADANG_PROXIES = int(os.environ.get("MADANG_PROXIES", "0"))  # our own proxies before this server
MADANG_METRICS_TOKEN = os.environ.get("MADANG_METRICS_TOKEN", "")

MADANG_API_PER_MINUTE = int(os.environ.get("MADANG_API_PER_MINUTE", "600"))  # requests of one token
MADANG_OPEN_PER_MINUTE = int(os.environ.get("MADANG_OPEN_PER_MINUTE", "1200"))  # public pages, by address
MADANG_OPEN_SQL_PER_MINUTE = int(os.environ.get("MADANG_OPEN_SQL_PER_MINUTE", "30"))

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_NAME = "madang_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_NAME = "madang_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "madang.web.shell.errors.csrf_failure"
if _HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {
        "django": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "madang.request": {  # one line of JSON for each request, without personal data
            "handlers": ["console"],
            "level": "INFO" if os.environ.get("MADANG_REQUEST_LOG") == "1" else "WARNING",
            "propagate": False,
        },
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # answered with 400; no news
    },
}
