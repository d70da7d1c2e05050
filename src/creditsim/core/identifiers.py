"""Find identifiers of real persons and firms in text, plain or disguised, so that they can be refused.

`kinds_in` looks at one cell or line, `screen_text` at a whole text, `screen_name` at the name of a file. What
is found is named by its kind and place and never shown. Columns of names are found by `creditsim.core.names`.

Forms: resident IDs by GB 11643-1999 (check digit by ISO 7064 MOD 11-2; 15 digits before 1999), social
credit codes by GB 32100-2015 (modulus 31), bank cards by ISO/IEC 7812 (Luhn).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from creditsim.core.errors import Fault

KINDS = {
    "resident_id": "a resident ID number",
    "phone": "a phone number",
    "bank_card": "a bank card number",
    "plate": "a vehicle plate",
    "email": "an e-mail address",
    "social_credit_code": "a social credit code",
    "person_name": "names of persons",
}
"""What is refused, in the words of a fault."""

MOST_TOLD = 100
"""Identifiers of a text that are told of: a list of persons need not be gone through."""

WHAT_TO_DO = (
    "expected none: creditsim takes counts and shares, never data of a real person or firm; take it out"
)

_PROVINCES = (
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83"
)
_PROVINCE = f"(?:{_PROVINCES.replace(' ', '|')})"
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_NEW_ID = re.compile(rf"{_PROVINCE}\d{{4}}(?:18|19|20)\d\d{_DAY}\d{{3}}[\dX]")
_OLD_ID = re.compile(rf"{_PROVINCE}\d{{4}}\d\d{_DAY}\d{{3}}")
_MOBILE = re.compile(r"(?:0{0,2}86)?1[3-9]\d{9}")
_LANDLINE = re.compile(r"(?:0{0,2}86)?0?(?:10|2[0-57-9]|[3-9]\d\d)[2-8]\d{6,7}")
_CARD = re.compile(r"(?:62|4|5[0-8]|60|3[0-9]|9[0-9]|6[3-9]|81)\d+")
_CODE_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"

_HIDDEN = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
                     "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]")  # fmt: skip
"""Characters that nobody sees: zero-width spaces and joiners, direction marks, byte-order marks."""

_NUMERALS = str.maketrans(
    "〇零○一二三四五六七八九壹贰叁肆伍陆柒捌玖幺两貳參陸",
    "000123456789123456789" + "12236",
)
_SEPARATORS = str.maketrans(
    dict.fromkeys("‐‑‒–—―−﹣－ー─➖⁃", "-")
    | dict.fromkeys("·•・∙⋅。｡․‧●", ".")
    | dict.fromkeys("'‘’‛`´′\"“”„″«»「」『』", "'")
    | dict.fromkeys("\t\v\f\xa0", " ")
)
_GAP = r"[ \-._'/\\|~*+:;#()\[\]]"
_RUN = re.compile(
    rf"\d(?:(?:{_GAP}{{1,3}}|[ ]*\r?\n[ ]*|,(?=\d{{3}}(?!\d)))?\d)*(?:{_GAP}{{0,2}}X(?![A-Z]))?"
)
_DECIMAL = re.compile(r"(?<![\d.A-Z])\d+\.\d{3,}(?![\d.]|(?!E[-+]\d\d)[A-Z])")
"""A number with decimals: digits, one point, digits. Its digits are nobody's."""

_GROUP = re.compile(r"\d+")
_CUT = re.compile(r"(?<![\w.])(\d)[.,](\d{2,})E\+?0?(\d\d)(?!\d)")
"""A number as a spreadsheet shows it when it has too many digits: 3.71002E+17."""

