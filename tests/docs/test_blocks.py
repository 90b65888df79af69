"""No block of the documentation goes untested."""

import pytest

from .pages import BLOCKS, Block, name_of
from .reference import PAGE
from .test_commands import COMMANDS
from .test_examples import EXAMPLES
from .test_library import COPY, EXAMPLE
from .test_sessions import CONDITION, SESSIONS
from .test_simulator import DIALOGUE
from .test_snippets import SNIPPETS

LINES = {*COMMANDS, COPY, CONDITION}
BYTES = [block for block in BLOCKS if block.page == str(PAGE)]  # `test_protocol.py` counts them
WHOLE = [
    EXAMPLE,
    *SESSIONS,
    *BYTES,
    *DIALOGUE,
]  # blocks that are run as they are, whatever is in them


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_a_test_runs_the_block(block: Block) -> None:
    if block.language == "sh":
        assert [line for line in block.lines if line not in LINES] == []
    elif block not in WHOLE:
        assert name_of(block) in {*EXAMPLES, *SNIPPETS}


def test_every_tested_block_is_still_there() -> None:
    lines = [line for block in BLOCKS if block.language == "sh" for line in block.lines]
    assert sorted(lines) == sorted(LINES)
    others = [block for block in BLOCKS if block.language != "sh" and block not in WHOLE]
    names = [name_of(block) for block in others]
    assert sorted(names) == sorted([*EXAMPLES, *SNIPPETS])


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_a_block_says_in_which_language_it_is(block: Block) -> None:
    assert block.language in {"console", "python", "sh", "text", "yaml"}
