"""Alembic's entry: runs on the connection that newscrawl.storage.upgrade hands over."""

from alembic import context

from newscrawl.storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
    compare_server_default=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