_PLATE = re.compile(
    "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
    rf"(?:{_GAP}|\s){{0,4}}[A-Z]((?:(?:{_GAP}|\s){{0,4}}[0-9A-HJ-NP-Z]){{5,6}}|(?:(?:{_GAP}|\s){{0,4}}"
    r"[0-9A-HJ-NP-Z]){4}(?:[ .'-]){0,2}[警学挂港澳使领])(?![0-9A-Z])"
)
_CODE = re.compile(
    rf"(?<![0-9A-Z])[1-9ANY](?:{_GAP}|\s){{0,4}}[1-9A-GJY](?:(?:{_GAP}|\s|,){{0,4}}\d){{6}}"
    rf"(?:(?:{_GAP}|\s|,){{0,4}}[0-9A-HJ-NPQRTUWXY]){{10}}(?![0-9A-Z])"
)
_AT = re.compile(r"@|[(\[{<]\s*(?:AT|艾特)\s*[)\]}>]")
_DOT = re.compile(r"[(\[{<]\s*(?:DOT|点)\s*[)\]}>]")
_EMAIL = re.compile(r"[A-Z0-9_%+]@[A-Z0-9.]*[A-Z0-9]\.[A-Z]{2,}")
_SPOKEN = re.compile(
    r"(?:电话|座机|固话|手机|传真|热线|(?<![A-Z])(?:TEL|PHONE|MOBILE|FAX)(?![A-Z]))[^0-9,\n]{0,8}"
    r"(?!(?:19|20)\d\d[-.])\d(?:[ -]?\d){6,11}(?!\d)"
)
_NAMED = re.compile(
    r"(?:姓名|户主|联系人|法定代表人|负责人|身份证号?码?)\s*[:=]\s*['\"]?[\u4e00-\u9fff]{2,4}"
)
_NEEDED = re.compile(
    r"\d\D{0,3}\d\D{0,3}\d|[@＠０-９①-⑨⓪〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖]|姓名|户主|联系人|法定代表人|负责人"
    r"|(?i:\bat\b)"
)
"""What a text must hold for an identifier to be possible: few lines are looked at more closely."""


@dataclass(frozen=True)
class Found:
    """An identifier that was found: its kind and place, never itself.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    line, column : int
        1-based, in the text as it was given.
    """

    kind: str
    line: int
    column: int

    def fault(self, file: str) -> Fault:
        """Return it as a fault of a file."""
        return Fault(refusal(self.kind, f"in column {self.column}"), shown_name(file), self.line)


def refusal(kind: str, where: str = "") -> str:
    """Return the message that refuses a kind of identifier, without showing it.

    Examples
    --------
    >>> refusal("email").split(",")[0]
    'got what looks like an e-mail address (not shown)'
    """
    return f"got what looks like {KINDS[kind]} (not shown){' ' if where else ''}{where}, {WHAT_TO_DO}"


def kinds_in(text: str) -> tuple[str, ...]:
    """Return the kinds of identifiers in a cell or a line, in the order of `KINDS`.

    Examples
    --------
    >>> kinds_in("tel １３８ ００１３ ８１２５"), kinds_in("13,800 persons in 2020"), kinds_in("0.1380013812")
    (('phone',), (), ())
    """
    if not _NEEDED.search(text):
        return ()
    found = {kind for kind, _ in _found(plain(text)[0])}
    return tuple(kind for kind in KINDS if kind in found)


def screen_text(text: str) -> list[Found]:
    """Return the identifiers in a text, each kind at most once a line."""
    if not _NEEDED.search(text):
        return []
    clean, origin = plain(text)
    places = {}
    for kind, at in _found(clean):
        start = origin[at]
        line = text.count("\n", 0, start) + 1
        places.setdefault((line, kind), start - text.rfind("\n", 0, start))
        if len(places) == MOST_TOLD:
            break
    return [Found(kind, line, column) for (line, kind), column in sorted(places.items())]


def screen_name(name: str) -> tuple[str, ...]:
    """Return the kinds of identifiers in the name of a file or folder; its parents are the machine's."""
    return kinds_in(re.split(r"[\\/]", name.rstrip("\\/"))[-1])


def shown_name(path: str) -> str:
    """Return the path of a file as a fault may show it: without a name that is an identifier itself."""
    return "(a file whose name is not shown)" if screen_name(path) else path


def name_faults(path: str, key: str = "") -> list[Fault]:
    """Return the faults of a file's name."""
    return [Fault(refusal(kind, "in the name of a file"), key=key) for kind in screen_name(path)]


