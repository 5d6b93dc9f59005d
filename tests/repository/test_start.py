"""What every process loads before it does anything: parts of SciPy are loaded where they are used, half a second each."""

from __future__ import annotations

import ast

from repository_files import files, named


def test_methods_load_parts_of_scipy_where_they_use_them() -> None:
    methods = files(".py", under="src/madang/methods/")
    assert methods
    early = [
        f"{named(path)}:{node.lineno}"
        for path in methods
        for node in ast.parse(path.read_text("utf-8")).body
        if (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "scipy")
        or (isinstance(node, ast.Import) and any(each.name.startswith("scipy.") for each in node.names))
    ]
    assert early == [], (
        "import scipy, then scipy.stats.norm …: it loads the part when it is first asked for it"
    )
