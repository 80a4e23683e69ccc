"""Make the functions by which a searched text and a query become the same words; nothing uses them yet."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Each letter with what it becomes, by replace(): translate() looks through all its letters for each of a text. Most
# texts hold the first two kinds only, nearly all others the third too.
LATIN = {"y": "i", "x": "h", "q": "k", ",": ".", "'": "", "`": ""}
CYRILLIC = dict(pair.split(":") for pair in (
    "а:a о:o е:e и:i н:n к:k т:t л:l р:r с:s д:d в:v п:p у:u м:m г:g ы:i б:b й:i з:z х:h ж:j ф:f э:e ё:e"
    " ш:sh щ:sh ч:ch ц:ts ю:iu я:ia ь: ъ:"
).split())  # fmt: skip
UZBEK = {"ў": "o", "ғ": "g", "қ": "k", "ҳ": "h", "‘": "", "’": "", "ʻ": "", "«": " ", "»": " ", "№": "n"}
PAIRS = "×h іi їi ңn єe –- —-".split()
DROPPED = "ʼ´′ʹ‛ʽ＇"

# Letters of other languages, and of Turkish and the new Uzbek Latin.
RARE_PAIRS = "öo üu ğg ıi õo ōo əa әa øo łl đd өo үu ұu ҷj ӣi ӯu ґg ђd ћc ђd љl њn љl ⁄/ ‐- ‑- ‒- ―- −- ⁃-".split()
RARE_BLANKS = "“”„‚‹›"
RARE_SEVERAL = {"u\u0306": "o", "s\u0327": "sh", "c\u0327": "ch", "ş": "sh", "ș": "sh", "ç": "ch", "ß": "ss", "æ": "ae"}
# Marks that stand on letters, and signs that nobody sees.
UNSEEN = r"\u0300-\u036f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeffˊˋ՚｀ʾʿˈ"


def _translated(value: str, pairs: list[str], blanks: str, dropped: str = "") -> str:
    """The SQL that replaces single letters."""
    found = "".join(pair[0] for pair in pairs) + blanks + dropped
    becomes = "".join(pair[1] for pair in pairs) + " " * len(blanks)
    return f"translate({value}, E' \\n{found.replace(chr(39), chr(39) * 2)}', E' \\n{becomes}')"


def _replaced(value: str, several: dict[str, str]) -> str:
    """The SQL that replaces one letter, or several, after the other."""
    for letter, letters in several.items():
        value = f"replace({value}, '{letter.replace(chr(39), chr(39) * 2)}', '{letters}')"
    return value


LETTERS = f"""
create function search_letters(value text) returns text
language sql immutable strict parallel safe
return {_replaced("value", CYRILLIC | LATIN)}
"""

UZBEK_LETTERS = f"""
create function search_uzbek_letters(value text) returns text
language sql immutable strict parallel safe
return {_replaced("value", UZBEK)}
"""

RARE_LETTERS = f"""
create function search_rare_letters(value text) returns text
language plpgsql immutable strict parallel safe as $$
begin
    value := {_translated("value", PAIRS, "", DROPPED)};
    if octet_length(value) = length(value) then
        return value;
    end if;
    value := {_translated(_replaced("value", RARE_SEVERAL), RARE_PAIRS, RARE_BLANKS)};
    if octet_length(value) = length(value) then
        return value;
    end if;
    value := regexp_replace(lower(normalize(value, NFKD)), '[{UNSEEN}]', '', 'g');
    value := search_uzbek_letters(search_letters(value));
    return {_translated("value", PAIRS + RARE_PAIRS, RARE_BLANKS, DROPPED)};
