"""What is removed when its time is over. How long claims are kept is said in contract/tables/retention.toml.

Rejected claims and those deleted for good are seen by nobody from that time on, and neither are notices and tokens; here they leave the store.
All other claims are there until the daily job has come by. Each claim has a transaction of its own, in which it is looked at again, so that any
number of workers may run and any of them may be stopped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime

from gateway.clock import LONDON
from gateway.contract.retention import ACKNOWLEDGE, ARCHIVE, END, VANISH, Rule, retention
from gateway.domain.retention import due_on
from gateway.jobs.work import Done, Work, purge_all
from gateway.log import logger
from gateway.operations import housekeeping
from gateway.operations.archiving import archived
from gateway.store import Connection, StoreUnavailable, archive, claims, due, notices, tokens
from gateway.store.due import Resting

EXPIRED = "archive-over"
"""What `counts` calls claims that leave the archive."""


def keep_claims(work: Work) -> tuple[Done, ...]:
    """Acknowledge, archive and delete what the table says, if that is to be done in this run."""
    if not work.retention:
        return ()
    found, failed = enforce(work)
    rules = retention().all
    sums = Counter({then: sum(found[key] for key, rule in rules.items() if rule.then == then) for then in {rule.then for rule in rules.values()}})
    return (
        Done("ends acknowledged by the gateway", sums[ACKNOWLEDGE]),
        Done("claims archived", sums[ARCHIVE]),
        Done("claims deleted, their time over", sum(sums.values()) - sums[ACKNOWLEDGE] - sums[ARCHIVE]),
        Done("claims removed from the archive", purge_all(work, lambda connection: archive.purge(connection, work.moment.utc))),
        Done("claims kept because something failed, see the log", failed, problem=True),
    )


def enforce(work: Work) -> tuple[Counter[str], int]:
    """Do what the table says about every claim whose time is over; how many by rule, and how many failed."""
    found: Counter[str] = Counter()
    failed = 0
    for resting, rule in _over(work):
        if work.stopping():
            break
        try:
            found[rule.key] += _apply(work, resting.id, rule)
        except StoreUnavailable:
            raise
        except Exception:  # a defect that one claim meets must not keep all others for ever
            failed += 1
            logger.exception("retention failed", claim=f"{resting.id:016d}")
    return found, failed


def forecast(work: Work) -> Counter[str]:
    """How many claims `enforce` and `remove_over` would concern by now, by rule. Changes nothing."""
    found: Counter[str] = Counter()
    for resting, rule in _over(work):
        found[rule.key] += rule.then != ACKNOWLEDGE or _would_end(work, resting.id, rule)
    with work.store.reading() as connection:
        rejected, deleted = due.gone(connection, work.moment.utc)
        found[EXPIRED] += archive.expired(connection, work.moment.utc)
    found[retention().one(VANISH).key] += rejected
    found[retention().shadow.key] += deleted
    return +found


def remove_over(work: Work) -> Counter[str]:
    """Claims that are there for nobody any more, and what is over in the archive, leave the store; how many by rule."""
    return Counter(
        {
            **{rule.key: count for rule, count in zip((retention().one(VANISH), retention().shadow), _remove_gone(work), strict=True)},
            EXPIRED: purge_all(work, lambda connection: archive.purge(connection, work.moment.utc)),
        }
    )


def remove_gone(work: Work) -> tuple[Done, ...]:
    """Rejected claims that were not resent in time (K14), and claims deleted for good, with their documents, history and notices."""
    rejected, deleted = _remove_gone(work)
    return Done("rejected claims deleted", rejected), Done("claims deleted for good removed", deleted)


def _remove_gone(work: Work) -> tuple[int, int]:
    rejected, deleted, place = 0, 0, due.START
    while not work.stopping():
        with work.store.writing() as connection:
            claim = due.take_gone(connection, work.moment.utc, place)
            if claim is None:
                break
            assert claim.gone_at is not None, "it is there"
            due.delete_claim(connection, claim.id)
        place = (claim.gone_at, claim.id)
        rejected, deleted = (rejected + 1, deleted) if claim.deleted_at is None else (rejected, deleted + 1)
    return rejected, deleted


def remove_notices(work: Work) -> tuple[Done, ...]:
    """Notices after fifteen days."""
    return (Done("notices removed", purge_all(work, lambda connection: notices.purge(connection, work.moment.utc))),)


def remove_tokens(work: Work) -> tuple[Done, ...]:
    """Tokens that have expired, by the real time."""
    return (Done("expired tokens removed", purge_all(work, tokens.purge_expired)),)


def _over(work: Work) -> Iterator[tuple[Resting, Rule]]:
    """The claims to which a rule applies now, with the rule."""
    phases = {*retention().removals, *retention().acknowledgement.phases}
    after = 0
    while True:
        with work.store.reading() as connection:
            page = due.in_phases(connection, phases, after)
        for resting in page:
            rule = _rule(resting, work.moment.today)
            if rule is not None:
                yield resting, rule
        if len(page) < due.PAGE:
            return
        after = page[-1].id


def _rule(resting: Resting, today: date) -> Rule | None:
    """The rule whose day has come; one that removes the claim before the one that acknowledges."""
    removal, acknowledgement = retention().removals.get(resting.phase), retention().acknowledgement
    for rule in (removal, acknowledgement if resting.phase in acknowledgement.phases else None):
        if rule is not None and due_on(rule, _counted_from(resting, rule), resting.birth_date) <= today:
            return rule
    return None


def _counted_from(resting: Resting, rule: Rule) -> date:
    at: datetime = (resting.arrived_at if rule.counted_from == END else None) or resting.updated_at
    return at.astimezone(LONDON).date()


def _apply(work: Work, claim_id: int, rule: Rule) -> bool:
    if rule.then == ACKNOWLEDGE:
        return _acknowledge(work, claim_id, rule)
    if rule.then == ARCHIVE:
        return _archive(work, claim_id, rule)
    with work.store.writing() as connection:
        if claims.load(connection, claim_id, lock=True) is None or not _still(connection, work, claim_id, rule):
            return False
        due.delete_claim(connection, claim_id)
    return True


def _archive(work: Work, claim_id: int, rule: Rule) -> bool:
    """Printing takes its time, so it is done while nothing is locked, and holds if the claim is then still the same."""
    with work.store.reading() as connection:
        claim = claims.load(connection, claim_id)
        if claim is None:
            return False
        kept, documents = archived(connection, work.contract, claim, rule, work.moment)
    with work.store.writing() as connection:
        now = claims.load(connection, claim_id, lock=True)
        if now is None or now.guid != claim.guid or not _still(connection, work, claim_id, rule):
            return False
        archive.add(connection, kept, documents)
        due.delete_claim(connection, claim_id)
    return True


def _acknowledge(work: Work, claim_id: int, rule: Rule) -> bool:
    with work.store.session() as session:
        session.write()
        claim = claims.load(session.connection, claim_id, lock=True)
        if claim is None or not _still(session.connection, work, claim_id, rule):
            return False
        done = housekeeping.acknowledge(session, work.contract, claim, rule, work.moment)
        session.commit()
    return done


def _would_end(work: Work, claim_id: int, rule: Rule) -> bool:
    with work.store.session() as session:
        claim = claims.load(session.connection, claim_id)
        return claim is not None and housekeeping.acknowledgement(session, work.contract, claim, rule, work.moment) is not None


def _still(connection: Connection, work: Work, claim_id: int, rule: Rule) -> bool:
    resting = due.resting(connection, claim_id)
    return resting is not None and _rule(resting, work.moment.today) == rule
