"""Lists and single claims follow the same rule of who sees what: the conditions of SQL and the function agree on every kind of claim."""

from itertools import chain, combinations, product

import pytest
from claim_rows import SENT, add_claim

from gateway.domain.permissions import Place, sees
from gateway.store import listing, notices
from gateway.store.engine import Store
from gateway.store.listing import Criteria
from gateway.store.sight import Scope

CR, CM = "claimant-representative", "compensator"
WORDS = {CR: ("all", "shared"), CM: ("all", "shared", "branch", "received", "received-in-branch")}
ORGANISATION = {CR: "CR00001", CM: "COMP001"}
KINDS = list(product(("001", "002"), (None, "me", "another"), (None, "me", "another"), ("ClaimSubmitted", "StartOfStage21")))


def _subsets(words: tuple[str, ...]) -> list[frozenset[str]]:
    return [frozenset(some) for some in chain.from_iterable(combinations(words, count) for count in range(len(words) + 1))]


@pytest.mark.parametrize("side", [CR, CM])
def test_list_search_and_notices_show_what_is_seen(seeded_store: Store, side: str) -> None:
    kinds = {}
    with seeded_store.writing() as connection:
        for kind in KINDS:
            branch, cr_user, cm_user, phase = kind
            claim = add_claim(connection, phase, None, cm_branch=branch, cr_user=cr_user, cm_user=cm_user)
            kinds[claim.id] = kind
            notices.add(connection, claim_id=claim.id, process="rta", organisation=ORGANISATION[side], key="k", text="t", at=SENT)
        add_claim(connection, "ClaimSubmitted", None, cr_organisation="CR00002", cm_organisation="COMP002", cr_user="me", cm_user="me")
        add_claim(connection, "ClaimSubmitted", None, process="elpl", claim_type="EL")
    with seeded_store.reading() as connection:
        for sight, branch in product(_subsets(WORDS[side]), ("001", "002")):
            expected = {
                number
                for number, (where, cr_user, cm_user, phase) in kinds.items()
                if sees(sight, "me", branch, Place(where if side == CM else None, cr_user if side == CR else cm_user, phase))
            }
            scope = Scope(side, ORGANISATION[side], "rta", sight, "me", branch)
            assert {row.id for row in listing.work_list(connection, scope, SENT)} == expected, sight
            assert {row.id for row in listing.search(connection, scope, Criteria(), SENT, 1000)} == expected, sight
            assert {notice.claim_id for notice in notices.list_for(connection, scope, SENT, a2a=True)} == expected, sight


@pytest.mark.parametrize(("sight", "shown"), [("all", True), ("shared", True), ("branch", False), ("received", False), ("received-in-branch", False)])
def test_who_is_told_of_a_claim_that_has_left(seeded_store: Store, sight: str, shown: bool) -> None:
    with seeded_store.writing() as connection:
        claim = add_claim(connection, cm_organisation="COMP002", cm_branch="001")
        notices.add(connection, claim_id=claim.id, process="rta", organisation="COMP001", key="k", text="t", at=SENT, farewell=True)
    with seeded_store.reading() as connection:
        scope = Scope(CM, "COMP001", "rta", frozenset((sight,)), "me", "001")
        assert bool(notices.list_for(connection, scope, SENT, a2a=False)) == shown