end $$
"""

# Words, with one blank between them and between letters and digits. When a text holds a query, its words hold the
# query's, but for blanks at the ends: a sign is read by what stands beside it, and left out at the end of a query.
# This one takes small letters.
FOLD_SMALL = rf"""
create function search_fold_small(value text) returns text
language plpgsql immutable strict parallel safe as $$
begin
    if octet_length(value) = length(value) then
        value := {_replaced("value", LATIN)};
    else
        value := search_letters(value);
        if octet_length(value) <> length(value) then
            value := search_uzbek_letters(value);
            if octet_length(value) <> length(value) then
                value := search_rare_letters(value);
            end if;
        end if;
    end if;
    value := regexp_replace(value,
        '[][(){{}}<>";:!?|=~^+&#\t\r\v\f]|(?<![0-9])[./]|[./](?![0-9])', ' ', 'g');
    if strpos(value, '-') > 0 then
        value := regexp_replace(value, '(?<![0-9])-+|-+(?![0-9])', '', 'g');
    end if;
    if strpos(value, '*') > 0 then
        value := replace(regexp_replace(value, '(?<=[0-9]) *\* *(?=[0-9])', 'h', 'g'), '*', ' ');
    end if;
    value := regexp_replace(value, '([0-9](?=[a-z])|[a-z](?=[0-9]))', '\1 ', 'g');
    if strpos(value, '  ') > 0 then
        value := regexp_replace(value, '  +', ' ', 'g');
    end if;
    return value;
end $$
"""

FOLD = """
create function search_fold(value text) returns text
language sql immutable strict parallel safe
return search_fold_small(lower(value))
"""

# What the same sounds may also look like: o' is ў and is typed u, ё is yo (and not only е), ц is s, ж is zh, ...
APOSTROPHES = "’‘ʻʼ`´′ʹ‛ʽ＇"
SOUNDS = f"[ёўõōöŏц]|[oо][''{APOSTROPHES}]|ye|zh|kh|dj|дж|shch|ts|c[eiy]|zz|[şçș]|[\\u0306-\\u0308\\u0327]"
ALIKE = {
    "ў": "у", "õ": "u", "ō": "u", "ö": "u", "ŏ": "u", "ц": "с", "ё": "йо", "ye": "e", "zh": "j", "kh": "h", "дж": "ж",
    "dj": "j", "shch": "sh", "ts": "s", "zz": "ss", "ce": "se", "ci": "si", "cy": "sy",
}  # fmt: skip
LOOSELY = f"""
create function search_loosely(value text) returns text
language sql immutable strict parallel safe
return search_fold({_replaced(f"regexp_replace(value, '[oо][''{APOSTROPHES}]', 'u', 'g')", ALIKE)})
"""

# By their sound, and by their shape: the other ways in which lines of small letters are written, some of which sound.
OTHER_SPELLINGS = f"""
create function search_other_spellings(plain text, folded text) returns text[]
language plpgsql immutable strict parallel safe as $$
declare
    marked boolean := plain ~ '[\\u0306-\\u0308\\u0327şçș]';
    sounding text := '';
    line text;
    spellings text[] := '{{}}';
begin
    if marked then
        plain := normalize(plain, NFC);
    end if;
    foreach line in array string_to_array(plain, E'\\n') loop
        if line ~ '{SOUNDS}' then
            sounding := sounding || E'\\n' || line;
        end if;
    end loop;
    sounding := substr(sounding, 2);
    line := search_loosely(sounding);
    if line <> folded then
        spellings := array[line];
    end if;
    if marked and sounding ~ '[şçș]' then
        spellings := spellings || search_fold(translate(sounding, 'şçș', 'scs'));
    end if;
    return spellings;
end $$
"""

# As the letters stand first, then in the other ways.
SPELLINGS = f"""
create function search_spellings(value text) returns text[]
language plpgsql immutable strict parallel safe as $$
declare
    plain text := lower(value);
    folded text := search_fold_small(plain);
begin
    if plain ~ '{SOUNDS}' then
        return folded || search_other_spellings(plain, folded);
    end if;
    return array[folded];
