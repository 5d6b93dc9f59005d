"""How each kind of personal number is written: patterns for each, understood alike by RE2 and by `re`.

Every pattern has three groups (left, number, right): what may stand at the left, the number itself, what may stand at the right. Neither
engine needs to look around, so two numbers that share one character between them are found by searching twice.
Digits may be full-width; between the groups of a number people type blanks, dashes and middle dots of many kinds.
"""

from __future__ import annotations

from typing import Literal, get_args

# rrn            resident registration number, foreigners' too (주민등록번호, 외국인등록번호)
# rrn_masked     one whose tail is starred: birth date and often sex still stand there
# licence        driving licence            passport      passport            vehicle    number plate
# card           payment card (Luhn)        account       bank account after a bank's name or 계좌
# mobile         010 …                      landline      02 …, 070 …         hotline    1588-… (대표번호)
# email
# name           a cell that is nothing but a Korean person's name, by its first syllable and length
# birth          date of birth: never by its value alone, only under a header
# insurance      health insurance number: likewise
Kind = Literal[
    "rrn", "rrn_masked", "licence", "passport", "card", "account", "mobile", "landline", "hotline", "email", "vehicle",
    "name", "birth", "insurance",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)

_FULL = dict(zip("0123456789", "０１２３４５６７８９", strict=True))


def _of(digits: str) -> str:
    """A class of these digits, half and full width."""
    return "[" + digits + "".join(_FULL[d] for d in digits) + "]"


DIGITS = "0-9０-９"
D = f"[{DIGITS}]"
_DASH = "‐‑‒–—―−－﹣ㅡー"
_BLANK = r"\s" + "\u00a0\u2002\u2003\u2009\u200b\u200c\u200d\u2060\u3000\ufeff"
_GAP = rf"[-{_DASH}{_BLANK}·ㆍ・_/:~*]"  # between the two halves of an RRN
_SEP = rf"[-{_DASH}{_BLANK}.·)]"  # between the parts of a telephone number
_LINK = rf"[-{_DASH}{_BLANK}]"
_FRONT, _BACK = "^|[^0-9０-９.．]", "$|[^0-9０-９]"
# A telephone or card number is no part of a longer chain of digits and dashes.
# Nor what a web address hands over (?id=0103040000), unless a word stands before the sign (연락처=010…).
_CHAIN_FRONT, _CHAIN_BACK = (
    "^[-=]?|[^-=0-9０-９.．]|[^0-9０-９A-Za-z]=|[^0-9０-９]-",
    "$|-$|[^-0-9０-９]|-[^0-9０-９]",
)
_TELEPHONE_BACK = "$|-$|[^-0-9０-９A-Za-z]|-[^0-9０-９]"  # nor of a key: MA0101202210A0084574
# Four digits and a blank again and again are bus routes; after a card there may stand its month and year.
_CARD_FRONT = "^|[^-=\\s0-9０-９.．]|^\\s|[^0-9０-９]\\s|[^0-9０-９]-"
_CARD_BACK = "$|-$|\\s$|[^-\\s0-9０-９]|-[^0-9０-９]|\\s[^0-9０-９]|\\s[0-9]{1,2}(?:$|[^0-9０-９])"
_WORD_FRONT, _WORD_BACK = "^|[^0-9A-Za-z]", "$|[^0-9A-Za-z]"