def plain(text: str) -> tuple[str, Sequence[int]]:
    """Return a text without its disguises, and where each character of it stood.

    Full-width and other digits and Chinese numerals become 0 to 9, dashes, dots and quotes one of their
    kind, letters capitals; what nobody sees is left out.
    """
    if text.isascii():
        return text.upper().replace('"', "'").replace("\t", " "), range(len(text))
    letters: list[str] = []
    origin: list[int] = []
    for place, letter in enumerate(text):
        if letter < "\x7f":
            turned = letter
        elif _HIDDEN.match(letter):
            continue
        else:
            turned = letter.translate(_SEPARATORS)
            if turned == letter:
                turned = unicodedata.normalize("NFKC", letter).translate(_SEPARATORS)
            turned = "".join(_digit(each) for each in turned.translate(_NUMERALS))
        letters.append(turned)
        origin += [place] * len(turned)
    # Upper case of one letter may be two: places would shift.
    joined = "".join(letters)
    raised = "".join(each.upper() if len(each.upper()) == 1 else each for each in joined)
    return raised.replace('"', "'").replace("\t", " "), origin


def seen(text: str) -> str:
    """Return a text as it is seen: without what nobody sees, all letters and signs of one width."""
    return unicodedata.normalize("NFKC", _HIDDEN.sub("", text))


def _digit(letter: str) -> str:
    """Return a digit of any script as 0 to 9, everything else as it is."""
    return str(unicodedata.digit(letter)) if not letter.isascii() and letter.isdigit() else letter


def _found(text: str) -> Iterator[tuple[str, int]]:
    """Yield kind and place of each identifier in a text without disguises."""
    whole = _DECIMAL.sub(lambda match: "\0" * len(match.group()), text)
    for match in _RUN.finditer(whole):
        kind = _kind_of_run(match.group(), text[max(match.start() - 2, 0) : match.start()])
        if kind:
            yield kind, match.start()
    for match in _CUT.finditer(text):
        kind = _kind_of_cut(match)
        if kind:
            yield kind, match.start()
    for match in _PLATE.finditer(text):
        if sum(letter.isdigit() for letter in match.group()) >= 3:
            yield "plate", match.start()
    for match in _CODE.finditer(whole):
        # Lists of decimal numbers have points and commas or blanks; who disguises a code uses one mark.
        marks = {mark.strip() or " " for mark in re.findall(r"\s+|[^0-9A-Z\s]", match.group())}
        if len(marks) <= 1 and _is_social_credit_code(re.sub(r"[^0-9A-Z]", "", match.group())):
            yield "social_credit_code", match.start()
    for match in _AT.finditer(text):
        if _is_email(text[max(match.start() - 90, 0) : match.start()], text[match.end() : match.end() + 90]):
            yield "email", match.start()
    for match in _SPOKEN.finditer(text):
        yield "phone", match.start()
    for match in _NAMED.finditer(text):
        yield "person_name", match.start()


def _kind_of_run(run: str, before: str) -> str | None:
    """Return what a run of digits with separators is: the first kind that fits it or a part of it."""
    groups = _GROUP.findall(run)
    if groups[1:] and not groups[-1].strip("0") and re.search(r"\.0{1,3}$", run):
        run, groups = run[: -len(groups[-1]) - 1], groups[:-1]  # 13800138125.0 is how a float is written
    digits = "".join(groups)
    check = "X" if run.endswith("X") else ""
    if len(digits) < 10:
        return None
    separators = {mark.strip() or mark[:1] for mark in _GROUP.split(run)[1:-1]}
    # One point between two groups is a decimal point: a number, whatever its digits are.
    number = (len(groups) == 2 and separators == {"."}) or before.endswith(("0.", "E+"))
    decimal = number and (len(groups) < 2 or not check)
    if _holds_resident_id(groups, digits, check, len(separators) <= 1 and not decimal):
        return "resident_id"
    if decimal or _are_dates(groups):
        return None
    for part, marks in _parts(groups, digits, separators):
        if _MOBILE.fullmatch(part) and (part[-7:] != "0000000" or marks):
            return "phone"
        if part[0] in "08" and _LANDLINE.fullmatch(part) and part.removeprefix("86")[0] == "0":
            return "phone"
    if len(separators) <= 1 and 13 <= len(digits) <= 19 and _CARD.fullmatch(digits) and not check:
        cut = len(digits) > 15 and not digits[15:].strip("0")
        if len(digits) >= 15 and (cut or _is_luhn(digits)):
            return "bank_card"
    return None


