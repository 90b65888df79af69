"""One search with the library `orvibo`, on this host's port 10000; prints what came of it."""

import json
import sys
from time import monotonic

# No types, and only where scripts/bench has been.
from orvibo.s20 import discover  # type: ignore[import-not-found]


def main() -> None:
    """Search once, as Home Assistant's own integration does."""
    started_at = monotonic()
    found = discover()
    seconds = monotonic() - started_at
    sys.stdout.write(json.dumps({"found": len(found), "seconds": seconds}))


if __name__ == "__main__":
    main()
