"""Tell a column of persons' names, or one whose heading asks for an identifier, from words of a table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from creditsim.core.errors import Fault
from creditsim.core.identifiers import kinds_in, refusal, seen, shown_name

_HEADINGS = {
    "person_name": (
        "姓名 名字 户主 联系人 法定代表人 法人代表 负责人姓名 当事人 申请人 被执行人 full_name person_name "
        "first_name last_name surname given_name family_name legal_representative contact_person holder_name "
        "head_of_household"
    ),
    "resident_id": (
        "身份证 身份证号 身份证号码 公民身份号码 证件号 证件号码 id_card id_number identity_card "
        "identity_number resident_id national_id citizen_id passport_number"
    ),
    "phone": (
        "电话 电话号码 手机 手机号 手机号码 联系电话 联系方式 座机 phone phone_number mobile mobile_phone "
        "tel telephone cellphone"
    ),
    "bank_card": "银行卡 银行卡号 卡号 银行账号 银行账户 bank_card bank_account card_number account_number",
    "plate": "车牌 车牌号 车牌号码 号牌号码 plate plate_number license_plate licence_plate number_plate",
    "email": "邮箱 电子邮箱 电子邮件 邮件地址 email e_mail email_address mail_address",
    "social_credit_code": "统一社会信用代码 社会信用代码 信用代码 social_credit_code uscc",
}
_KIND_OF_HEADING = {word: kind for kind, words in _HEADINGS.items() for word in words.split()}

_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖"
    "贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤丛鞠毕宫隋迟栾慕曲邢连滕纪车刁"
)
_GIVEN = frozenset(
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂华玉梅红建国文志春海燕峰丹萍鹏辉玲波宁飞凤琴云莉岩斌宇浩凯健俊帆雪荣爱淑珍翠"
    "香月美蓉慧巧雅芝萱欣怡梦涵子轩梓诗博思琪佳晨晓东永生长德福贵兴旺庆祥瑞龙虎林森山川江河成功立安康乐天亮光星阳雨冰松柏"
    "树新民世清正义仁礼智信忠孝廉维振宏伯仲叔少秋冬夏莲菊竹青婷颖倩颜露瑶璐琳璇莹洁洪利全胜根宝金银玉石喜欢元亚楠婕媛馨彤彬锋"
    "威翔雷震鑫淼坤楷昊然皓翰泽润鸿达毅恒启航远一二三四五小大中先培学敬传守继承绍克延景惠素贤良善友朋友群众晶凡帅雄奇"
)
_NOT_LAST = frozenset(
    "村庄镇乡县区市省街道路巷里社局所院校厂店司业学型类部门家会站场港湾岛山海河湖等级别园镇办党中"
)
"""What names of places, offices and sorts end with; the few given names among them are outvoted."""

_PINYIN = (
    "wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo zheng liang xie "
    "song tang han feng deng cao peng zeng xiao tian dong yuan pan yu jiang cai du ye cheng su wei lu "
    "lv ding ren shen yao cui zhong tan fan jin shi liao jia xia fu fang bai zou meng xiong qin qiu yin "
    "xue yan duan lei hou long tao gu mao hao gong shao wan qian qu cong ju bi sui "
)
_LATIN_SURNAMES = frozenset(_PINYIN.split())
_SYLLABLE = (
    "(?:[bpmfdtnlgkhjqxzcsryw]|zh|ch|sh)?(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|an|ao|ei|en|er|ia|ie|"
    "in|iu|ou|ua|ue|ui|un|uo|a|e|i|o|u|v)"
)
_LATIN_NAME = re.compile(rf"([A-Za-z]+)[ ,]+({_SYLLABLE}(?:[ '-]?{_SYLLABLE})?)", re.IGNORECASE)

SHARE = 0.5
"""From this share of a column's distinct cells on that look like names it is a column of names."""

FEWEST = 3
"""Cells that a column of names has at least: two words may look like anything."""


def heading_kind(heading: str) -> str | None:
    """Return which identifier the heading of a column asks for, None for all others.

    Examples
    --------
    >>> heading_kind("Mobile Phone"), heading_kind("身份证号"), heading_kind("age_band")
    ('phone', 'resident_id', None)
    """
    word = re.sub(r"[\W_]+", "_", seen(heading).lower()).strip("_")
    return _KIND_OF_HEADING.get(word) or _KIND_OF_HEADING.get(word.replace("_", ""))


def column_kinds(heading: str, cells: Iterable[str]) -> dict[str, int]:
    """Return the kinds of identifiers in a column of a table, and the first row of each, 0 for the heading.

    Parameters
    ----------
    heading : str
    cells : iterable of str
        From the first row below the heading on.

    Examples
    --------
    >>> column_kinds("who", ["王秀英", "李建国", "张伟"]), column_kinds("level", ["高中", "初中", "大学"])
    ({'person_name': 1}, {})
    """
    found = dict.fromkeys({*kinds_in(heading), heading_kind(heading)} - {None}, 0)
    first: dict[str, int] = {}
    for row, cell in enumerate(cells, start=1):
        first.setdefault(cell, row)
    first.pop("", None)
    for cell, row in first.items():
        for kind in kinds_in(cell):
            found.setdefault(kind, row)
    named = [row for cell, row in first.items() if looks_like_name(cell)]
    if len(named) >= FEWEST and len(named) >= SHARE * len(first):
        found.setdefault("person_name", named[0])
    return found


def table_faults(
    file: str, headings: Sequence[str], rows: Sequence[Sequence[str]], lines: Sequence[int] | None = None
) -> list[Fault]:
    """Return the faults of a table that holds identifiers: one for each column and kind, by line.

    Parameters
    ----------
    headings : sequence of str
    rows : sequence of sequence of str
        Cells as text; a row may be short or long.
    lines : sequence of int, optional
        Line of each row in the file; by default the rows follow a heading on line 1.
    """
    faults = []
    width = max([len(headings), *(len(row) for row in rows)])
    for column in range(width):
        heading = headings[column] if column < len(headings) else ""
        cells = [row[column] if column < len(row) else "" for row in rows]
        where = f"in column {column + 1}"
        if heading and not kinds_in(heading) and not looks_like_name(heading):
            where += f" ({heading[:40]})"
        for kind, row in column_kinds(heading, cells).items():
            line = 1 if row == 0 else lines[row - 1] if lines else row + 1
            faults.append(Fault(refusal(kind, where), shown_name(file), line))
    return sorted(faults, key=lambda fault: fault.line or 0)


def looks_like_name(cell: str) -> bool:
    """Say whether a cell may be the name of a Chinese person; on its own it may be many things.

    Examples
    --------
    >>> [looks_like_name(cell) for cell in ("王 秀英", "Zhang Wei", "王家村", "高中", "Weihai City")]
    [True, True, False, False, False]
    """
    bare = "".join(letter for letter in seen(cell) if letter.isalpha() or letter in " ,'-")
    chinese = "".join(bare.split())
    if re.fullmatch("[\u4e00-\u9fff]{2,4}", chinese):
        rest = chinese[1:]
        fits = chinese[0] in _SURNAMES and len(rest) <= 2 and all(letter in _GIVEN for letter in rest)
        return fits and chinese[-1] not in _NOT_LAST
    match = _LATIN_NAME.fullmatch(bare.strip())
    return bool(match) and match.group(1).lower() in _LATIN_SURNAMES
