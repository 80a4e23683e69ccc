"""Reads a whole feed, as it is sent, by one query."""

from collections.abc import Hashable, Mapping, Sequence

from ecatalog.db.database import Database
from ecatalog.db.render import TIMESTAMP
from ecatalog.db.sql import compose, number
from ecatalog.security.permissions import Principal

from media.owners.service import OwnerType
from media.pictures.limits import SIZES
from media.thumbnails.filters import FILTERS, limit_of, visible

SIDE = number(SIZES["thumbnail"])

_FEED = """
    with shown as materialized (
        select t.id, t.created_at, t.owner_type, t.owner_id, t.stem, t.name, t.is_main, t.category, t.note,
               f.width, f.height, f.format, f.size, f.thumbnail_size,
               coalesce(p.code_1c, c.client_code_1c, n.code_1c) as code, coalesce(p.name, c.name, n.name) as owner_name,
               s.code as status_code, s.name as status_name, o.uploader_name, o.uploader_type
          from image t
          join file f on f.id = t.file_id
          left join project p on t.owner_type = 'project' and p.id = t.owner_id and not p.is_deleted
          left join client c on t.owner_type = 'client' and c.id = t.owner_id and not c.is_deleted
          left join nomenklatura n on t.owner_type = 'nomenklatura' and n.id = t.owner_id and not n.is_deleted
          left join image_status s on s.id = t.status_id and not s.is_deleted
          left join image_source o on o.id = t.source_id and not o.is_deleted
         where not t.is_deleted and num_nonnulls(p.id, c.id, n.id) = 1 and {where}
         order by t.created_at desc, t.id desc limit %(limit)s
    )
    select row_to_json(feed) from (
        select coalesce((select json_agg(x) from (
                   select r.owner_type as entity_type, r.owner_id as entity_id, r.code as code_1c,
                          r.owner_name as entity_name, r.id as image_id,
                          %(base)s || media_path(r.owner_type, r.stem, r.name, '_thumbnail.jpg') as thumbnail_url,
                          (select row_to_json(d) from (select {side} as width, {side} as height, 'JPEG' as format,
                              human_size(r.thumbnail_size) as size) d) as thumbnail_dimensions,
                          (select row_to_json(d) from (select r.width, r.height, r.format, r.size as size_bytes,
                              human_size(r.size) as size) d) as original_dimensions,
                          r.is_main, nullif(r.category, '') as category, nullif(r.note, '') as note,
                          r.status_code, r.status_name, r.uploader_name as source_name,
                          r.uploader_type as source_type, to_char(r.created_at, {format}) as created_at
                     from shown r order by r.created_at desc, r.id desc) x), '[]'::json) as results,
               count(*) as total_count,
               json_build_object(
                   'thumbnail', json_build_object('size_bytes', coalesce(sum(thumbnail_size), 0),
                                                  'size', human_size(coalesce(sum(thumbnail_size), 0))),
                   'original', json_build_object('size_bytes', coalesce(sum(size), 0),
                                                 'size', human_size(coalesce(sum(size), 0)))) as total_size
          from shown) feed
"""


async def feed(
    database: Database, user: Principal | None, types: Sequence[OwnerType], query: Mapping[str, str], base_url: str
) -> bytes:
    """Return the newest pictures of these kinds that the query asks for and the user sees."""
    where = visible(user, types)
    FILTERS.apply(query, where)
    parameters = where.parameters | {"limit": limit_of(query.get("limit", "")), "base": base_url}
    row = await database.fetch_row(
        compose(_FEED, where=where.sql, side=SIDE, format=TIMESTAMP), parameters, prepare=False
    )
    return row[0] if row else b"{}"


def sees(principal: Principal | None) -> Hashable:
    """Return a value that differs between users who see different pictures."""
    return "nobody" if principal is None else principal.client_regions
