"""What a character weighs when text is sorted as en_US.UTF-8 by glibc 2.28 and later (ISO 14651).

The order of base letters and accents is listed, all else follows from Unicode's decompositions. Scripts that are not
listed come after those that are, in code point order, which is near to what glibc does.
"""
from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

#: Currencies, digits and letters in their order. Capitals, accented letters, ligatures, superscripts... are made of these.
_BASES = (
    "ːˑ¤¢$£¥֏₠₡₢₣₤₥₦₧₩₪₫€₭₮₯₰₱₲₳₴₵₶₷₸₹₺₻₼₽₾0123456789aᴀⱥᶏᴁᴂɐɑᶐɒbʙƀᴯᴃᵬᶀɓƃcᴄȼƈɕↄdᴅᴆᵭᶁɖɗᶑƌȡẟeᴇɇᶒⱸǝ"
    "ⱻəᶕɛᶓɘɚɜᶔᴈɝɞʚɤfᵮᶂƒⅎgɡɢǥᶃɠʛᵷɣƣhʜƕɦⱨⱶɧʻʽiıɪᴉɨᵻᶖɩᵼjȷᴊɉʝɟʄkᴋᶄƙⱪʞlʟᴌƚⱡɫɬᶅɭȴɮƛʎmᴍᵯᶆɱnɴᴻᴎᵰɲƞᶇɳȵŋo"
    "ᴏᴑɶᴔᴓɔᴐᴒᶗᴖᴗⱺɵɷȣᴕpᴘᵽᵱᶈƥɸⱷqʠɋĸrʀᴙɍᵲɹᴚɺᶉɻⱹɼɽɾᵳɿʁsᵴᶊʂȿẜẝʃᶋƪʅᶘʆtᴛŧⱦᵵƫƭʈȶʇuᴜᴝᴞᵫʉᵾᶙɥʮʯɯᴟɰʊᵿvᴠᶌʋⱱⱴ"
    "ỽʌwᴡⱳʍxᶍyʏɏƴỿȝzᴢƶᵶᶎȥʐʑɀⱬʒᴣƹᶚƺʓþƿƻƨƽƅʔɂˀʼˮʾʕʿˁᴤᴥʡʢʖǀǁǂǃʗʘʬʭαβγᴦδεϝͷϛζͱηθιϳκλᴧμνξοπᴨϻϟϙρᴩϼσͼ"
    "ͻͽτυφχψᴪωϡͳϸϣϥϧϩϫϭϯаәӕбвгғӻҕӷдԁђԃҙеєжԫҗзԅԑѕӡԇиҋійјкқӄҡҟҝԟԛлᴫӆԯԓԡљԉԕмӎнԩӊңӈԣҥњԋоөпԥҧҁрҏԗсԍҫ"
    "тԏҭћуүұѹфхӽӿҳһԧѡѿѽѻцҵчԭҷӌҹҽҿџшщⸯъыьҍѣэюяԙѥѧѫѩѭѯѱѳѵҩԝӏաբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօ"
    "ֆՙ"
)
#: Accents in their order; those joined by a comma weigh the same. The last two are variants of a letter, as in ð and ſ.
_ACCENTS = (
    "0332 0313,0486 0314,0485 0301 0300 0306 0302 030C 030A 0342 0308 030B 0303 0307 0338 0327 0328 0304 "
    "030D,030E,0312,0315,031A,033D,033E,033F,0346,034A,034B,034C,0350,0351,0352,0357,035B,035D,035E,0484,0487 "
    "0316,0317,0318,0319,031C,031D,031E,031F,0320,0329,032A,032B,032C,032F,0333,033A,033B,033C,0347,0348,0349,034D,"
    "034E,0353,0354,0355,0356,0359,035A,035C,035F,0362 0336,0337 20DD,20DE,20DF,20E0,20E2,20E3,20E4 3099 309A 0335 0305 "
    "0309 030F 0310 0311 031B 0321 0322 0323 0324 0325 0326 032D 032E 0330 0331 0334 0339 0345 0358 0360 0361 0483 "
    "0031 0032"
)
#: What the letters are made of that Unicode does not decompose, and their form.
_COMPOSED = {
    "đ": ("d\u0335", "small"),
    "ħ": ("h\u0335", "small"),
    "ł": ("l\u0335", "small"),
    "ø": ("o\u0338", "small"),
    "ŀ": ("l1", "small"),
    "ð": ("d1", "<compat>"),
    "æ": ("a1e", "<compat>"),
    "œ": ("o1e", "<compat>"),
    "ß": ("s1s", "<compat>"),
    "ſ": ("s2", "<compat>"),
    "ς": ("σ", "<final>"),
    "ґ": ("г2", "<compat>"),
    "ͺ": ("ι", "<compat>"),
    **{chr(code): (letter, "<compat>") for code, letter in enumerate("aeioucdhmrtvx", start=0x363)},
    **{
        ligature: (letters, "<compat>")
        for ligature, letters in zip(
            "ƍƾȸȹʣʤʥʦʧʨʩʪʫỻϗ", ["zw", "ts", "db", "qp", "dz", "dʒ", "dʑ", "ts", "tʃ", "tɕ", "fŋ", "ls", "lz", "ll", "και"], strict=True
        )
    },
}
#: Pairs that count as one letter.
CONTRACTIONS = {
    **dict.fromkeys(("l·", "l\u0387"), "ŀ"),
    **dict.fromkeys(("L·", "L\u0387"), "Ŀ"),
    **{unicodedata.normalize("NFD", letter): letter for letter in "йЙآأؤإئ"},
}
#: Forms of a letter in their order, compatible ones by the tag of their decomposition.
_FORMS = ["small", "<wide>", "<compat>", "<font>", "<circle>", "capital", "capital<wide>", "capital<compat>", "capital<font>", "capital<circle>", "hiragana-small", "hiragana", "katakana-small", "katakana", "<narrow>", "<super>", "<sub>", "<vertical>", "<initial>", "<medial>", "<final>", "<isolated>", "<noBreak>", "<square>", "capital<square>", "<fraction>"]
_CAPITALS = {form.removeprefix("capital") or "small": form for form in _FORMS if form.startswith("capital")}

