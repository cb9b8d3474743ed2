"""The heads of loss in print: what each side says of every head, what the portal adds to it, and the sums."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from gateway.documents.content import Source, pounds, yes_no
from gateway.documents.model import Block, Table, Text
from gateway.documents.packs_words import table
from gateway.domain.money import ZERO, Head
from gateway.domain.packs import counterparts, heads
from gateway.domain.packs_layout import layout
from gateway.xml.get_claim_pack_view import Claimed, Losses, Offered, Totals
from gateway.xml.get_claim_sent import Sent
from gateway.xml.get_claim_table import SETTLEMENT
from gateway.xml.get_claim_view import ClaimView
from gateway.xml.labels import kinds
from gateway.xml.node import Node

CLAIMED, OFFERED = "Claimed", "Offered"
ALONE = f"{OFFERED} alone"  # to no head of the claim
EARLIER = "Agreed earlier"
_PARTS = f"{SETTLEMENT}/LossesToDate/Total/CurrentTotal/@TotalTariff"


@dataclass(frozen=True, slots=True)
class Line:
    """A head of loss as one side states it. `number` counts the heads; `added` is what the portal adds, None for an offer since replaced.

    `follows`: it is the answer to the line above, which names the head.
    """

    number: int
    side: str
    said: Source
    added: Claimed | Offered | None = None
    follows: bool = False

    def amount(self, *paths: str) -> Decimal | None:
        """The first of these that is there; the same figure has different names."""
        return next((value for value in map(self.said.amount, paths) if value is not None), None)

    @property
    def gross(self) -> Decimal | None:
        """As the side states it."""
        return self.amount("@GrossValueClaimed", "@GrossValueOffered")

    @property
    def net(self) -> Decimal | None:
        """After contribution: worked out by the portal, or in the court pack stated by the side."""
        own = None if self.added is None else self.added.after_contribution
        return own if own is not None else self.amount("@ValueClaimedAfterContrib", "@ValueOfferedAfterContrib")

    @property
    def interest(self) -> Decimal | None:
        """Stated by the side; in the court pack that of the last offer."""
        added = self.added.interest if isinstance(self.added, Claimed) else None
        return added if added is not None else self.amount("@Interest")

    @property
    def in_dispute(self) -> Decimal | None:
        """What of the claimant's figure is not offered."""
        return self.added.in_dispute if isinstance(self.added, Offered) else None

    @property
    def gross_agreed(self) -> str | None:
        """Stated by the compensator; in the court pack found by the portal."""
        found = self.added.gross_agreed if isinstance(self.added, Offered) else None
        return self.said.value("@IsGrossAmountAgreed") if found is None else yes_no(found)

    @property
    def settled(self) -> str | None:
        """Whether the head is settled."""
        found = None if self.added is None else self.added.agreed_in_s2sp
        return None if found is None else yes_no(found)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table of lines. `says`: it says something of the line, and does not only name it. `right`: set to the right.

    `amount`: what is added up for a total.
    """

    label: str
    read: Callable[[Line], str | None]
    says: bool = True
    right: bool = False
    amount: Callable[[Line], Decimal | None] | None = None


def _money(label: str, amount: Callable[[Line], Decimal | None]) -> Column:
    def read(line: Line) -> str | None:
        found = amount(line)
        return None if found is None else pounds(found)

    return Column(label, read, right=True, amount=amount)


_NUMBER = Column("No.", lambda line: str(line.number), says=False)
_HEAD = Column("Head of loss", lambda line: None if line.follows else line.said.value("@LossType"))
_SIDE = Column("Side", lambda line: line.side, says=False)
_FIGURES = (
    _money("Gross", lambda line: line.gross),
    Column("Contribution", lambda line: line.said.value("@PercContribNegDeductions"), right=True),
    _money("Net", lambda line: line.net),
    _money("Interest", lambda line: line.interest),
    _money("In dispute", lambda line: line.in_dispute),
)
_STATED = (
    Column("Pursued", lambda line: line.said.value("@ItemBeingPursued")),
    Column("Interest rate", lambda line: line.said.value("@PercInterestRate"), right=True),
    Column("Evidence attached", lambda line: line.said.value("@EvidenceAttached")),
    Column("Gross amount agreed", lambda line: line.gross_agreed),
)
_COMMENTS = Column("Comments", lambda line: line.said.value("@Comments"))
_TARIFF = (
    Column("Injury", lambda line: line.said.value("@TariffType")),
    Column("Duration", lambda line: line.said.value("@SelectDurationOfTheInjury")),
    Column("Exceptional circumstances", lambda line: line.said.value("@ExcepCircumstancesUplift")),
    Column("Uplift", lambda line: line.said.value("@ExcepCircumstancesUpliftPerc")),
)


def standing(view: ClaimView, losses: Losses, settled: str = EARLIER) -> tuple[Block, ...]:
    """The heads of loss as they stand, each with its answer below it. `settled`: what it is called that a head is settled."""
    return _blocks(list(_paired(view, losses)), both=losses.answer is not None, settled=settled)


def court(view: ClaimView, losses: Losses) -> tuple[Block, ...]:
    """The same in the court pack, for which the portal makes no sums: each column of amounts is added up for each side (I)."""
    lines = list(_paired(view, losses))
    return _blocks(lines, both=losses.answer is not None, settled=EARLIER, summed=True)


def stated(view: ClaimView, sent: Sent) -> tuple[Block, ...]:
    """The heads of loss that one document states, without what came of them later."""
    side = CLAIMED if layout(view.process, sent.operation).heads.startswith("ClaimantLosses") else OFFERED
    return _blocks([Line(number, side, said) for number, said in enumerate(_said(view, sent), 1)], summed=True)


def totals(view: ClaimView, sums: Totals, cru_deductions: Decimal | None) -> tuple[Table, ...]:
    """The sums of what is claimed, and of what is offered once there is an answer."""
    parts = (
        ("Whiplash tariff", sums.tariff),
        ("General damages", sums.psla),
        ("Other losses", sums.other_losses),
        ("Uplift for exceptional circumstances", sums.uplift),
    )
    claimed = Table(
        (CLAIMED, "Amount"),
        tuple((label, pounds(value)) for label, value in parts) if _in_parts(view) else (),
        total=(("Total claimed", pounds(sums.heads)),),
        right=frozenset({1}),
    )
    if sums.offered is None:
        return (claimed,)
    taken_off = (
        ("Total offered", sums.offered),
        ("Less interim payments received", sums.interim_received),
        ("Less CRU deductions", cru_deductions),
    )
    offered = Table(
        (OFFERED, "Amount"),
        tuple((label, pounds(value)) for label, value in taken_off if value is not None),
        total=(("Net value", pounds(sums.net)),) if sums.net is not None else (),
        right=frozenset({1}),
    )
    return (claimed, offered)


def _in_parts(view: ClaimView) -> bool:
    """Whether the release shows the sums behind the total: those with the whiplash tariff do."""
    return _PARTS in kinds(view.process, view.release, "getClaim")


def _paired(view: ClaimView, losses: Losses) -> Iterator[Line]:
    """Each head claimed and its answer, matched as for the amount in dispute; then answers to no head of the claim."""
    asked, mine = _said(view, losses.claim), _heads(view, losses.claim)
    answered, theirs = ([], ()) if losses.answer is None else (_said(view, losses.answer), _heads(view, losses.answer))
    place = {id(head): at for at, head in enumerate(theirs)}
    matched = [None if other is None else place[id(other)] for other in counterparts(mine, theirs)]
    for number, (said, added, answer) in enumerate(zip(asked, losses.claimed, matched, strict=True), 1):
        yield Line(number, CLAIMED, said, added)
        if answer is not None:
            yield Line(number, OFFERED, answered[answer], losses.offered[answer], follows=True)
    alone = (at for at in range(len(answered)) if at not in matched)
    for number, at in enumerate(alone, len(asked) + 1):
        yield Line(number, ALONE, answered[at], losses.offered[at])


def _said(view: ClaimView, sent: Sent) -> list[Source]:
    return Source.of(view, sent).each(layout(view.process, sent.operation).heads)


def _heads(view: ClaimView, sent: Sent) -> tuple[Head, ...]:
    return heads(Node(sent.root), layout(view.process, sent.operation))


def _blocks(lines: Sequence[Line], *, both: bool = False, settled: str = "", summed: bool = False) -> tuple[Block, ...]:
    """The tables of these lines. `both`: of both sides, so that each line says of which. `summed`: the amounts are added up."""
    if not lines:
        return ()
    label = "Heads of loss claimed and offered" if both else f"Heads of loss {lines[0].side.lower()}"
    side = (_SIDE,) if both else ()
    return (
        *_table(lines, (_NUMBER, _HEAD, *side, *_FIGURES), label, summed=summed),
        *_table(lines, (_NUMBER, *side, *_STATED, Column(settled, lambda line: line.settled), _COMMENTS), "Evidence and comments"),
        *_table(lines, (_NUMBER, *side, *_TARIFF), "Whiplash tariff"),
        *(
            Text(f"Exceptional circumstances, No. {line.number}", note)
            for line in lines
            if (note := line.said.value("@ExcepCircumstancesUpliftNote"))
        ),
    )


def _table(lines: Sequence[Line], columns: Sequence[Column], label: str, *, summed: bool = False) -> Iterator[Table]:
    """A table of the lines of which a column says anything; none when there is no such line."""
    read = ([column.read(line) for column in columns] for line in lines)
    rows = [row for row in read if any(cell for column, cell in zip(columns, row, strict=True) if column.says)]
    if rows:
        sums = tuple(_sums(lines, columns)) if summed else ()
        yield table([column.label for column in columns], rows, {column.label for column in columns if column.right}, label, sums)


def _sums(lines: Sequence[Line], columns: Sequence[Column]) -> Iterator[list[str | None]]:
    """A row for each side."""
    for side, sides in ((CLAIMED, (CLAIMED,)), (OFFERED, (OFFERED, ALONE))):
        own = [line for line in lines if line.side in sides]
        if own:
            yield ["Total" if column is _HEAD else side if column is _SIDE else _sum(own, column) for column in columns]


def _sum(lines: Sequence[Line], column: Column) -> str | None:
    read = column.amount
    amounts = [] if read is None else [amount for line in lines if (amount := read(line)) is not None]
    return pounds(sum(amounts, ZERO)) if amounts else None
