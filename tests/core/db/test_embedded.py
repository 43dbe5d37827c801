"""The embedded server: closed to others, found again, never started twice."""

from __future__ import annotations

import stat
from pathlib import Path

import asyncpg
import pytest

from core.db.embedded import EmbeddedPostgres, EmbeddedServerError
from core.db.notify import dsn_of


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which an earlier first start was interrupted."""
    folder = tmp_path_factory.mktemp("school") / "postgres"
    (folder / "cluster.new").mkdir(parents=True)
    (folder / "cluster.new" / "PG_VERSION").write_text("17")
    return folder


@pytest.fixture
def server(folder: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(folder, password="right")


async def test_it_starts_asks_for_the_password_and_opens_nothing_to_others(
    server: EmbeddedPostgres, folder: Path
) -> None:
    parents_before = {parent: parent.stat().st_mode for parent in folder.parents}
    server.start()
    try:
        connection = await asyncpg.connect(dsn_of(server.url()))
        assert int(await connection.fetchval("SHOW server_version_num")) >= 160000
        assert await connection.fetchval("SHOW listen_addresses") == ""
        await connection.close()
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(dsn_of(EmbeddedPostgres(folder, password="wrong").url()))
        for private in (folder, server.socket_folder, folder / "cluster"):
            assert stat.S_IMODE(private.stat().st_mode) == 0o700
        assert {parent: parent.stat().st_mode for parent in folder.parents} == parents_before
    finally:
        server.stop()


async def test_a_folder_that_was_copied_starts_again_and_a_second_start_finds_the_running_server(
    server: EmbeddedPostgres, folder: Path
) -> None:
    server.start()
    server.stop()
    (folder / "cluster").chmod(0o755)
    server.start()
    try:
        first = (folder / "cluster" / "postmaster.pid").read_text()
        EmbeddedPostgres(folder, password="right").start()
        assert (folder / "cluster" / "postmaster.pid").read_text() == first
    finally:
        server.stop()
    assert not server.is_running()


def test_a_long_data_path_gets_a_socket_elsewhere(tmp_path: Path) -> None:
    deep = EmbeddedPostgres(tmp_path / ("x" * 100), password="p")
    assert len(str(deep.socket_folder)) < 90


def test_the_password_does_not_show_in_a_repr(server: EmbeddedPostgres) -> None:
    assert "right" not in repr(server)


def test_a_server_that_does_not_start_is_told_in_a_sentence_with_its_reason_and_its_log(
    server: EmbeddedPostgres, folder: Path
) -> None:
    server.start()
    server.stop()
    broken = folder / "cluster" / "postgresql.auto.conf"
    kept = broken.read_text()
    broken.write_text(kept + "nonsense_setting = 1\n")
    with pytest.raises(EmbeddedServerError) as caught:
        server.start()
    broken.write_text(kept)
    told = str(caught.value)
    assert f"Nhật ký: {folder / 'server.log'}" in told
    assert "nonsense_setting" in told or "FATAL" in told
    assert len(told.splitlines()) == 2, "what PostgreSQL says is long: it stands in the log"
    assert "pg_ctl failed" in (folder / "server.log").read_text()
