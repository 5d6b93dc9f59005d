"""What analyses offer beside a dataset: the questions that it can answer."""

from __future__ import annotations

from collections.abc import Collection

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from madang.access import Thing, as_close, can
from madang.bank.made_of import Lineage
from madang.runs.matching import fits
from madang.web.shell.beside import Offer
from madang.web.shell.workspace import asker, workspace


def offers(dataset: str, may: Collection[str]) -> list[Offer]:
    """The analyses of which an input that they need is fitted by the dataset, for those who may read it."""
    ws = workspace()
    live = ws.bank[dataset].latest if dataset in ws.bank else None
    if live is None or not can(
        asker(), "read", as_close(Thing("run"), [Lineage(ws.bank.folder).thing(dataset)])
    ):
        return []
    group = _("이 데이터로 할 수 있는 분석")
    return [
        Offer(
            each.card.title,
            f"{reverse('runs:analysis', args=[each.id])}?{urlencode({'with': dataset})}",
            group=group,
        )
        for each in ws.ledger.analyses
        if any(fits(live, role) for role in each.card.inputs if not role.optional)
    ]
