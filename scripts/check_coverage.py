"""Say which modules are tested too little, from the JSON report of coverage.

Coverage itself knows one minimum for all modules together, where good ones would hide a bad one.
"""

import json
from pathlib import Path
import sys

MINIMUM = 95.0
# Home Assistant's quality scale wants every way through the dialogues tested.
FLOWS = ("config_flow.py", "adding.py", "repairs.py")
HIGHER_MINIMUM = dict.fromkeys(FLOWS, 100.0)


def main(report: Path) -> int:
    """Return the exit status of the command."""
    files = json.loads(report.read_text(encoding="utf-8"))["files"]
    complaints = list(filter(None, (complaint(Path(name), files[name]) for name in sorted(files))))
    if not files:
        complaints.append("the report names no module")
    print(*complaints or [f"all {len(files)} modules are covered well enough"], sep="\n")
    return 1 if complaints else 0


def complaint(module: Path, figures: dict[str, dict[str, float]]) -> str | None:
    """Return what is wrong with the coverage of one module, if anything is."""
    percent = figures["summary"]["percent_covered"]
    minimum = HIGHER_MINIMUM.get(module.name, MINIMUM)
    if percent >= minimum:
        return None
    return f"{module}: {percent:.1f} % covered, {minimum:.0f} % wanted"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
