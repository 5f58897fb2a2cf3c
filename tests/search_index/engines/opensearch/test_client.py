"""What errors of a cluster tell the log."""

from __future__ import annotations

import pytest

from search_index.engines.opensearch.client import Client, describe
from search_index.engines.opensearch.reader import _raise
from search_index.query import EngineError

TYPED = "my secret illness"
REASONS = (
    f"Failed to parse query [{TYPED}]",
    f"failed to create query: {TYPED}",
    f'invalid regular expression "{TYPED}"',
    f"unexpected token {{{TYPED}}} ] here",
)


@pytest.mark.parametrize("reason", REASONS)
def test_no_log_tells_what_a_reader_has_typed(reason: str) -> None:
    cause = {"type": "query_shard_exception", "reason": reason}
    error = {"type": "search_phase_execution_exception", "root_cause": [cause]}
    client = Client(["http://127.0.0.1:9"])
    for status in (400, 500, 503):
        with pytest.raises(EngineError) as raised:
            _raise({"error": error, "status": status})
        assert "query_shard_exception" in str(raised.value)
        assert TYPED not in str(raised.value)
        for body in (error, reason):
            assert TYPED not in str(client._error(status, {"error": body}, of_search=True))


def test_other_errors_say_all() -> None:
    reason = "index [hub-1] blocked by: [disk usage exceeded flood-stage watermark]"
    assert reason in describe({"type": "cluster_block_exception", "reason": reason})
