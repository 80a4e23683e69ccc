"""Show pictures as answers and events need them, and announce what changes them."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MEDIA_PATH = """
create function media_path(owner_type text, stem text, name text, ending text) returns text
language sql immutable parallel safe return
    '/media/' || case owner_type when 'nomenklatura' then owner_type else owner_type || 's' end
    || '/' || stem || '_' || name || ending
"""

HUMAN_SIZE = """
create function human_size(bytes numeric) returns text
language sql immutable parallel safe return case
    when bytes < 1024 then bytes || ' B'
    when bytes < 1048576 then round(bytes / 1024, 2) || ' KB'
    when bytes < 1073741824 then round(bytes / 1048576, 2) || ' MB'
    else round(bytes / 1073741824, 2) || ' GB' end
"""

PICTURE = """
create view picture as
select i.id, i.owner_type, i.owner_id, i.file_id, i.name,
       media_path(i.owner_type, i.stem, i.name, '.' || i.ending) as path,
       media_path(i.owner_type, i.stem, i.name, '_sm.jpg') as sm_path,
       media_path(i.owner_type, i.stem, i.name, '_md.jpg') as md_path,
       media_path(i.owner_type, i.stem, i.name, '_lg.jpg') as lg_path,
       media_path(i.owner_type, i.stem, i.name, '_thumbnail.jpg') as thumbnail_path,
       i.category, i.note, i.is_main, i.status_id, i.source_id,
       (select row_to_json(x) from (
           select s.id, s.code, s.name, s.description, s.icon, s."order", s.is_active
             from image_status s where s.id = i.status_id and not s.is_deleted) x) as status,
       (select row_to_json(x) from (
           select s.id, s.uploader_name, s.uploader_type, initcap(
                      case s.uploader_type when 'admin' then 'administrator' else s.uploader_type end
                  ) as uploader_type_display,
                  s.uploader_contact, s.upload_location, s.upload_device, s.notes, s.is_active,
                  to_char(s.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.USTZH:TZM') as created_at
             from image_source s where s.id = i.source_id and not s.is_deleted) x) as source,
       i.is_ai_generated, i.uploaded_by, i.is_active, i.is_deleted, i.created_at, i.updated_at
  from image i
"""

# A picture is shown as long as neither it nor its owner is deleted.
COLUMNS = """
       i.id, i.owner_id, i.path, i.sm_path, i.md_path, i.lg_path, i.thumbnail_path, i.category, i.note, i.is_main,
       i.status_id, i.source_id, i.status, i.source, i.is_ai_generated, i.uploaded_by,
       i.is_deleted or o.is_deleted as is_deleted, i.created_at, i.updated_at
"""
VIEWS = {
    "project_image": f"""
select {COLUMNS}, o.id as project_id, o.code_1c, o.name as owner_name
  from picture i join project o on o.id = i.owner_id where i.owner_type = 'project'
""",
    "client_image": f"""
select {COLUMNS}, o.project_id, o.client_code_1c, o.name as owner_name, o.business_region_code
  from picture i join client o on o.id = i.owner_id where i.owner_type = 'client'
""",
    "nomenklatura_image": f"""
select {COLUMNS}, o.project_id, o.code_1c, o.name as owner_name, o.article_code, o.roditel, o.supplier,
       o.country_code, o.country
  from picture i join nomenklatura o on o.id = i.owner_id where i.owner_type = 'nomenklatura'
""",
}

# Caches listen for the names of what they show.
ANNOUNCE = """
create function announce_change() returns trigger language plpgsql as $$
declare
    topic text;
begin
    foreach topic in array tg_argv loop
        perform pg_notify('changes', topic);
    end loop;
    return null;
end $$
"""
TRIGGER = """
create trigger announce_change after insert or update or delete or truncate on {table}
for each statement execute function announce_change({topics})
"""
SHOWN = ("project_image", "client_image", "nomenklatura_image", "thumbnail")
TOPICS = {
    "project": SHOWN,
    "client": ("client_image", "thumbnail"),
    "nomenklatura": ("nomenklatura_image", "thumbnail"),
    "image_status": ("image_status", *SHOWN),
    "image_source": ("image_source", *SHOWN),
    "image": SHOWN,
}


def upgrade() -> None:
    for statement in (MEDIA_PATH, HUMAN_SIZE, PICTURE, ANNOUNCE):
        op.execute(statement)
    for name, query in VIEWS.items():
        op.execute(f"create view {name} as {query}")
    for table, topics in TOPICS.items():
        op.execute(TRIGGER.format(table=table, topics=", ".join(f"'{topic}'" for topic in topics)))


def downgrade() -> None:
    for table in TOPICS:
        op.execute(f"drop trigger announce_change on {table}")
    op.execute("drop function announce_change")
    for name in VIEWS:
        op.execute(f"drop view {name}")
    op.execute("drop view picture")
    op.execute("drop function human_size")
    op.execute("drop function media_path")
