"""The form of a source: the usual settings of its kind. What only the file knows (reading, codes of an API) is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from madang.collect.origin import Kind, Origin
from madang.collect.origin_api import SHAPES
from madang.collect.rhythm import Rhythm
from madang.collect.secret import Secret, without_values
from madang.messages import MadangError
from madang.web.sources.rhythm_field import RhythmField

KINDS = {
    "http": (_("웹의 파일"), _("정한 주소에서 CSV, 엑셀, ZIP 같은 파일을 받습니다.")),
    "api": (_("공공 API"), _("공공데이터포털 같은 API에서 모든 쪽을 받아 한 파일로 모읍니다.")),
    "folder": (_("놓는 폴더"), _("폴더에 놓인 파일을 다 쓰인 뒤에 하나씩 올립니다.")),
    "sql": (_("데이터베이스"), _("PostgreSQL이나 SQLite에 SELECT 하나로 물어 그 결과를 받습니다.")),
    "feed": (_("소식(RSS, Atom)"), _("새 글을 모읍니다. 한 번 본 글은 사라지지 않습니다.")),
}
_SHAPE_LABELS = {
    "portal": _("공공데이터포털(response.body.items)"),
    "odcloud": _("오디클라우드(data, totalCount)"),
    "seoul": _("서울 열린데이터광장(row, list_total_count)"),
    "list": _("목록만 있는 답"),
}
_OF_KIND: dict[str, tuple[str, ...]] = {
    "http": ("parameters", "secret", "secret_in", "secret_name", "html"),
    "feed": ("parameters", "secret", "secret_in", "secret_name"),
    "api": (
        "parameters", "secret", "secret_in", "secret_name", "shape", "items", "total", "page_rows", "confirm", "distinct",
    ),
    "sql": ("query", "secret"),
    "folder": ("settle_s",),
}  # fmt: skip
_COMMON = ("title", "address", "dataset", "steward", "rhythm")
_LIMITS = ("timeout_s", "most_mb", "attempts", "wait_s")
_ADDRESS_HELP = {
    "http": _(
        "예: https://file.example.go.kr/가게_{today}.csv. {today}, {yesterday}, {month}는 그날의 날짜로 바뀝니다."
    ),
    "feed": _("예: https://www.example.go.kr/rss.xml"),
    "api": _("예: https://apis.data.go.kr/1741000/서비스/목록. 인증키는 아래에 따로 적습니다."),
    "sql": _("예: postgresql://계정@호스트:5432/데이터베이스 또는 sqlite:파일.db. 비밀번호는 적지 않습니다."),
    "folder": _("작업 공간의 inbox 폴더 안의 이름입니다. 예: 교통과"),
}


class SourceForm(forms.Form):
    """The fields that a source of one kind has."""

    data: Any  # what was sent

    id = forms.CharField(
        label=_("이름(영문 소문자, 숫자, 한글, -)"),
        max_length=60,
        help_text=_("주소와 파일 이름에 쓰이며 나중에 바꿀 수 없습니다."),
    )
    title = forms.CharField(label=_("제목"), max_length=120)
    address = forms.CharField(label=_("주소"), max_length=1000)
    query = forms.CharField(
        label=_("질의(SELECT 하나)"), widget=forms.Textarea(attrs={"rows": 6}), max_length=20_000
    )
    dataset = forms.CharField(label=_("들어갈 데이터"), max_length=120, required=False)
    steward = forms.ChoiceField(
        label=_("담당자(직위)"), required=False, help_text=_("실패하면 이 자리에 알립니다.")
    )
    rhythm = RhythmField(label=_("언제 받을지"), initial="daily 06:30", help_text=_("한국 시각입니다."))
    parameters = forms.CharField(
        label=_("인자(한 줄에 하나, 이름=값)"),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=5000,
    )
    secret = forms.CharField(
        label=_("비밀을 담은 환경 변수"), required=False, max_length=70,
        help_text=_("COLLECT_로 시작하는 이름만 적습니다. 값은 서버의 환경에 넣습니다."),
    )  # fmt: skip
    secret_in = forms.ChoiceField(
        label=_("비밀을 넣는 곳"),
        required=False,
        choices=[("query", _("주소의 인자")), ("header", _("요청의 머리"))],
    )
    secret_name = forms.CharField(
        label=_("그 인자나 머리의 이름"), required=False, max_length=60, initial="serviceKey"
    )
    html = forms.BooleanField(label=_("웹 페이지 안의 표를 받습니다"), required=False)
    shape = forms.ChoiceField(label=_("답의 꼴"), choices=list(_SHAPE_LABELS.items()), required=False)
    items = forms.CharField(label=_("행이 있는 곳(다를 때만)"), required=False, max_length=100)
    total = forms.CharField(label=_("전체 행 수가 있는 곳(다를 때만)"), required=False, max_length=100)
    page_rows = forms.IntegerField(
        label=_("한 쪽의 행 수"), min_value=1, max_value=10_000, initial=1000, required=False
    )
    confirm = forms.BooleanField(label=_("두 번 물어 같은 답일 때만 믿습니다"), required=False)
    distinct = forms.BooleanField(label=_("똑같은 행은 한 번만 둡니다"), required=False)
    settle_s = forms.IntegerField(
        label=_("파일이 그대로인지 지켜볼 시간(초)"), min_value=1, max_value=3600, initial=10
    )
    timeout_s = forms.IntegerField(label=_("시간 한도(초)"), min_value=1, max_value=21_600, initial=300)
    most_mb = forms.IntegerField(label=_("크기 한도(MB)"), min_value=1, max_value=20_000, initial=500)
    attempts = forms.IntegerField(label=_("시도 횟수"), min_value=1, max_value=20, initial=4)
    wait_s = forms.IntegerField(label=_("첫 재시도까지(초)"), min_value=1, max_value=86_400, initial=60)

    def __init__(
        self, kind: Kind, posts: Iterable[str], *args: Any, origin: Origin | None = None, **kwargs: Any
    ) -> None:
        if origin is not None:
            kwargs.setdefault("initial", initial_of(origin))
        super().__init__(*args, **kwargs)
        self.kind, self.origin = kind, origin
        keep = {*_COMMON, *_LIMITS, *_OF_KIND[kind], *(() if origin else ("id",))}
        for name in list(self.fields):
            if name not in keep:
                del self.fields[name]
        known = list(posts)
        if origin and origin.steward and origin.steward not in known:
            known.append(origin.steward)
        self.fields["steward"].choices = [("", _("데이터의 담당자")), *((post, post) for post in known)]
        self.fields["address"].help_text = _ADDRESS_HELP[kind]
        if kind == "folder":
            self.fields["address"].label = _("폴더 이름")
        self.fields["dataset"].required = kind != "folder"
        for field in self.fields.values():
            if not isinstance(field, (forms.BooleanField, RhythmField)):
                field.widget.attrs["class"] = "input"

    @property
    def main(self) -> list[Any]:
        """The fields that everybody fills in."""
        return [self[name] for name in self.fields if name not in _LIMITS]

    @property
    def limits(self) -> list[Any]:
        """Those that are mostly left alone."""
        return [self[name] for name in _LIMITS]

    def made(self) -> Origin:
        """The source that was filled in. Raises MadangError ``collect_*``."""
        said = self.cleaned_data
        start = self.origin or Origin(said["id"], "", self.kind, "", Rhythm("", every=1))
        plain = {
            name: said[name] for name in (*_LIMITS, "title", "address", "dataset", "steward") if name in said
        }
        told: dict[str, Any] = {**plain, "rhythm": Rhythm.of(said["rhythm"])}
        for name in ("query", "html", "settle_s"):
            if name in said:
                told[name] = said[name]
        if "parameters" in said:
            told["parameters"] = _parameters(said["parameters"])
        if "secret" in said:
            told["secret"] = self._secret(said)
        if self.kind == "api":
            told["api"] = _api(start, said)
        return replace(start, **told)

    def forget_secrets(self) -> None:
        """What was written in plain is not shown again."""
        self.data = self.data.copy()
        in_path = self.data.get("shape") == "seoul"
        for name in ("address", "parameters"):
            if name in self.data:
                self.data[name] = without_values(self.data[name], in_path=in_path)
        if not self.data.get("secret", "").startswith("COLLECT_"):
            self.data["secret"] = ""

    def _secret(self, said: dict[str, Any]) -> Secret | None:
        if not said["secret"]:
            return None
        if self.kind == "sql":
            return Secret(said["secret"], "password", "")
        return Secret(said["secret"], said["secret_in"] or "query", said["secret_name"] or "serviceKey")


def initial_of(origin: Origin) -> dict[str, Any]:
    """What the form of a source that exists begins with."""
    names = (*_LIMITS, "title", "address", "dataset", "steward", "query", "html", "settle_s")
    found = {name: getattr(origin, name) for name in names}
    usual = SHAPES[origin.api.shape]
    found |= {
        "rhythm": origin.rhythm.said,
        "parameters": "\n".join(f"{name}={value}" for name, value in origin.parameters.items()),
        "shape": origin.api.shape,
        "items": origin.api.items if origin.api.items != usual.items else "",
        "total": origin.api.total if origin.api.total != usual.total else "",
        "page_rows": origin.api.page_rows,
        "confirm": origin.api.confirm,
        "distinct": origin.api.distinct,
    }
    if origin.secret:
        found |= {
            "secret": origin.secret.variable,
            "secret_in": origin.secret.into,
            "secret_name": origin.secret.name,
        }
    return found


def _parameters(said: str) -> dict[str, str]:
    found = {}
    for line in said.splitlines():
        if line.strip():
            name, equals, value = line.partition("=")
            if not equals or not name.strip():
                raise MadangError("source_parameter", line=line.strip()[:80])
            found[name.strip()] = value.strip()
    return found


def _api(start: Origin, said: dict[str, Any]) -> Any:
    """The shape as told; what only the file knows stays while the shape is the same."""
    shape = said["shape"] or "portal"
    usual = SHAPES[shape]
    base = start.api if start.api.shape == shape else usual
    return replace(
        base, items=said["items"] or usual.items, total=said["total"] or usual.total,
        page_rows=said["page_rows"] or usual.page_rows, confirm=said["confirm"], distinct=said["distinct"],
    )  # fmt: skip
