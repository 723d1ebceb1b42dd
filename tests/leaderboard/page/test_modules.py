"""Modules joined into one that runs where none can be imported."""

import hashlib
import shutil
import subprocess
from base64 import b64decode

import pytest

from leaderboard.page.modules import joined, source_hash
from leaderboard.page.writer import STATIC


def write(folder, **texts):
    for name, text in texts.items():
        (folder / f"{name}.mjs").write_text(text, "utf-8")
    return [folder]


def test_each_module_comes_once_and_after_what_it_needs(tmp_path):
    folders = write(
        tmp_path,
        main='import { b } from "./b.mjs";\nimport { a } from "./a.mjs";\nconsole.log(a, b());\n',
        a="const hidden = 1;\nexport const a = hidden;\n",
        b='import { a } from "./a.mjs";\nconst hidden = 2;\nexport function b() {\n  return a + hidden;\n}\n',
    )
    text = joined("main.mjs", folders)
    assert [line.split(" = ")[0] for line in text.splitlines() if line.endswith("(() => {")] == [
        "const $a",
        "const $b",
        "const $main",
    ]
    assert "import" not in text
    assert "export" not in text


def test_the_joined_module_runs(tmp_path, modules):
    folders = write(
        tmp_path,
        main='import { add } from "./a.mjs";\nglobalThis.outcome = add(2);\n',
        a="const one = 1;\nexport const add = (x) => x + one;\n",
    )
    modules.evaluate("(text) => (0, eval)(text)", joined("main.mjs", folders))
    assert modules.evaluate("globalThis.outcome") == 3


@pytest.mark.parametrize(
    "line", ['import "./a.mjs";', 'import x from "./a.mjs";', "export default 1;", "export { x };"]
)
def test_what_cannot_be_joined_is_refused(tmp_path, line):
    folders = write(tmp_path, main=line + "\n", a="")
    with pytest.raises(ValueError, match=r"main\.mjs: '(import|export)"):
        joined("main.mjs", folders)


def test_the_hash_is_that_of_a_content_security_policy():
    assert b64decode(source_hash("x").removeprefix("sha256-")) == hashlib.sha256(b"x").digest()


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
@pytest.mark.parametrize("entry", ["pages.mjs", "listening.mjs"])
def test_the_pages_modules_are_valid(entry, tmp_path):
    (tmp_path / "joined.mjs").write_text(joined(entry, [STATIC]), "utf-8")
    subprocess.run(["node", "--check", tmp_path / "joined.mjs"], check=True, timeout=60)
