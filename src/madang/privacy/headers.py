"""What the header of a column says it holds: a kind of personal data, a number of a body, or nothing of either."""

from __future__ import annotations

import re
import unicodedata

from madang.privacy.patterns import Kind

_BRACKET = re.compile(r"[(\[（].*?[)\]）]")
_LOOSE = re.compile(r"[\s_\-·./()\[\]（）*※:'\"]+")

_PERSON = (
    "대표자|담당자|강사|신청인|신청자|민원인|보호자|예금주|소유자|소유주|세대주|시설장|센터장|관장|원장|교장|이사장|회장|"
    "조합장|위원|위원장|회원|직원|작성자|접수자|처리자|수령인|수령자|수급자|계약자|대리인|책임자|환자|학생|교사|종사자|이용자|사업주|"
    "영업자|당사자|피해자|가해자|체납자|납세자|후견인|근로자|조사자|조사원|상담자|상담사|공무원|대상자|가입자|참여자|참가자|수강생|"
    "확진자|사망자|유족|배우자|자녀|부모|고인|망자|신고인|신고자|고객(?!센터)|발신인|수신인|구매자|주문자|응모자|당첨자|임차인|임대인|건축주"
)
_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("rrn", re.compile(
        r"주민(?:법인|사업자)*(?:등록)?번호|주민등록(?:no|nr|number)|주번$|주민(?:등록)?번호?(?:앞|뒷|뒤)자리|외국인(?:등록)?번호|거소신고번호"
        r"|생년월일.*뒷?자리|^(?:뒷|뒤)(?:7|일곱)?자리(?:번호)?$|^(?:rrn|ssn|jumin(?:no|number|bunho)?|ihidnum|residentregistration(?:no|number))$"
    )),
    ("licence", re.compile(r"운전면허.*번호|운전면허$|driverslicen[sc]e")),
    ("passport", re.compile(r"여권번호|여권$|passport")),
    ("insurance", re.compile(r"건강보험(?:증|카드)?번호|의료보험(?:증)?번호|국민연금번호|보험증번호")),
    ("card", re.compile(r"(?:신용|체크|결제|카드)카드번호|^카드번호$|카드번호$|cardno|cardnumber")),
    ("account", re.compile(r"계좌|통장번호|입금번호|bankaccount|^account(?:no|number)$")),
    ("vehicle", re.compile(r"(?:차량|자동차|차)(?:등록)?번호|번호판|platen(?:o|umber)")),
    ("birth", re.compile(r"생년월일|출생(?:년월일|일자|일|연월일)|^생일$|birth(?:day|date)?|dateofbirth")),
    ("email", re.compile(r"이메일|전자우편|메일주소|^메일$|^e?mail")),
    ("mobile", re.compile(r"휴대(?:폰|전화)|핸드폰|hp번호|^hp$|mobile|cellphone")),
    ("landline", re.compile(r"전화|연락처|^tel|telno|phone|팩스|fax")),
    ("name", re.compile(
        rf"^(?:성명|이름|성함|한글성명|한글이름|영문성명)$|(?:^|[가-힣])(?:{_PERSON}|대표|담당)(?:의)?(?:성명|이름|성함|명)?$|성명$"
    )),
)  # fmt: skip
_CORPORATE = re.compile(r"법인(?:등록)?번호|법인등록no|corporationno|jurirno")
_ARTICLE = re.compile(r"바코드|상품코드|제품코드|품목코드|barcode|gtin|^ean|isbn|issn")
_AMOUNT = re.compile(
    r"금액|예산|결산|매출|가액|총액|잔액|[수지세차출입현]액$|[액비료금가]원$|[천만억]원$|amount|budget|krw"
)
_MOMENT = re.compile(r"시각|일시|시간|timestamp|epoch|(?:^|[^a-z])time|밀리초|unixtime")
_BODY = re.compile(
    r"기관|관리|시설|사무소|센터|학교|도서관|업소|사업장|소재지|대표전화|부서|제공|운영|안내|문의|팩스|fax|콜|보건소|병원|약국|점포|매장|"
    r"본사|지점|행정|담당부서|구청|시청|군청|주차장|공원|박물관|미술관|유치원|어린이집|경찰|소방|단체|업체|회사|기업|개방|예약"
)
_PRIVATE = re.compile(rf"휴대|핸드폰|mobile|개인|본인|자택|비상연락|성명|(?:{_PERSON})")
_PLACE = re.compile(r"주소|소재지|거주지|도로명|지번|address|addr")


def plain(label: str) -> str:
    """A header without blanks, marks and case."""
    return _LOOSE.sub("", unicodedata.normalize("NFKC", label)).lower()


def _forms(label: str) -> tuple[str, ...]:
    """As written, and without what stands in brackets: 주민(법인)등록번호 -> 주민법인등록번호, 주민등록번호."""
    return plain(label), plain(_BRACKET.sub("", unicodedata.normalize("NFKC", label)))


def of(label: str) -> Kind | None:
    """The kind of personal data a header names; None where it names none."""
    forms = _forms(label)
    return next((kind for kind, pattern in _KINDS if any(pattern.search(form) for form in forms)), None)


def corporate(label: str) -> bool:
    """Whether a header names corporate registration numbers and not residents' as well."""
    return of(label) != "rrn" and any(_CORPORATE.search(form) for form in _forms(label))


def article(label: str) -> bool:
    """Whether a header names numbers of goods or books."""
    return any(_ARTICLE.search(form) for form in _forms(label))


def amount(label: str) -> bool:
    """Whether a header names sums of money."""
    return bool(_AMOUNT.search(plain(label)))


def moment(label: str) -> bool:
    """Whether a header names points in time."""
    return any(_MOMENT.search(form) for form in _forms(label))


def of_a_body(label: str) -> bool:
    """Whether a telephone number or address under this header is that of an office, a shop, a facility."""
    return bool(_BODY.search(plain(label))) and not private(label)


def private(label: str) -> bool:
    """Whether a header speaks of a person."""
    return bool(_PRIVATE.search(plain(label)))


def address(label: str) -> bool:
    """Whether a header names addresses."""
    return bool(_PLACE.search(plain(label)))