def _parts(groups: list[str], digits: str, separators: set[str]) -> Iterator[tuple[str, bool]]:
    """Yield what may be a phone number: all digits, or groups on their own and with their neighbours."""
    if len({mark for mark in separators if mark not in "()[]+"}) <= 1 or len(groups) <= 3:
        yield digits, len(groups) > 1
    for first in range(len(groups)):
        for last in range(first + 1, min(first + 5, len(groups)) + 1):
            part = groups[first:last]
            if (lengths := [len(each) for each in part]) in _PHONE_GROUPS:
                yield "".join(part), len(lengths) > 1


_PHONE_GROUPS = (
    [11], [12], [13], [3, 4, 4], [3, 8], [7, 4], [5, 6], [2, 11], [2, 3, 4, 4], [2, 3, 8], [4, 11], [4, 7],
    [4, 8], [4, 3, 4], [4, 4, 4], [3, 4, 3], [2, 3, 4, 3], [2, 2, 8], [4, 3, 8], [4, 3, 4, 4], [2, 4, 7],
    [2, 4, 8], [2, 2, 4, 4],
)  # fmt: skip
"""How many digits the groups of a phone number have, with a country code or without."""


def _are_dates(groups: list[str]) -> bool:
    """Say whether a run is dates and times: four digits of a year, then month and day."""
    lengths = [len(each) for each in groups]
    return (
        len(groups) >= 3 and lengths[0] == 4 and groups[0][:2] in ("19", "20") and set(lengths[1:]) <= {2, 4}
    )


def _holds_resident_id(groups: list[str], digits: str, check: str, uniform: bool) -> bool:
    """Say whether groups of digits, or neighbours among them, are a resident ID."""
    whole = digits + check
    if _NEW_ID.fullmatch(whole) and (len(groups) == 1 or _is_checked(whole) or whole.endswith("000")):
        return True
    if uniform and not check and _OLD_ID.fullmatch(digits):
        return True
    starts = [0]
    for each in groups:
        starts.append(starts[-1] + len(each))
    ends = dict.fromkeys(starts, True) | {len(whole): True}
    for start in starts:
        part = whole[start : start + 18]
        if len(part) == 18 and start + 18 in ends and _NEW_ID.fullmatch(part) and _is_checked(part):
            return True
    return uniform and any(_OLD_ID.fullmatch(each) for each in groups)


def _is_checked(whole: str) -> bool:
    """Say whether the check digit of 18 places is right (ISO 7064, MOD 11-2)."""
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(whole[:17]))
    return "10X98765432"[total % 11] == whole[17]


def _is_luhn(digits: str) -> bool:
    """Say whether the last digit is that of Luhn's sum."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0


def _is_social_credit_code(code: str) -> bool:
    """Say whether the last of 18 places is the check character (modulus 31)."""
    total = sum(_CODE_LETTERS.index(letter) * pow(3, place, 31) for place, letter in enumerate(code[:17]))
    return _CODE_LETTERS[-total % 31] == code[17]


def _is_email(before: str, after: str) -> bool:
    """Say whether what stands beside an at sign makes an address, whatever was put between its letters."""
    name, host = (re.sub(r"[\s'\-,/\\|*]", "", _DOT.sub(".", part)) for part in (before, after))
    return bool(_EMAIL.search(name.rstrip(".")[-1:] + "@" + host.lstrip(".")))


def _kind_of_cut(match: re.Match) -> str | None:
    """Return what a number in a spreadsheet's short form was before: no count has so many digits."""
    first, rest, power = match.group(1), match.group(2), int(match.group(3))
    digits = first + rest
    if power == 10 and rest[0] >= "3" and first == "1" and (len(rest) <= 10):
        return "phone"
    if power in (14, 17) and re.match(_PROVINCE, digits):
        return "resident_id"
    if power == 17 and first == "9":
        return "social_credit_code"
    return "bank_card" if 14 <= power <= 18 else None
