"""Changes onto the disk keep what the file was, and touch nothing that changed meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from autogen_lsp.errors import EditRefused
from autogen_lsp.text import Edit, FileChange, SourceChange, Span
from autogen_lsp.workspace.snapshot import Snapshot
from autogen_lsp.workspace.source import Source
from autogen_lsp.workspace.writing import write


def insertion(path: Path, text: str = "y = 1\n", *, creates: bool = False) -> SourceChange:
    return SourceChange((FileChange(path, (Edit(Span(0, 0), text),), creates=creates),))


def test_change_is_written(tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    file.write_bytes(b"x = 1\r\n")
    assert write(insertion(file), Snapshot((tmp_path,))) == [file]
    assert file.read_bytes() == b"y = 1\nx = 1\r\n"
    assert list(tmp_path.iterdir()) == [file]


def test_byte_order_mark_stays(tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    file.write_bytes(b"\xef\xbb\xbfx = 1\n")
    write(insertion(file), Snapshot((tmp_path,)))
    assert file.read_bytes() == b"\xef\xbb\xbfy = 1\nx = 1\n"


def test_declared_encoding_stays(tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    file.write_bytes(b"# coding: latin-1\nx = '\xe9'\n")
    change = SourceChange((FileChange(file, (Edit(Span(18, 18), "y = 'ü'\n"),)),))
    write(change, Snapshot((tmp_path,)))
    assert file.read_bytes() == b"# coding: latin-1\ny = '\xfc'\nx = '\xe9'\n"


def test_code_that_the_encoding_lacks_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    file.write_bytes(b"# coding: latin-1\n")
    with pytest.raises(EditRefused, match="iso8859-1"):
        write(SourceChange((FileChange(file, (Edit(Span(18, 18), "y = '中'\n"),)),)), Snapshot((tmp_path,)))
    assert file.read_bytes() == b"# coding: latin-1\n"


def test_permissions_stay(tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    file.write_text("x = 1\n")
    file.chmod(0o750)
    write(insertion(file), Snapshot((tmp_path,)))
    assert file.stat().st_mode & 0o777 == 0o750


def test_link_stays_a_link(tmp_path: Path) -> None:
    file, link = tmp_path / "real.py", tmp_path / "link.py"
    file.write_text("x = 1\n")
    link.symlink_to("real.py")
    write(insertion(link), Snapshot((tmp_path,)))
    assert link.is_symlink()
    assert file.read_text() == "y = 1\nx = 1\n"


def test_new_file_is_made_with_its_folders(tmp_path: Path) -> None:
    file = tmp_path / "new" / "package" / "x.py"
    write(insertion(file, creates=True), Snapshot((tmp_path,)))
    assert file.read_text() == "y = 1\n"


def test_file_that_appeared_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    file.write_text("mine\n")
    with pytest.raises(EditRefused, match="exists by now"):
        write(insertion(file, creates=True), Snapshot((tmp_path,)))
    assert file.read_text() == "mine\n"


def test_file_that_changed_meanwhile_is_not_written_and_neither_are_the_others(tmp_path: Path) -> None:
    one, two = tmp_path / "one.py", tmp_path / "two.py"
    one.write_text("x = 1\n")
    two.write_text("changed\n")
    snapshot = Snapshot((tmp_path,), documents={two: Source(two, b"before\n")})
    change = SourceChange((*insertion(one).files, *insertion(two).files))
    with pytest.raises(EditRefused, match=r"two\.py changed meanwhile"):
        write(change, snapshot)
    assert (one.read_text(), two.read_text()) == ("x = 1\n", "changed\n")


def test_file_that_was_deleted_meanwhile_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EditRefused, match=r"gone\.py"):
        write(insertion(tmp_path / "gone.py"), Snapshot((tmp_path,)))