end $$
"""

# Folded codes without the signs and blanks that people put into them.
CODE = r"""
create function search_code(folded text) returns text
language sql immutable strict parallel safe
return regexp_replace(regexp_replace(folded, '[^[:alnum:]\n]+', '', 'g'),
    '([0-9](?=[a-z])|[a-z](?=[0-9]))', '\1 ', 'g')
"""

# Words that are written as one too: wi fi, 1 000. No folded text holds the signs that mark the short ones.
SHORT_WORDS = r" (?:([a-z]{2,4}) ([a-z]{1,3})|([b-hj-npqrtwxz]) ([a-z]{3,5})) (?![0-9])"
THOUSANDS = r"(?<![[:alnum:].,])([0-9]{1,3}(?:[ \u00a0\u2009\u202f][0-9]{3})+)(?![0-9])"
JOINED = """
create function search_joined(value text, pattern text) returns text
language sql immutable strict parallel safe
return coalesce((
    select string_agg(regexp_replace(m[1], '[^a-z0-9]', '', 'g'), ' ') || ' ' from regexp_matches(value, pattern, 'g') m
), '')
"""

# Lines of words, " name \\n title \\n", and again in each other spelling where there are some, a vertical tab before
# each name; then the codes between carriage returns, those with signs or blanks without them too. A tab in front tells
# that there are several names. No folded text holds these signs, and no word of a query a line feed.
PLAIN_LINE = " ?(?:[0-9]+ )?(?:[a-z]+ [0-9]+ )*(?:[a-z]+ )?"
WITHOUT_SIGNS = rf"(?n)^{PLAIN_LINE}(?:\n{PLAIN_LINE})*$"
KEY = rf"""
create function search_key(words text, codes text) returns text
language plpgsql immutable parallel safe as $$
declare
    plain text := lower(' ' || words || E' \n ');
    key text := search_fold_small(plain);
    spellings text[];
    mark text;
    signed text;
begin
    if plain ~ '{SOUNDS}' then
        spellings := search_other_spellings(plain, key);
    end if;
    if key ~ '{SHORT_WORDS}' then
        key := key || regexp_replace(regexp_replace(key, '{SHORT_WORDS}', E'\v\\1\\2\\3\\4 \r', 'g'),
            E'(?:^|\r)[^\v]*(?:\v|$)', '', 'g');
    end if;
    if words ~ '[0-9][ \u00a0\u2009\u202f][0-9]{{3}}' then
        key := key || search_joined(words, '{THOUSANDS}');
    end if;
    if cardinality(spellings) > 0 then
        mark := case when split_part(plain, E'\n', 1) ~ '{SOUNDS}' then E'\v' else '' end;
        key := key || mark || array_to_string(spellings, E'\n' || mark) || E'\n';
    end if;
    codes := search_fold(codes || E' \n');
    signed := regexp_replace(codes, '{WITHOUT_SIGNS}', '', 'g');
    if signed ~ '[^\n]' then
        codes := codes || ' ' || regexp_replace(search_code(signed), '\n+', E' \n ', 'g');
    end if;
    return case when mark <> '' then E'\t\v' else E'\v' end || key || E'\r ' || replace(codes, E'\n', E'\r');
end $$
"""

FUNCTIONS = {
    "search_letters(text)": LETTERS,
    "search_uzbek_letters(text)": UZBEK_LETTERS,
    "search_rare_letters(text)": RARE_LETTERS,
    "search_fold_small(text)": FOLD_SMALL,
    "search_fold(text)": FOLD,
    "search_loosely(text)": LOOSELY,
    "search_other_spellings(text, text)": OTHER_SPELLINGS,
    "search_spellings(text)": SPELLINGS,
    "search_code(text)": CODE,
    "search_joined(text, text)": JOINED,
    "search_key(text, text)": KEY,
}


def upgrade() -> None:
    for statement in FUNCTIONS.values():
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for function in reversed(FUNCTIONS):
        op.execute(f"drop function {function}")
