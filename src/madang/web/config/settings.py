"""Django's settings. What differs between cities comes from the environment; secrets stand nowhere else."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

WEB = Path(__file__).resolve().parents[1]

MADANG_WORKSPACE = os.environ.get("MADANG_WORKSPACE", "")  # the desk's queries open it, at every request
MADANG_DIST = WEB / "static" / "dist"  # what Vite built

DEBUG = False
SECRET_KEY = os.environ.get("MADANG_SECRET_KEY") or secrets.token_urlsafe(
    50
)  # nothing outlives the process yet
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *os.environ.get("MADANG_HOSTS", "").split()]

ROOT_URLCONF = "madang.web.config.urls"
WSGI_APPLICATION = "madang.web.config.wsgi.application"
INSTALLED_APPS = ["madang.web.desk"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "madang.web.config.headers.security_headers",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.common.CommonMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["madang.web.desk.context.page"]},
    }
]
DATABASES: dict[str, dict[str, str]] = {}  # the pages only read the bank

LANGUAGE_CODE = "ko"
TIME_ZONE = "Asia/Seoul"
USE_TZ = True
STATIC_URL = "/static/"
APPEND_SLASH = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024  # nothing is uploaded here

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {
        "django": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # answered with 400; no news
    },
}
