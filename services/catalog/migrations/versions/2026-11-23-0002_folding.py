"""Make the functions that fold text for searching, whatever script it is written in."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Letter by letter, whatever stands beside it: when a text holds a query, the folded text holds the folded query.
FOLD = """
create function fold(value text) returns text
language sql immutable strict parallel safe
return replace(replace(replace(replace(replace(replace(translate(lower(value),
    'абвгғдеёжзийыіїкқлмнңоўпрстуфхҳэєyqxõōğḡьъ''’‘ʻʼ`´′ʹ‛ʽ＇\u0306\u0308',
    'abvggdeejziiiiikklmnnooprstufhheeikhoogg'),
    'ш', 'sh'), 'щ', 'sh'), 'ч', 'ch'), 'ц', 'ts'), 'ю', 'iu'), 'я', 'ia')
"""

# What the same sounds may also look like: o' is ў and is typed u, ё is yo (and not only е), ж is zh, х is kh, ...
FOLD_LOOSELY = """
create function fold_loosely(value text) returns text
language sql immutable strict parallel safe
return fold(replace(replace(replace(replace(replace(replace(replace(replace(replace(translate(lower(value),
    'ўõō’‘ʻʼ`´′ʹ‛ʽ＇',
    'uuu'''''''''''''''''''''''),
    'o''', 'u'), 'о''', 'u'), 'ё', 'io'), 'ye', 'e'), 'zh', 'j'), 'kh', 'h'), 'дж', 'j'), 'dj', 'j'), 'shch', 'sh'))
"""

# Both, the second only where it differs. No word of a query holds the line feed between them.
SEARCH_KEY = """
create function search_key(value text) returns text
language plpgsql immutable strict parallel safe as $$
declare
    plain text := fold(value);
    loose text := fold_loosely(value);
begin
    return case when loose = plain then plain else plain || E'\\n' || loose end;
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
