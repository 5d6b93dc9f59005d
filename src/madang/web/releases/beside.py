"""What releases offer beside a dataset: whether it is open, and the way to decide."""

from __future__ import annotations

from collections.abc import Collection

from django.urls import reverse
from django.utils.translation import gettext as _

from madang.web.shell.beside import Offer
from madang.web.shell.mark import Mark


def offers(dataset: str, may: Collection[str]) -> list[Offer]:
    """The state of its newest edition, and the form for those who may decide."""
    from madang.web.releases.views import edition_of  # pages are loaded where there are any

    found = []
    if edition := edition_of(dataset):
        mark = Mark(edition["words"], edition["tone"])
        found.append(Offer(_("개방"), reverse("releases:edition", args=[edition["id"]]), mark))
    if "release" in may:
        found.append(Offer(_("개방 결정하기"), reverse("releases:new", args=[dataset])))
    return found