_DAY = (
    f"(?:(?:{_of('0')}{_of('13578')}|{_of('1')}{_of('02')})(?:{_of('0')}{_of('123456789')}|{_of('12')}{D}|{_of('3')}{_of('01')})"
    f"|(?:{_of('0')}{_of('469')}|{_of('1')}{_of('1')})(?:{_of('0')}{_of('123456789')}|{_of('12')}{D}|{_of('3')}{_of('0')})"
    f"|{_of('0')}{_of('2')}(?:{_of('0')}{_of('123456789')}|{_of('12')}{D}))"
)
_MONTH = f"(?:{_of('0')}{_of('123456789')}|{_of('1')}{_of('012')})"
_POINTED_DAY = (  # 90.01.01
    rf"{D}{{2}}[.．] ?{_MONTH}[.．] ?(?:{_of('0')}{_of('123456789')}|{_of('12')}{D}|{_of('3')}{_of('01')})"
)
# six digits and seven, whatever they are: the ground on which a column's RRNs are judged
SHAPE = f"(?:^|[^0-9０-９.．])(?P<front>{D}{{6}})(?P<gap>{_GAP}{{0,3}})(?P<back>{D}{{7}})(?:$|[^0-9０-９])"
_REGION = "(?:서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주)"
PLATE_SYLLABLES = "가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주하허호배아바사자"
_USE = f"[{PLATE_SYLLABLES}]"
_INSTITUTE = "(?:농협|수협|신협|축협|우체국|새마을금고|뱅크|(?:KB|kb|NH|IBK|SC|KEB)[가-힣]{0,4}|저축|계좌(?:번호)?|입금처|예금주)"
_BETWEEN = r"[^0-9０-９가-힣\n.]"  # 은행동 and 은행로 are places
_BANK = (
    r"(?:" + _INSTITUTE + r"(?:[^0-9０-９\n]{0,11}[^0-9０-９\n.])?"
    rf"|은행(?:계좌|통장)?(?:번호)?(?:{_BETWEEN}{{0,6}}|{_BETWEEN}{{1,4}}[가-힣]{{2,4}}{_BETWEEN}{{1,3}}))"
)
_BANK_BEHIND = r" {0,2}[(\[/,]? ?(?:KB|NH|IBK|SC|KEB)?[가-힣]{0,5}(?:은행(?:$|[^0-9가-힣]|계좌|으로)|농협|수협|신협|축협|우체국|금고|뱅크|KB|NH|IBK|예금주)"
_G = f"[-{_DASH} ]{{1,3}}"
_ONE = _of("123456789")
_ACCOUNT = (  # no telephone number of an office of that bank: those begin with 0 and end in four digits
    f"(?:{_ONE}{D}{{1,5}}{_G}{D}{{2,6}}{_G}{D}{{3,7}}(?:{_G}{D}{{1,4}})?|{_of('0')}{D}{{1,5}}{_G}{D}{{2,6}}{_G}{D}{{5,7}}"
    f"|{D}{{2,6}}{_G}{D}{{2,6}}{_G}{D}{{2,6}}{_G}{D}{{1,4}}|{D}{{4}}{_G}{D}{{4}}{_G}{D}{{4}}|{_ONE}{D}{{9,13}}|{_of('0')}{D}{{11,13}})"
)
_CARD_START = f"(?:{_of('4')}{D}|{_of('5')}{_of('12345')}|{_of('2')}{_of('234567')}|{_of('3')}{_of('5')}|{_of('69')}{D})"
_AREA = f"(?:{_of('2')}|{_of('3456')}{_of('12345')}|{_of('7')}{_of('0')}|{_of('5')}{_of('0')}{D}?|{_of('8')}{_of('0')})"
_HOTLINE = (
    "(?:15(?:22|33|44|66|77|88|99)|16(?:00|11|44|55|60|61|66|68|70|88)|18(?:00|11|22|33|44|51|55|66|77|99))"
)
_KOREA = f"{_of('8')}{_of('2')}"  # with a plus, or apart from what follows
_TRUNK = rf"(?:{_of('0')}|(?:[+＋]{_KOREA}{_SEP}{{0,2}}|{_KOREA}{_SEP}{{1,2}})(?:\(0\))?{_of('0')}?)"


def _written(number: str, front: str = _CHAIN_FRONT, back: str = _CHAIN_BACK) -> str:
    return f"(?P<left>{front})(?P<number>{number})(?P<right>{back})"


