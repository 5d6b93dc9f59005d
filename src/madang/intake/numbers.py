"""Numbers that follow a form: telephone, postcode, business registration, area code. Patterns for RE2 engines."""

from __future__ import annotations

from dataclasses import dataclass

_AREA = r"0(2|[3-6][1-5]|70|50[0-9]?|10|1[16-9]|80)"
_ONE = rf"(\(?{_AREA}[-. )]*[0-9]{{3,4}}[-. ]?[0-9]{{4}}|1[568][0-9]{{2}}[-. ]?[0-9]{{4}})"
_SHORT = rf"(국번 ?없이 ?1[0-9]{{2,3}}|1(1[0-9]|2[0-25-9]|3[0-9]{{1,2}}|8[28])|\(?{_AREA}[-. )]*1[0-9]{{2}})"  # 120, 02-120
_MORE = r"( ?[-~]~? ?[0-9]{1,4}| ?[,/·;] ?[0-9]{1,4}(-[0-9]{4})?)"  # lines beside it: 02-753-4075~6, 02-2144-0116,0136
_INNER = r"( ?[(,]? ?(내선|구내|교환|대표|ext\.?|#)[^0-9]{0,4}[0-9]{0,5}\)?)"
_PHONE = rf"({_ONE}{_MORE}*{_INNER}?( ?[,/·;] ?{_ONE}{_MORE}*{_INNER}?)*|{_SHORT})"


@dataclass(frozen=True)
class NumberForm:
    """`pattern` must match a whole number, `junk` must match nowhere in it; `label` is the message code of its name."""

    pattern: str
    label: str
    junk: str = ""


number_forms: dict[str, NumberForm] = {
    "phone": NumberForm(_PHONE, "form_phone", r"(^0{2,3}-|-0{3,4}-0{4}$)"),
    "phone_local": NumberForm(
        rf"({_PHONE}|[2-9][0-9]{{2,3}}[-. ]?[0-9]{{4}})", "form_phone", r"(^0{2,3}-|-0{3,4}-0{4}$)"
    ),
    "postcode": NumberForm(r"([0-9]{5}|[0-9]{3}-?[0-9]{3})", "form_postcode"),
    "business_number": NumberForm(r"[0-9]{3}-?[0-9]{2}-?[0-9]{5}", "form_business_number"),
    "area_code": NumberForm(r"[0-9]{10}", "form_area_code"),
}

_WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)


def business_number_wrong(column: str) -> str:
    """SQL boolean: the check digit of a business registration number fails (weights 1 3 7 1 3 7 1 3 5, d9·5/10)."""
    digits = f"regexp_replace({column}, '[^0-9]', '', 'g')"
    digit = [f"TRY_CAST(substr({digits}, {place}, 1) AS INTEGER)" for place in range(1, 11)]
    total = " + ".join(f"{weight} * {value}" for weight, value in zip(_WEIGHTS, digit, strict=False))
    return f"((10 - ({total} + ({digit[8]} * 5) // 10) % 10) % 10) <> {digit[9]}"
