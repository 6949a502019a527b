"""Add the UTC offset, its origin and the calendar day of publication dates, as far as the original string has them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MANY = 500
KEYS = {"articles": ("id",), "article_revisions": ("article_id", "revision")}
"""Table -> its primary key."""
COLUMNS: dict[str, sa.types.TypeEngine[Any]] = {
    "date_published_utc_offset": sa.SmallInteger(),
    "date_published_zone": sa.String(length=8),
    "date_published_day": sa.Date(),
}


def upgrade() -> None:
    for table, keys in KEYS.items():
        for name, kind in COLUMNS.items():
            op.add_column(table, sa.Column(name, kind))
        _fill(table, keys)
    op.create_index("ix_articles_date_published_day", "articles", ["date_published_day"])


def downgrade() -> None:
    op.drop_index("ix_articles_date_published_day", "articles")
    for table in KEYS:
        for name in COLUMNS:
            op.drop_column(table, name)


def _fill(name: str, keys: tuple[str, ...]) -> None:
    moment = sa.column("date_published", sa.DateTime(timezone=True))
    names = ("date_published_raw", "date_published_precision", *keys)
    table = sa.table(name, moment, *map(sa.column, names), *(sa.column(one, kind) for one, kind in COLUMNS.items()))
    columns = [table.c[one] for one in ("date_published", *names)]
    dated = sa.select(*columns).where(moment.is_not(None)).order_by(*(table.c[key] for key in keys))
    update = table.update().where(*(table.c[key] == sa.bindparam(f"key_{key}") for key in keys))
    update = update.values({one: sa.bindparam(f"new_{one}") for one in COLUMNS})
    after: tuple[Any, ...] | None = None
    while True:
        rest = dated if after is None else dated.where(sa.tuple_(*(table.c[key] for key in keys)) > after)
        rows = op.get_bind().execute(rest.limit(MANY)).mappings().all()
        if not rows:
            return
        after = tuple(rows[-1][key] for key in keys)
        values = [{**_zone(row), **{f"key_{key}": row[key] for key in keys}} for row in rows]
        known = [value for value in values if value["new_date_published_day"] is not None]
        if known:
            op.get_bind().execute(update, known)


def _zone(row: sa.RowMapping) -> dict[str, Any]:
    """Return the new values of a row, all None if the original string does not tell them."""
    published: datetime = row["date_published"]
    published = published.replace(tzinfo=UTC) if published.tzinfo is None else published.astimezone(UTC)
    offset: int | None = None
    day: date | None = None
    if row["date_published_precision"] == "day":
        day = published.date()
    else:
        declared = _parse(row["date_published_raw"])
        if declared is not None and declared == published:
            offset = int((declared.utcoffset() or timedelta()).total_seconds() // 60)
            day = declared.date()
    zone = None if offset is None else "stated"
    return {
        "new_date_published_utc_offset": offset,
        "new_date_published_zone": zone,
        "new_date_published_day": day,
    }


def _parse(raw: str | None) -> datetime | None:
    """Return the date if it is ISO 8601 with an offset."""
    try:
        declared = datetime.fromisoformat(raw or "")
    except ValueError:
        return None
    return declared if declared.utcoffset() is not None else None