_BASE_WEIGHTS = {base: chr(rank) for rank, base in enumerate(_BASES, start=1)}
_ACCENT_WEIGHTS = {
    chr(int(code, 16)): chr(rank) for rank, same in enumerate(_ACCENTS.split(), start=2) for code in same.split(",")
}
_NO_ACCENT = chr(1)
#: Characters of the last level by kind; unknown ones first, all alike.
_UNKNOWN, _CONTROL, _SYMBOL, _ACCENT, _LETTER = map(chr, range(1, 6))
_CONTROLS_AMONG_SYMBOLS = "\t\n\v\f\r\x85\u2061\u2062\u2063\u2064"
_KANA = re.compile(r"(HIRAGANA|KATAKANA) LETTER (SMALL )?(\w+)")
_HAN = ("\u4e00", "\u9fa5")


class Element(NamedTuple):
    """What counts on the first three levels: the base letter (empty for an accent), the accent, the form (a name of _FORMS)."""

    base: str
    accent: str
    form: str


class Weights(NamedTuple):
    """The weights of one character on the four levels; texts of characters that compare as the weights do."""

    bases: str
    accents: str
    forms: str
    itself: str


@cache
def weights_of(character: str) -> Weights:
    elements = _elements(character)
    bases = "".join(element.base for element in elements)
    accents = "".join(element.accent for element in elements)
    if _HAN[0] <= character <= _HAN[1]:
        return Weights(bases, "", "", "")
    forms = "".join(chr(1 + _FORMS.index(element.form)) for element in elements)
    return Weights(bases, accents, forms, _itself(character, elements))


@cache
def is_common(character: str) -> bool:
    """Whether a character belongs to no script: digits, currencies, accents, punctuation, symbols."""
    elements = _elements(character)
    return not elements or elements[0].base < _BASE_WEIGHTS["a"]


