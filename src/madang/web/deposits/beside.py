"""What deposits offer beside a dataset: a new file, a copy to edit, the grid."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from madang.web.shell.beside import Offer


def offers(dataset: str, may: Collection[str]) -> list[Offer]:
    """For those who may deposit."""
    if "deposit" not in may:
        return []
    return [
        Offer(_("새 파일 올리기"), f"{reverse('deposits:overview')}?{urlencode({'dataset': dataset})}"),
        Offer(_("고칠 엑셀 내려받기"), reverse("deposits:copy", args=[dataset])),
        Offer(_("화면에서 고치기"), reverse("deposits:grid", args=[dataset])),
    ]
