"""Vectors stay in their files: whatever happens to a file, no text is given the vector of another."""

import errno
import os
import shutil
import stat
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from rag.embedding import vector_file
from rag.embedding.cache import CachedEmbedder
from rag.embedding.e5.engine import load_engine
from rag.embedding.vector_file import VectorFile, text_key, write_vectors
from tests.rag.test_retrieval import CountingEmbedder

WIDTH = 26
KEYS = [text_key("m", str(number)) for number in range(6)]
VECTORS = [np.full(WIDTH, number, np.float16) for number in range(6)]


def filled(path, numbers):
    file = VectorFile(path, WIDTH)
    for number in numbers:
        file.add(KEYS[number], VECTORS[number])
    return file


def holds(file, number):
    vector = file.vector(KEYS[number])
    return vector is not None and np.array_equal(vector, VECTORS[number])


def test_a_vector_is_read_as_it_was_added_now_and_later(tmp_path):
    file = filled(tmp_path / "v", range(3))
    assert all(holds(one, number) for one in (file, VectorFile(tmp_path / "v", WIDTH)) for number in range(3))
    assert file.keys == tuple(KEYS[:3])


def test_a_missing_file_is_empty_and_is_not_made_by_looking(tmp_path):
    assert VectorFile(tmp_path / "v", WIDTH).keys == ()
    assert not (tmp_path / "v").exists()


def test_what_two_processes_append_stands_each_where_it_was_written(tmp_path):
    one, other = (VectorFile(tmp_path / "v", WIDTH) for _ in range(2))
    for number in range(6):
        (one if number % 2 else other).add(KEYS[number], VECTORS[number])
    assert all(holds(one if number % 2 else other, number) for number in range(6))
    assert all(holds(VectorFile(tmp_path / "v", WIDTH), number) for number in range(6))


def test_a_file_that_is_written_over_gives_nobody_the_vector_of_another(tmp_path):
    open_file = filled(tmp_path / "v", range(3))
    filled(tmp_path / "new", (2, 0))
    shutil.copyfile(tmp_path / "new", tmp_path / "v")
    assert [holds(open_file, number) for number in range(3)] == [False, False, False]
    assert KEYS[0] not in open_file


def test_a_file_that_is_replaced_or_removed_is_read_on_as_it_was(tmp_path):
    replaced, removed = (filled(tmp_path / name, range(3)) for name in ("a", "b"))
    filled(tmp_path / "new", (5,))
    (tmp_path / "new").replace(tmp_path / "a")
    (tmp_path / "b").unlink()
    assert all(holds(file, number) for file in (replaced, removed) for number in range(3))
    for file in (replaced, removed):
        file.add(KEYS[4], VECTORS[4])
        assert all(holds(file, number) for number in (0, 1, 2, 4))
    assert holds(VectorFile(tmp_path / "a", WIDTH), 5)
    assert all(holds(VectorFile(tmp_path / name, WIDTH), 4) for name in "ab")


def test_a_torn_end_that_another_leaves_meanwhile_is_cut_too(tmp_path):
    file = filled(tmp_path / "v", range(2))
    with (tmp_path / "v").open("ab") as other:
        other.write(b"torn")
    file.add(KEYS[2], VECTORS[2])
    assert all(holds(one, number) for one in (file, VectorFile(tmp_path / "v", WIDTH)) for number in range(3))


def test_a_folder_that_cannot_be_made_keeps_nothing_and_stops_nothing(tmp_path):
    (tmp_path / "file").write_text("")
    model = CountingEmbedder()
    cached = CachedEmbedder(model, tmp_path / "file" / "cache")
    assert np.array_equal(cached.embed_passages(["abc"]), cached.embed_passages(["abc"]))
    assert model.asked == 1


def test_a_torn_end_is_cut_before_more_is_appended(tmp_path):
    filled(tmp_path / "v", range(2))
    with (tmp_path / "v").open("ab") as file:
        file.write(KEYS[2] + b"torn")
    again = filled(tmp_path / "v", (3,))
    assert all(holds(again, number) for number in (0, 1, 3))
    assert VectorFile(tmp_path / "v", WIDTH).keys == (KEYS[0], KEYS[1], KEYS[3])


@pytest.mark.parametrize("room", [0, 20])
def test_on_a_full_disk_vectors_are_kept_in_memory_and_the_file_stays_whole(tmp_path, monkeypatch, room):
    model, write = CountingEmbedder(), os.write
    cached = CachedEmbedder(model, tmp_path)
    kept = cached.embed_passages(["abc"])

    def full(file, record):
        if not room:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(file, record[:room])

    monkeypatch.setattr(vector_file.os, "write", full)
    made = cached.embed_passages(["abc", "xyz"])
    assert np.array_equal(made, cached.embed_passages(["abc", "xyz"]))
    assert np.array_equal(made[:1], kept)
    assert model.asked == 2
    monkeypatch.undo()
    cached.embed_passages(["mno"])
    (file,) = tmp_path.iterdir()
    assert len(VectorFile(file, WIDTH).keys) == 2


def test_a_warmed_cache_that_may_only_be_read_is_read(tmp_path, monkeypatch):
    CachedEmbedder(CountingEmbedder(), tmp_path).embed_passages(["abc"])
    (file,) = tmp_path.iterdir()
    file.chmod(stat.S_IREAD)
    opened = os.open

    def read_only(path, flags, mode=0o777):
        if flags & (os.O_RDWR | os.O_WRONLY):
            raise PermissionError(errno.EACCES, "Permission denied")
        return opened(path, flags, mode)

    monkeypatch.setattr(vector_file.os, "open", read_only)  # root may write whatever the mode says
    model = CountingEmbedder()
    cached = CachedEmbedder(model, tmp_path)
    assert cached.embed_passages(["abc", "xyz"]).shape == (2, WIDTH)
    assert model.asked == 1


def test_a_text_that_stands_twice_is_embedded_once(tmp_path):
    model = CountingEmbedder()
    rows = CachedEmbedder(model, tmp_path).embed_passages(["abc", "xyz", "abc"])
    assert model.asked == 2
    assert np.array_equal(rows[0], rows[2])


def test_a_shipped_file_is_read_before_the_folders(tmp_path):
    write_vectors(tmp_path / "shipped.bin", CountingEmbedder(), ["abc"])
    model = CountingEmbedder()
    CachedEmbedder(model, tmp_path / "cache", [tmp_path / "shipped.bin"]).embed_passages(["abc"])
    assert model.asked == 0
    assert not list((tmp_path / "cache").iterdir())


def test_many_threads_are_told_the_same_of_one_reading():
    read = load_engine().read("query: Con em mất thẻ căn cước thì làm lại ở đâu ạ?")
    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(lambda _: (id(read.vector), id(read.kinds), id(read.matters)), range(32)))
    assert len(set(told)) == 1


@pytest.mark.parametrize("letters", [1, 2_000])
def test_neither_long_nor_many_questions_fill_the_memory(letters):
    cached = CachedEmbedder(CountingEmbedder(), None)
    for number in range(200):
        cached.read(f"{number} " + "a" * letters)
    assert len(cached._asked) <= 64
    assert sum(map(len, cached._asked)) <= 3_000
    assert cached.read("b" * 20_000) is cached.read("b" * 20_000)
