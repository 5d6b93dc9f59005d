"""Settings of signing in: sessions, lock-out, second factor, single sign-on. All from the environment."""

from __future__ import annotations

import os
from typing import Any


def _number(name: str, default: int) -> int:
    said = os.environ.get(name, "").strip()
    return int(said) if said else default


MADANG_LOCK_AFTER = _number("MADANG_LOCK_AFTER", 5)  # wrong tries in a row
MADANG_LOCK_MINUTES = _number("MADANG_LOCK_MINUTES", 10)
MADANG_IDLE_S = 60 * _number("MADANG_IDLE_MINUTES", 30)
MADANG_SECOND_FACTOR = os.environ.get("MADANG_SECOND_FACTOR", "").split()  # roles that must have one
MADANG_SAMPLE_LOGINS = os.environ.get("MADANG_SAMPLE_LOGINS") == "1"  # set by `madang up` itself

SESSION_ENGINE = "madang.web.accounts.sessions"
SESSION_COOKIE_AGE = 3600 * _number("MADANG_SESSION_HOURS", 12)  # however busy: then sign in again

AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
ACCOUNT_ADAPTER = "madang.web.accounts.adapters.Accounts"
ACCOUNT_FORMS = {
    "login": "madang.web.accounts.sign_in_forms.SignIn",
    "change_password": "madang.web.accounts.sign_in_forms.ChangePassword",
    "reauthenticate": "madang.web.accounts.sign_in_forms.Again",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = [
    "username*",
    "password1*",
]  # there is no page to sign up: this says what signing in asks
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False  # until the browser closes, the idle time or the hours above
ACCOUNT_RATE_LIMITS = False  # ours count in the database, for every process (accounts/lockout.py)
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300

MFA_ADAPTER = "madang.web.accounts.adapters.SecondFactor"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "madang.web.accounts.sign_in_forms.Code",
    "reauthenticate": "madang.web.accounts.sign_in_forms.CodeAgain",
    "activate_totp": "madang.web.accounts.sign_in_forms.ActivateCode",
}
MFA_TOTP_ISSUER = "Madang"
MFA_TOTP_TOLERANCE = 1  # the code before and after: telephones and offices are seconds apart (RFC 6238, 5.2)
MFA_ALLOW_UNVERIFIED_EMAIL = True

SOCIALACCOUNT_ADAPTER = "madang.web.accounts.adapters.SingleSignOn"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a link: our policy of forms lets none lead to another host
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
OPENID_CONNECT = "city"  # the one provider's place in addresses


def pairs(said: str) -> dict[str, str]:
    """ "담당=steward, 관리=administrator" as a mapping."""
    found = (each.partition("=") for each in said.split(",") if "=" in each)
    return {left.strip(): right.strip() for left, _, right in found}


def providers(environ: dict[str, str]) -> dict[str, Any]:
    """What allauth has to know of the provider in the environment; nothing where none is named."""
    url = environ.get("MADANG_OIDC_URL", "").rstrip("/")
    if not url:
        return {}
    app = {
        "provider_id": OPENID_CONNECT,
        "name": environ.get("MADANG_OIDC_NAME", "통합 로그인"),
        "client_id": environ.get("MADANG_OIDC_CLIENT", ""),
        "secret": environ.get("MADANG_OIDC_SECRET", ""),
        "settings": {
            "server_url": url,
            "fetch_userinfo": False,
            "scope": environ.get("MADANG_OIDC_SCOPE", "openid profile email").split(),
            "username": environ.get("MADANG_OIDC_USERNAME", "preferred_username"),
            "department": environ.get("MADANG_OIDC_DEPARTMENT", "department"),
            "groups": environ.get("MADANG_OIDC_GROUPS", "groups"),
            "roles": pairs(environ.get("MADANG_OIDC_ROLES", "")),
            "new_people": environ.get("MADANG_OIDC_NEW_PEOPLE", "1") == "1",
        },
    }
    return {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}


SOCIALACCOUNT_PROVIDERS = providers(dict(os.environ))
