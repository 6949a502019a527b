"""Cursors of the change feed only move from where their user saw them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from newscrawl.exceptions import LockedError
from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.operations.change_cursors import advance_cursor, create_cursor, delete_cursor, reset_cursor
from newscrawl.storage.queries.changes import CursorState, find_cursor, list_cursors
from tests.support.store import NOW

LATER = NOW + timedelta(hours=1)


def position(engine: Engine) -> int | None:
    with connect_for_reading(engine) as connection:
        return find_cursor(connection, "mirror")


def test_cursor_is_created_once(engine: Engine) -> None:
    with engine.begin() as connection:
        assert create_cursor(connection, "mirror", 3, NOW) == 3
        assert create_cursor(connection, "mirror", 5, LATER) == 3
    with connect_for_reading(engine) as connection:
        assert list_cursors(connection) == [CursorState("mirror", 3, NOW, NOW, 0, None)]


def test_cursor_moves_from_where_it_is_expected(engine: Engine) -> None:
    with engine.begin() as connection:
        create_cursor(connection, "mirror", 3, NOW)
        advance_cursor(connection, "mirror", 7, expected=3, now=LATER)
    assert position(engine) == 7
    with connect_for_reading(engine) as connection:
        assert [(one.created_at, one.updated_at) for one in list_cursors(connection)] == [(NOW, LATER)]


def test_second_follower_cannot_move_the_cursor_of_the_first(engine: Engine) -> None:
    with engine.begin() as connection:
        create_cursor(connection, "mirror", 3, NOW)
        advance_cursor(connection, "mirror", 7, expected=3, now=NOW)
    with pytest.raises(LockedError, match="cursor 'mirror' was moved to 7 by another process"), engine.begin() as other:
        advance_cursor(other, "mirror", 9, expected=3, now=NOW)
    assert position(engine) == 7


def test_cursor_goes_back_only_when_it_is_reset(engine: Engine) -> None:
    with engine.begin() as connection:
        create_cursor(connection, "mirror", 7, NOW)
    with pytest.raises(ValueError, match="cannot go back from 7 to 3"), engine.begin() as connection:
        advance_cursor(connection, "mirror", 3, expected=7, now=NOW)
    with engine.begin() as connection:
        assert reset_cursor(connection, "mirror", 3, NOW)
        assert not reset_cursor(connection, "other", 3, NOW)
    assert position(engine) == 3


def test_deleted_cursor_cannot_be_moved(engine: Engine) -> None:
    with engine.begin() as connection:
        create_cursor(connection, "mirror", 7, NOW)
        assert delete_cursor(connection, "mirror")
        assert not delete_cursor(connection, "mirror")
    with pytest.raises(LockedError, match="was deleted by another process"), engine.begin() as connection:
        advance_cursor(connection, "mirror", 8, expected=7, now=NOW)
    assert position(engine) is None