def _itself(character: str, elements: tuple[Element, ...]) -> str:
    if elements:
        is_capital = elements[0].form.startswith("capital")
        return (_LETTER if elements[0].base else _ACCENT) + chr(1 + is_capital) + chr(len(elements)) + character
    if _is_unknown(character):
        return _UNKNOWN
    is_control = unicodedata.category(character) in ("Cc", "Cf", "Mn") and character not in _CONTROLS_AMONG_SYMBOLS
    return (_CONTROL if is_control else _SYMBOL) + character


def _elements(character: str) -> tuple[Element, ...]:
    """Nothing for punctuation, symbols and controls: they count on the last level only."""
    if character in _BASE_WEIGHTS:
        return (Element(_BASE_WEIGHTS[character], _NO_ACCENT, "small"),)
    if character in _COMPOSED:
        return tuple(_part_of_composed(part, _COMPOSED[character][1]) for part in _COMPOSED[character][0])
    small = character.lower()
    if small in _BASE_WEIGHTS or small in _COMPOSED:
        return tuple(_capital(element) for element in _elements(small))
    if unicodedata.decomposition(character):
        return _decomposed(character)
    if unicodedata.category(character) in ("Mn", "Mc", "Me"):
        return _accent(character)
    if small != character and len(small) == 1:
        return tuple(_capital(element) for element in _elements(small))
    return _other_letter(character)


def _part_of_composed(part: str, form: str) -> Element:
    if part in _ACCENT_WEIGHTS:
        return Element("", _ACCENT_WEIGHTS[part], form)
    return Element(_BASE_WEIGHTS[part], _NO_ACCENT, form)


def _decomposed(character: str) -> tuple[Element, ...]:
    """The elements of the decomposition in the form that it names. A symbol with an accent is a symbol."""
    *tag, codes = unicodedata.decomposition(character).rpartition("> ")
    parts = tuple(element for code in codes.split() for element in _elements(chr(int(code, 16))))
    if not any(element.base for element in parts) and unicodedata.category(character) != "Mn":
        return ()
    if not tag[0]:
        return parts
    is_sign = unicodedata.category(character) == "So"
    return tuple(element._replace(form=_tagged(element.form, tag[0] + ">", is_sign)) for element in parts)


def _tagged(form: str, tag: str, is_sign: bool) -> str:
    if form != "capital" or is_sign and tag == "<super>":
        return tag
    return "capital<square>" if tag == "<super>" else _CAPITALS.get(tag, "capital")


def _capital(element: Element) -> Element:
    return element._replace(form=_CAPITALS.get(element.form, element.form)) if element.base else element


def _accent(character: str) -> tuple[Element, ...]:
    if character not in _ACCENT_WEIGHTS and not unicodedata.combining(character):
        return ()
    return (Element("", _ACCENT_WEIGHTS.get(character, character), "small"),)


def _other_letter(character: str) -> tuple[Element, ...]:
    """A digit or letter of another script."""
    digit = unicodedata.digit(character, None)
    if digit is not None:
        form = "<circle>" if unicodedata.category(character) == "No" else "small"
        return (Element(_BASE_WEIGHTS[str(digit)], _NO_ACCENT, form),)
    if kana := _KANA.fullmatch(unicodedata.name(character, "")):
        script, small, name = kana.groups()
        form = script.lower() + ("-small" if small else "")
        return (Element(unicodedata.lookup(f"KATAKANA LETTER {name}"), _NO_ACCENT, form),)
    if unicodedata.category(character) not in ("Ll", "Lu", "Lt", "Lo") or _is_unknown(character):
        return ()
    return (Element(character, _NO_ACCENT, "small"),)


def _is_unknown(character: str) -> bool:
    """Whether glibc's table, of Unicode 9, has no entry: private and unassigned characters, Hangul syllables, rare Han."""
    if unicodedata.category(character) in ("Cn", "Co", "Cs"):
        return True
    name = unicodedata.name(character, "")
    return name.startswith(("HANGUL SYLLABLE", "CJK UNIFIED")) and not _HAN[0] <= character <= _HAN[1]
