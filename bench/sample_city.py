"""The sample city: seconds to make it, to deposit both deliveries, to start again; recall and precision of intake.

    python bench/sample_city.py [scale]

What `make up` does on an empty workspace is the sum of the first two (aim at scale 1: two minutes on two cores).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import run


def main(scale: str) -> None:
    with tempfile.TemporaryDirectory(prefix="madang-bench-") as name:
        city, workspace = str(Path(name) / "city"), str(Path(name) / "w")
        made = run("-m", "madang", "sample", city, "--scale", scale)
        size = sum(path.stat().st_size for path in Path(city).rglob("*") if path.is_file()) / 1e6
        deposited = run("-m", "madang", "-w", workspace, "sample", city, "--deposit")
        again = run("-m", "madang", "-w", workspace, "sample", city, "--deposit")
        command = [sys.executable, "-m", "madang", "-w", workspace, "sample", city, "--score", "--json"]
        said = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        print(f"scale {scale}: {sum(said['files'])} files, {size:,.0f} MB: made in {made}; deposited in {deposited}; again in {again}")  # fmt: skip
        print(
            f"{said['defects']} planted defects: recall {said['recall']:.4f}, precision {said['precision']:.4f}"
        )


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "1")
