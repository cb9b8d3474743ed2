"""A layered layout: boxes in rows from top to bottom, few crossings, short lines. Knows boxes and lines only, no claims.

Every line joins boxes of neighbouring rows; a longer way goes through bends, boxes without width that keep their place in each row
between. So a line never runs through a box, whatever the rows hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from zlib import crc32

_STARTS = 10
_SWEEPS = 24
_ROUNDS = 80


@dataclass(eq=False)
class Box:
    """Something with a place: `x` is its centre, `y` its top. `up` and `down` are its neighbours in the row above and the one below."""

    name: str
    width: float
    height: float
    margin: float = 0
    bend: bool = False
    x: float = 0
    y: float = 0
    row_top: float = 0
    row_bottom: float = 0
    up: list[Box] = field(default_factory=list)
    down: list[Box] = field(default_factory=list)

    @property
    def left(self) -> float:
        """The left edge."""
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width / 2

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.height


def join(upper: Box, lower: Box) -> None:
    """Make the two neighbours."""
    upper.down.append(lower)
    lower.up.append(upper)


def arrange(rows: list[list[Box]]) -> None:
    """Put the boxes of each row into a good order, in place, and give each its x; the leftmost edge is 0."""
    _order(rows)
    _spread(rows)
    for _ in range(3):
        _straighten(rows)
    leftmost = min(box.left for row in rows for box in row)
    for row in rows:
        for box in row:
            box.x -= leftmost


def _order(rows: list[list[Box]]) -> None:
    """The order with the fewest crossings that can be found from several beginnings, for a single one easily ends in a poor place."""
    best = fewest = None
    for start in range(_STARTS):
        tried = [_mixed(row, start) for row in rows]
        crossings = _improve(tried)
        if fewest is None or crossings < fewest:
            best, fewest = tried, crossings
    for row, ordered in zip(rows, best or rows, strict=True):
        row[:] = ordered


def _mixed(row: Sequence[Box], start: int) -> list[Box]:
    """The row as it is, then in other orders: by chance, but the same chance on every machine."""
    keys = {box: crc32(f"{start} {index} {box.name}".encode()) if start else index for index, box in enumerate(row)}
    return sorted(row, key=keys.__getitem__)


def _improve(rows: list[list[Box]]) -> int:
    """Sort each row by the middle of its neighbours, down and up, again and again; how many crossings are left."""
    best = [list(row) for row in rows]
    fewest = _crossings(rows)
    for sweep in range(_SWEEPS):
        downwards = sweep % 2 == 0
        for row in rows if downwards else reversed(rows):
            place = _places(rows)
            row.sort(key=_middle(place, lambda box: box.up if downwards else box.down))  # noqa: B023  used at once
        _swap(rows)
        crossings = _crossings(rows)
        if crossings < fewest:
            fewest, best = crossings, [list(row) for row in rows]
    rows[:] = best
    return fewest


def _places(rows: Iterable[Sequence[Box]]) -> dict[Box, float]:
    return {box: index - len(row) / 2 for row in rows for index, box in enumerate(row)}


def _middle(place: dict[Box, float], neighbours: Callable[[Box], list[Box]]) -> Callable[[Box], float]:
    def key(box: Box) -> float:
        others = neighbours(box)
        return sum(place[other] for other in others) / len(others) if others else place[box]

    return key


def _swap(rows: Sequence[list[Box]]) -> None:
    """Exchange neighbours in a row wherever that saves a crossing."""
    place = _places(rows)
    improved = True
    while improved:
        improved = False
        for row in rows:
            for index in range(len(row) - 1):
                left, right = row[index], row[index + 1]
                if _crossing(left, right, place) > _crossing(right, left, place):
                    row[index], row[index + 1] = right, left
                    place[left], place[right] = place[right], place[left]
                    improved = True


def _crossing(left: Box, right: Box, place: dict[Box, float]) -> int:
    return sum(place[one] > place[other] for a, b in ((left.up, right.up), (left.down, right.down)) for one in a for other in b)


def _crossings(rows: Sequence[Sequence[Box]]) -> int:
    place = _places(rows)
    count = 0
    for row in rows:
        ends = [place[lower] for box in row for lower in sorted(box.down, key=place.__getitem__)]
        count += sum(first > second for index, first in enumerate(ends) for second in ends[index + 1 :])
    return count


def _spread(rows: Sequence[Sequence[Box]]) -> None:
    """Each box as near to the middle of its neighbours as the others in its row allow; ways through bends are kept straightest."""
    for row in rows:
        x = 0.0
        for box in row:
            box.x = x + box.width / 2 + box.margin
            x = box.right + box.margin
        for box in row:
            box.x -= x / 2
    for turn in range(_ROUNDS):
        for row in rows if turn % 2 == 0 else reversed(rows):
            _settle(row)


def _settle(row: Sequence[Box]) -> None:
    """Least squares with a smallest distance between neighbours: boxes that would overlap are merged into blocks and moved together."""
    blocks: list[tuple[float, float, int]] = []  # weighted sum of wishes, weight, number of boxes
    offsets: list[float] = []
    offset = 0.0
    for index, box in enumerate(row):
        if index:
            before = row[index - 1]
            offset += (before.width + box.width) / 2 + max(before.margin, box.margin)
        offsets.append(offset)
        pulls = [(8.0 if box.bend and other.bend else 2.0 if box.bend or other.bend else 1.0, other.x) for other in (*box.up, *box.down)]
        weight = sum(pull for pull, _ in pulls) or 0.01
        wish = sum(pull * x for pull, x in pulls) or 0.01 * box.x
        block = (wish - weight * offset, weight, 1)
        while blocks and blocks[-1][0] / blocks[-1][1] >= block[0] / block[1]:
            last = blocks.pop()
            block = (last[0] + block[0], last[1] + block[1], last[2] + block[2])
        blocks.append(block)
    index = 0
    for total, weight, number in blocks:
        for box in row[index : index + number]:
            box.x = total / weight + offsets[index]
            index += 1


def _straighten(rows: Sequence[Sequence[Box]]) -> None:
    """Where a way goes through several bends, let it fall straight for as many rows as there is room for."""
    place = {box: (row, index) for row in rows for index, box in enumerate(row)}
    for row in rows:
        for box in row:
            if box.bend and not any(upper.bend for upper in box.up):
                _drop(box, place)


def _drop(first: Box, place: Mapping[Box, tuple[Sequence[Box], int]]) -> None:
    chain = [first]
    while following := [lower for lower in chain[-1].down if lower.bend]:
        chain.append(following[0])
    rooms = [_room(*place[box]) for box in chain]
    goal = sum(upper.x for upper in first.up) / len(first.up)
    start = 0
    while start < len(chain):
        low, high = rooms[start]
        end = start + 1
        while end < len(chain) and max(low, rooms[end][0]) <= min(high, rooms[end][1]):
            low, high = max(low, rooms[end][0]), min(high, rooms[end][1])
            end += 1
        if end == len(chain) and start > 0:  # the last stretch ends over what it leads to
            goal = sum(lower.x for lower in chain[-1].down) / len(chain[-1].down)
        goal = min(max(goal, low), high)
        for box in chain[start:end]:
            box.x = goal
        start = end


def _room(row: Sequence[Box], index: int) -> tuple[float, float]:
    """How far a bend may go to the left and to the right."""
    box = row[index]
    low = row[index - 1].right + max(row[index - 1].margin, box.margin) if index else float("-inf")
    high = row[index + 1].left - max(row[index + 1].margin, box.margin) if index + 1 < len(row) else float("inf")
    return low, max(low, high)
