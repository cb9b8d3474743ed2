"""The court proceedings pack."""

from __future__ import annotations

from gateway.operations import timing
from gateway.operations.call import Call, operation

CLOCK = "K13"


@operation("addCPPFRequest")
def add_cppf_request(call: Call) -> None:
    """T120: the compensator has 5 business days for its comments (K13)."""
    timing.start(call, CLOCK, call.moment.today)
