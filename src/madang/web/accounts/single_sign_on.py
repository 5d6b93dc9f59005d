"""Signing in by OpenID Connect: the token is checked by its signature, its claims become name, department and roles."""

from __future__ import annotations

from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from requests import RequestException

from madang.access import ROLES
from madang.web.accounts.models import Department, User
from madang.web.accounts.people import person_of_user
from madang.web.audit.record import record

_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384"]  # signatures only


class Refused(Exception):
    """Why this person may not sign in this way, in words for them."""


class Provider(OpenIDConnectOAuth2Adapter):
    """As allauth's, but a token always has to be signed by a key of the provider."""

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        try:
            with get_adapter().get_requests_session() as session:
                answer = session.get(self.openid_config["jwks_uri"])
                answer.raise_for_status()
            keys = jwt.PyJWKSet.from_dict(answer.json())
            key = keys[jwt.get_unverified_header(id_token)["kid"]]
            claims: dict[str, Any] = jwt.decode(
                id_token,
                key,
                algorithms=_ALGORITHMS,
                audience=app.client_id,
                issuer=self.openid_config["issuer"],
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
                leeway=60,
            )
        except (jwt.PyJWTError, KeyError) as error:
            raise OAuth2Error("id_token") from error
        return claims


@login_not_required
@require_safe
def begin(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Send the browser to the provider. Only `next` of the query counts: no other flow is begun by a link."""
    asked = QueryDict(mutable=True)
    if after := request.GET.get("next"):
        asked["next"] = after
    request.GET = asked
    return _run(OAuth2LoginView, request, provider_id)


@login_not_required
@require_safe
def back(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """The browser comes back with a code."""
    return _run(OAuth2CallbackView, request, provider_id)


def _run(view: Any, request: HttpRequest, provider_id: str) -> HttpResponseBase:
    try:
        found: HttpResponseBase = view.adapter_view(Provider(request, provider_id))(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    except (RequestException, KeyError, ValueError, PermissionDenied):
        from madang.web.accounts.adapters import said

        return said(request, _("통합 로그인 서버가 답하지 않습니다. 잠시 뒤 다시 하십시오."), 503)
    return found


def person_signing_in(request: HttpRequest, login: Any) -> None:
    """Find or make the account of who comes from the provider, and give it the roles of its groups.

    An account with a password of its own, or of another person of the provider, is never taken over by its name.
    Raises Refused.
    """
    if login.state.get("process") == AuthProcess.CONNECT:
        raise Refused(_("계정을 잇는 것은 관리자만 할 수 있습니다."))
    said = login.account.get_provider().app.settings
    claims = login.account.extra_data.get("id_token", {})
    name = str(claims.get(said["username"]) or "").strip()[:150]
    if not name:
        raise Refused(_("통합 로그인이 아이디를 알려 주지 않았습니다. 관리자에게 알리십시오."))
    with transaction.atomic():
        user = login.user if login.is_existing else _account(name, said)
        _renew(user, claims, said)
        if not login.is_existing:
            login.user = login.account.user = user
            login.account.save()


def _account(name: str, said: dict[str, Any]) -> User:
    known = User.objects.filter(username=name).first()
    if known is None:
        if not said["new_people"]:
            raise Refused(_("등록되지 않은 사람입니다. 관리자에게 등록을 요청하십시오."))
        return User(username=name, roles="official")
    if known.has_usable_password() or known.is_sample or SocialAccount.objects.filter(user=known).exists():
        raise Refused(
            _("같은 아이디의 다른 계정이 이미 있습니다. 비밀번호로 로그인하거나 관리자에게 문의하십시오.")
        )
    return known


def _renew(user: User, claims: dict[str, Any], said: dict[str, Any]) -> None:
    """Name, department and, where groups are mapped to roles, roles: as the provider says today."""
    before = (user.pk, user.name, user.department_id, user.roles)
    user.name = str(claims.get("name") or user.name or user.username)[:100]
    if of := str(claims.get(said["department"]) or "").strip()[:100]:
        user.department = Department.objects.filter(name=of).first() or user.department
    if said["roles"]:
        groups = claims.get(said["groups"]) or []
        groups = [groups] if isinstance(groups, str) else groups
        mapped = {said["roles"].get(str(group)) for group in groups} & set(ROLES)
        user.roles = " ".join(role for role in ROLES if role in mapped or role == "official")
    if user.pk is None:
        user.set_unusable_password()
    if before != (user.pk, user.name, user.department_id, user.roles):
        user.save()
        record(
            person_of_user(user), "people.from_provider", user.username, detail={"roles": user.roles.split()}
        )