_WAYS: dict[Kind, str | tuple[str, ...]] = {
    "rrn": (
        _written(f"{D}{{2}}{_DAY}{_GAP}{{0,3}}{D}{{7}}", _FRONT, _BACK),
        _written(rf"{_POINTED_DAY}\.? ?[-{_DASH}] ?{_of('12345678')}{D}{{6}}", _FRONT, _BACK),
    ),
    "rrn_masked": _written(f"{D}{{2}}{_DAY}{_GAP}{{0,3}}{D}?[*＊xX●○■□#]{{6,7}}", _FRONT, "$|[^*＊xX●○■□#]"),
    "licence": _written(
        f"(?:{_of('1')}{D}|{_of('2')}{_of('012345678')}|{_REGION}){_LINK}{{0,3}}{D}{{2}}{_LINK}{{1,3}}{D}{{6}}{_LINK}{{1,3}}{D}{{2}}"
    ),
    "passport": _written("[MSRODG](?:[0-9]{8}|[0-9]{3}[A-Z][0-9]{4})", _WORD_FRONT, _WORD_BACK),
    "card": _written(
        f"{_CARD_START}{D}{{2}}{_LINK}{{0,3}}{D}{{4}}{_LINK}{{0,3}}{D}{{4}}{_LINK}{{0,3}}{D}{{4}}"
        f"|{_of('3')}{_of('47')}{D}{{2}}{_LINK}{{0,3}}{D}{{6}}{_LINK}{{0,3}}{D}{{5}}"
        f"|{_of('3')}{_of('068')}{D}{{2}}{_LINK}{{0,3}}{D}{{6}}{_LINK}{{0,3}}{D}{{4}}",
        _CARD_FRONT,
        _CARD_BACK,
    ),
    "account": (
        _written(_ACCOUNT, _BANK),
        _written(_ACCOUNT, _CHAIN_FRONT, _BANK_BEHIND),
    ),
    "mobile": _written(
        rf"\(?{_TRUNK}{_of('1')}{_of('016789')}{_SEP}{{0,3}}{_of('123456789')}{D}{{2,3}}{_SEP}{{0,3}}{D}{{4}}",
        back=_TELEPHONE_BACK,
    ),
    "landline": _written(
        rf"\(?{_TRUNK}{_AREA}{_SEP}{{0,3}}{_of('123456789')}{D}{{2,3}}{_SEP}{{0,3}}{D}{{4}}",
        back=_TELEPHONE_BACK,
    ),
    "hotline": _written(f"{_HOTLINE}{_LINK}{{1,3}}{D}{{4}}"),
    "email": _written(
        r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*\.[A-Za-z]{2,24}",
        "^|[^A-Za-z0-9._%+-]",
        "$|[^A-Za-z0-9]",
    ),
    "vehicle": _written(
        f"{_REGION} {{0,2}}{D}{{1,2}} ?{_USE} ?{D}{{4}}|{_of('123456789')}?{D}{D}{_USE} ?{D}{{4}}",
        _FRONT,
        _BACK,
    ),
}

PATTERNS: dict[Kind, tuple[str, ...]] = {
    kind: (ways,) if isinstance(ways, str) else ways for kind, ways in _WAYS.items()
}

# What stands in the place of a number that was found: its kind can be told, nothing else.
MASKS: dict[Kind, str] = {
    "rrn": "******-*******",
    "rrn_masked": "******-*******",
    "licence": "**-**-******-**",
    "passport": "*********",
    "card": "****-****-****-****",
    "account": "***-***-******",
    "mobile": "***-****-****",
    "landline": "***-***-****",
    "hotline": "****-****",
    "email": "***@***",
    "vehicle": "***-****",
}
# The order in which they are looked for and replaced: the longer and the surer first.
SEARCHED: tuple[Kind, ...] = (
    "rrn", "rrn_masked", "card", "licence", "account", "mobile", "landline", "hotline", "passport", "vehicle", "email",
)  # fmt: skip
