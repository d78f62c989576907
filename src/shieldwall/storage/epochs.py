"""Epochs, and what their closes stated: priced cases with their shares, and payouts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from shieldwall.domain.epochs import Epoch, Factors, Payout, Priced, Share, Valued
from shieldwall.errors import NotFound
from shieldwall.storage import schema
from shieldwall.storage.session import Session

_EPOCH = schema.epoch
_PRICED = schema.priced
_SHARE = schema.share
_PAYOUT = schema.payout

_PUT = upsert(_EPOCH)
_PUT = _PUT.on_conflict_do_update(
    index_elements=["number"],
    set_={column.name: _PUT.excluded[column.name] for column in _EPOCH.c if not column.primary_key},
)


class EpochRows:
    """The ``Epochs`` port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, epoch: Epoch) -> None:
        self._session.run(_PUT, asdict(epoch))

    def current(self) -> Epoch:
        """As the port says.

        Raises:
            NotFound: If no epoch was ever opened.
        """
        row = self._session.row(select(_EPOCH).order_by(_EPOCH.c.number.desc()).limit(1))
        if row is None:
            raise NotFound("epoch: none was opened yet")
        return Epoch(*row)

    def all(self) -> Sequence[Epoch]:
        return [Epoch(*row) for row in self._session.rows(select(_EPOCH).order_by(_EPOCH.c.number))]

    def state(self, number: int, priced: Sequence[Priced], payouts: Sequence[Payout]) -> None:
        self._session.run(insert(_PRICED), [_priced_row(number, item) for item in priced])
        shares = [
            {
                "epoch": number,
                "case_id": share.case,
                "contribution": share.contribution,
                "first": share.first,
                "amount": share.amount,
            }
            for item in priced
            for share in item.shares
        ]
        self._session.run(insert(_SHARE), shares)
        self._session.run(insert(_PAYOUT), [asdict(payout) for payout in payouts])

    def priced(self, number: int) -> Sequence[Priced]:
        return self._priced(_PRICED.c.epoch == number)

    def priced_case(self, case: str) -> Priced | None:
        found = self._priced(_PRICED.c.case_id == case)
        return found[0] if found else None

    def payouts(self, number: int) -> Sequence[Payout]:
        statement = select(_PAYOUT).where(_PAYOUT.c.epoch == number).order_by(_PAYOUT.c.member)
        return [Payout(*row) for row in self._session.rows(statement)]

    def _priced(self, which: ColumnElement[bool]) -> list[Priced]:
        shares: dict[str, list[Share]] = defaultdict(list)
        of_priced = and_(_SHARE.c.epoch == _PRICED.c.epoch, _SHARE.c.case_id == _PRICED.c.case_id)
        for row in self._session.rows(select(_SHARE).where(which, of_priced).order_by(_SHARE.c.seq)):
            shares[row.case_id].append(Share(row.case_id, row.contribution, row.first, row.amount))
        rows = self._session.rows(select(_PRICED).where(which).order_by(_PRICED.c.case_id))
        return [_priced(row, shares[row.case_id]) for row in rows]


def _priced_row(number: int, priced: Priced) -> dict[str, object]:
    return {
        "epoch": number,
        "case_id": priced.valued.case,
        "opened_epoch": priced.valued.opened_epoch,
        **asdict(priced.valued.factors),
        "points": priced.valued.points,
        "amount": priced.amount,
    }


def _priced(row: Row[*tuple[Any, ...]], shares: Sequence[Share]) -> Priced:
    factors = Factors(
        severity=row.severity,
        exploitation=row.exploitation,
        scope=row.scope,
        tier=row.tier,
        specificity=row.specificity,
        actionability=row.actionability,
        novelty=row.novelty,
        timeliness=row.timeliness,
    )
    return Priced(Valued(row.case_id, row.opened_epoch, factors, row.points), row.amount, tuple(shares))
