"""Make the functions by which a searched text and a query become the same words; nothing uses them yet."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Each letter with the one that it becomes. translate() looks through them one by one, so the frequent ones come
# first, those that stay as they are among them.
PAIRS = (
    "аa оo еe иi кk нn рr aa лl мm сs oo дd тt гg йi ii 55 00 ee 11 ll вv 22 пp ss бb nn ыi tt хh 44 зz уu bb zz mm"
    " 99 ff uu 77 66 88 yi 33 rr gg cc dd ўo hh ёe kk xh фf №n ,. pp жj vv ғg qk қk jj ҳh ×h эe ww іi їi ңn єe –- —-"
).split()
BLANKS = "«»"
DROPPED = "ьъ'’‘ʻʼ`´′ʹ‛ʽ＇"
SEVERAL = {"ш": "sh", "щ": "sh", "ч": "ch", "ц": "ts", "ю": "iu", "я": "ia"}

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
    """The SQL that replaces single letters by several."""
    for letter, letters in several.items():
        value = f"replace({value}, '{letter}', '{letters}')"
    return value


LETTERS = f"""
create function search_letters(value text) returns text
language sql immutable strict parallel safe
return {_replaced(_translated("value", PAIRS, BLANKS, DROPPED), SEVERAL)}
"""

RARE_LETTERS = f"""
create function search_rare_letters(value text) returns text
language plpgsql immutable strict parallel safe as $$
begin
    value := {_translated(_replaced("value", RARE_SEVERAL), RARE_PAIRS, RARE_BLANKS)};
    if octet_length(value) = length(value) then
        return value;
    end if;
    value := regexp_replace(lower(normalize(value, NFKD)), '[{UNSEEN}]', '', 'g');
    return {_translated("search_letters(value)", RARE_PAIRS, RARE_BLANKS)};
end $$
"""

# Words, with one blank between them and between letters and digits. When a text holds a query, its words hold the
# query's, but for blanks at the ends: a sign is read by what stands beside it, and left out at the end of a query.
FOLD = r"""
create function search_fold(value text) returns text
language plpgsql immutable strict parallel safe as $$
begin
    value := lower(value);
    if octet_length(value) = length(value) then
        value := translate(value, 'yxq,''`', 'ihk.');
    else
        value := search_letters(value);
        if octet_length(value) <> length(value) then
            value := search_rare_letters(value);
        end if;
    end if;
    value := regexp_replace(value,
        '[][(){}<>";:!?|=~^+&#\t\r\v\f]|(?<![0-9])[./]|[./](?![0-9])', ' ', 'g');
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

# What the same sounds may also look like: o' is ў and is typed u, ё is yo (and not only е), ц is s, ж is zh, ...
APOSTROPHES = "’‘ʻʼ`´′ʹ‛ʽ＇"
SOUNDS = f"[ёўõōöŏц]|[oо][''{APOSTROPHES}]|ye|zh|kh|dj|дж|shch|ts|c[eiy]|zz|[şçș]|[\\u0306-\\u0308\\u0327]"
LOOSELY = f"""
create function search_loosely(value text) returns text
language sql immutable strict parallel safe
return search_fold(regexp_replace(
    {_replaced(
        f"translate(value, 'ўõōöцŏ{APOSTROPHES}', 'уuuuсu' || repeat('''', {len(APOSTROPHES)}))",
        {"o''": "u", "о''": "у", "ё": "йо", "ye": "e", "zh": "j", "kh": "h", "дж": "ж", "dj": "j", "shch": "sh",
         "ts": "s", "zz": "ss"},
    )}, 'c(?=[eiy])', 's', 'g'))
"""  # fmt: skip

# As the letters stand, by their sound, and by their shape: the ways in which a text is written, the first first.
SPELLINGS = f"""
create function search_spellings(value text) returns text[]
language plpgsql immutable strict parallel safe as $$
declare
    plain text := lower(value);
    spellings text[] := array[search_fold(plain)];
    sounding text := '';
    line text;
begin
    if plain ~ '{SOUNDS}' then
        if plain ~ '[\\u0306-\\u0308\\u0327]' then
            plain := normalize(plain, NFC);
        end if;
        foreach line in array string_to_array(plain, E'\\n') loop
            if line ~ '{SOUNDS}' then
                sounding := sounding || E'\\n' || line;
            end if;
        end loop;
        sounding := substr(sounding, 2);
        line := search_loosely(sounding);
        if line <> spellings[1] then
            spellings := spellings || line;
        end if;
        if sounding ~ '[şçș]' then
            spellings := spellings || search_fold(translate(sounding, 'şçș', 'scs'));
        end if;
    end if;
    return spellings;
end $$
"""

# Folded codes without the signs and blanks that people put into them.
CODE = r"""
create function search_code(folded text) returns text
language sql immutable strict parallel safe
return regexp_replace(regexp_replace(folded, '[^[:alnum:]\n]+', '', 'g'),
    '([0-9](?=[a-z])|[a-z](?=[0-9]))', '\1 ', 'g')
"""

# Words that are written as one too: wi fi, 1 000.
SHORT_WORDS = r" ([a-z]{2,4} [a-z]{1,3}|[b-hj-npqrtwxz] [a-z]{3,5}) (?![0-9])"
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
WITHOUT_SIGNS = "(?n)^ ?(?:[0-9]+ )?(?:[a-z]+ [0-9]+ )*(?:[a-z]+ )?$"
KEY = rf"""
create function search_key(words text, codes text) returns text
language plpgsql immutable parallel safe as $$
declare
    spellings text[] := search_spellings(' ' || words || E' \n ');
    key text := spellings[1];
    mark text;
    signed text;
begin
    if key ~ '{SHORT_WORDS}' then
        key := key || search_joined(key, '{SHORT_WORDS}');
    end if;
    if words ~ '[0-9][ \u00a0\u2009\u202f][0-9]{{3}}' then
        key := key || search_joined(words, '{THOUSANDS}');
    end if;
    if cardinality(spellings) > 1 then
        mark := case when split_part(lower(words), E'\n', 1) ~ '{SOUNDS}' then E'\v' else '' end;
        key := key || mark || array_to_string(spellings[2:], E'\n' || mark) || E'\n';
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
    "search_rare_letters(text)": RARE_LETTERS,
    "search_fold(text)": FOLD,
    "search_loosely(text)": LOOSELY,
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
