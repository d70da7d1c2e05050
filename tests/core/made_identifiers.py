"""Make identifiers that nobody has, plain and in twelve disguises; always the same ones."""

import random
import re

PROVINCES = ("11", "13", "21", "31", "33", "37", "41", "44", "51", "65")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"
NUMERALS = "〇一二三四五六七八九"
PLACES = "京津沪冀豫云辽黑湘皖鲁苏浙赣鄂桂甘晋蒙陕吉闽贵粤"
AREA_CODES = ("010", "021", "029", "0631", "0531", "0755", "0991")


def identifiers(number: int) -> list[tuple[str, str]]:
    """Return (kind, identifier) of so many identifiers, the kinds in turn."""
    draw = random.Random(2020)
    makers = (_resident_id, _old_resident_id, _mobile, _landline, _bank_card, _plate, _email, _code)
    return [makers[each % len(makers)](draw) for each in range(number)]


def disguised(identifier: str) -> dict[str, str]:
    """Return an identifier in each of the twelve disguises."""
    groups = _groups(identifier)
    middle = len(identifier) // 2
    return {
        "full width": "".join(
            chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in identifier
        ),
        "spaces": " ".join(groups),
        "a space after each": " ".join(identifier),
        "hyphens": "-".join(groups),
        "dots": ".".join(groups) if len(groups) > 2 else identifier,
        "zero-width": "\u200b".join(identifier),
        "non-breaking": "\u00a0".join(groups),
        "spreadsheet": _of_spreadsheet(identifier),
        "apostrophe": f"'{identifier}",
        "in a text": f'某人，编号:"{identifier}"，see the file',
        "Chinese numerals": "".join(
            NUMERALS[int(each)] if each in "0123456789" else each for each in identifier
        ),
        "over two lines": f"{identifier[:middle]}\n  {identifier[middle:]}",
    }


def _groups(identifier: str) -> list[str]:
    """Return an identifier in groups as people write it."""
    if "@" in identifier:
        return re.split("(@)", identifier)
    if len(identifier) == 11 and identifier[0] == "1":
        return [identifier[:3], identifier[3:7], identifier[7:]]
    if len(identifier) in (18, 15):
        return [identifier[:6], identifier[6:-4], identifier[-4:]]
    if identifier[0] == "0":
        return [identifier[:-8], identifier[-8:-4], identifier[-4:]]
    return [identifier[first : first + 4] for first in range(0, len(identifier), 4)]


def _of_spreadsheet(identifier: str) -> str:
    """Return what a spreadsheet makes of an identifier that it takes for a number."""
    if not identifier.isdigit() or identifier[0] == "0":
        return f'="{identifier}"'
    if len(identifier) <= 11:
        return f"{identifier}.0"
    cut = f"{float(identifier[:15].ljust(len(identifier), '0')):.5E}"
    return cut if int(identifier[-1]) % 2 else identifier[:15].ljust(len(identifier), "0")


def _digits(draw: random.Random, number: int) -> str:
    return "".join(draw.choice("0123456789") for _ in range(number))


def _day(draw: random.Random) -> str:
    return f"{draw.randint(1, 12):02}{draw.randint(1, 28):02}"


def _region(draw: random.Random) -> str:
    return f"{draw.choice(PROVINCES)}{draw.randint(1, 12):02}{draw.randint(1, 30):02}"


def _resident_id(draw: random.Random) -> tuple[str, str]:
    body = f"{_region(draw)}{draw.randint(1930, 2019)}{_day(draw)}{_digits(draw, 3)}"
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return "resident_id", body + "10X98765432"[total % 11]


def _old_resident_id(draw: random.Random) -> tuple[str, str]:
    return "resident_id", f"{_region(draw)}{draw.randint(20, 85):02}{_day(draw)}{_digits(draw, 3)}"


def _mobile(draw: random.Random) -> tuple[str, str]:
    return "phone", f"1{draw.choice('3456789')}{_digits(draw, 9)}"


def _landline(draw: random.Random) -> tuple[str, str]:
    return "phone", f"{draw.choice(AREA_CODES)}{draw.choice('2345678')}{_digits(draw, 7)}"


def _bank_card(draw: random.Random) -> tuple[str, str]:
    body = draw.choice(("622202", "621700", "622848", "4367", "5218")) + _digits(draw, 12)
    body = body[:18] if body[0] == "6" else body[:15]
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 - place % 2)
        total += value // 10 + value % 10
    return "bank_card", f"{body}{-total % 10}"


def _plate(draw: random.Random) -> tuple[str, str]:
    head = f"{draw.choice(PLACES)}{draw.choice('ABCDEFGHJK')}"
    if draw.random() < 0.4:
        return "plate", f"{head}{draw.choice('DF')}{_digits(draw, 5)}"
    return "plate", f"{head}{draw.choice('ABCXYZ123456789')}{_digits(draw, 4)}"


def _email(draw: random.Random) -> tuple[str, str]:
    name = "".join(draw.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(draw.randint(3, 9)))
    return (
        "email",
        f"{name}{_digits(draw, 2)}@{draw.choice(('qq.com', '163.com', 'weihai.gov.cn', 'example.org'))}",
    )


def _code(draw: random.Random) -> tuple[str, str]:
    body = f"{draw.choice(('91', '92', '12', '51', '93'))}{_region(draw)}"
    body += "".join(draw.choice(CODE) for _ in range(9))
    total = sum(CODE.index(letter) * pow(3, place, 31) for place, letter in enumerate(body))
    return "social_credit_code", body + CODE[-total % 31]
