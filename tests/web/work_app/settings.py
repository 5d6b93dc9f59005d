"""Madang's settings with the app of test jobs."""

from madang.web.config.settings import *  # noqa: F403
from madang.web.config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "work_app"]
