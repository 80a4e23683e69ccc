"""Make the functions that fold text for searching, whatever script it is written in."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Letter by letter, whatever stands beside it: when a text holds a query, the folded text holds the folded query.
# translate() looks through its letters one by one, so the frequent ones come first, the blank and the zero among
# them, and text without other letters than ASCII takes a short way.
FOLD = """
create function fold(value text) returns text
language sql immutable strict parallel safe
return case when octet_length(value) = length(value)
    then translate(lower(value), 'yxq''`', 'ihk')
    else replace(replace(replace(replace(replace(replace(translate(lower(value),
        ' 0оаиентрслквмпдубгзыйхжфэёўқғҳіїңєyxqõōğḡьъ''’‘ʻʼ`´′ʹ‛ʽ＇\u0306\u0308',
        ' 0oaientrslkvmpdubgziihjfeeokghiineihkoogg'),
        'ш', 'sh'), 'щ', 'sh'), 'ч', 'ch'), 'ц', 'ts'), 'ю', 'iu'), 'я', 'ia')
    end
"""

# What the same sounds may also look like: o' is ў and is typed u, ё is yo (and not only е), ж is zh, х is kh, ...
FOLD_LOOSELY = """
create function fold_loosely(value text) returns text
language sql immutable strict parallel safe
return fold(replace(replace(replace(replace(replace(replace(replace(replace(replace(translate(lower(value),
    'ўõō’‘ʻʼ`´′ʹ‛ʽ＇', 'уuu'''''''''''''''''''''''),
    'o''', 'u'), 'о''', 'у'), 'ё', 'йо'), 'ye', 'e'), 'zh', 'j'), 'kh', 'h'), 'дж', 'ж'), 'dj', 'j'), 'shch', 'sh'))
"""

# Both, the second only where it may differ. No word of a query holds the line feed between them.
SEARCH_KEY = """
create function search_key(value text) returns text
language plpgsql immutable strict parallel safe as $$
begin
    if value ~* '[ёўõō]|[oо][''’‘ʻʼ`´′ʹ‛ʽ＇]|ye|zh|kh|dj|дж|shch' then
        return fold(value) || E'\\n' || fold_loosely(value);
    end if;
    return fold(value);
end $$
"""


def upgrade() -> None:
    op.execute(FOLD)
    op.execute(FOLD_LOOSELY)
    op.execute(SEARCH_KEY)


def downgrade() -> None:
    op.execute("drop function search_key")
    op.execute("drop function fold_loosely")
    op.execute("drop function fold")
