"""Addresses of people, below /accounts/. Of allauth only these views exist here, each with a page of ours."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.urls import path

from madang.web.accounts import door, single_sign_on
from madang.web.accounts.views import departments, mine, people

_OWN_CODES = "accounts/codes.html"

urlpatterns = [
    path("login/", door.SignIn.as_view(), name="account_login"),
    path("logout/", account.LogoutView.as_view(template_name="accounts/logout.html"), name="account_logout"),
    path("reauthenticate/", account.ReauthenticateView.as_view(template_name="accounts/again.html"), name="account_reauthenticate"),
    path("password/", door.ChangePassword.as_view(), name="account_change_password"),
    path("2fa/", door.second_factor, name="mfa_index"),
    path("2fa/authenticate/", factor.AuthenticateView.as_view(template_name="accounts/code.html"), name="mfa_authenticate"),
    path("2fa/reauthenticate/", factor.ReauthenticateView.as_view(template_name="accounts/code_again.html"), name="mfa_reauthenticate"),
    path("2fa/activate/", totp.ActivateTOTPView.as_view(template_name="accounts/activate.html"), name="mfa_activate_totp"),
    path("2fa/deactivate/", totp.DeactivateTOTPView.as_view(template_name="accounts/deactivate.html"), name="mfa_deactivate_totp"),
    path("2fa/codes/", codes.ViewRecoveryCodesView.as_view(template_name=_OWN_CODES), name="mfa_view_recovery_codes"),
    path("2fa/codes/new/", codes.GenerateRecoveryCodesView.as_view(template_name="accounts/new_codes.html"), name="mfa_generate_recovery_codes"),
    path("2fa/codes/download/", codes.DownloadRecoveryCodesView.as_view(template_name="accounts/codes.txt"), name="mfa_download_recovery_codes"),
    path("oidc/<str:provider_id>/login/", single_sign_on.begin, name="openid_connect_login"),
    path("oidc/<str:provider_id>/callback/", single_sign_on.back, name="openid_connect_callback"),
    path("me/", mine.me, name="me"),
    path("me/tokens/", mine.make, name="token_make"),
    path("me/tokens/<int:token>/revoke/", mine.revoke, name="token_revoke"),
    path("me/sessions/end/", mine.end_sessions, name="sessions_end"),
    path("people/", people.listed, name="people"),
    path("people/add/", people.add, name="people_add"),
    path("people/import/", people.take_in, name="people_import"),
    path("people/<int:pk>/", people.one, name="person"),
    path("people/<int:pk>/<str:act>/", people.act, name="person_act"),
    path("departments/", departments.listed, name="departments"),
    path("departments/<int:pk>/", departments.one, name="department"),
    path("departments/<int:pk>/pass-on/", departments.pass_on, name="department_pass_on"),
    path("posts/<int:pk>/", departments.post, name="post"),
    path("posts/<int:pk>/hand-over/", departments.hand_over, name="post_hand_over"),
]  # fmt: skip
