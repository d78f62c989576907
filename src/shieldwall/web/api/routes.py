"""The endpoints of the JSON API."""

from __future__ import annotations

from typing import Annotated

import structlog
from litestar import Response, Router, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler, Guard

from shieldwall.domain.amounts import parse_credits
from shieldwall.domain.members import Role
from shieldwall.errors import SettlementError
from shieldwall.panel.ballot import NONCE_BYTES, parse_ballot
from shieldwall.services.alliance import Alliance
from shieldwall.web.api import shapes
from shieldwall.web.auth import Caller, require
from shieldwall.web.limits import Limits

_COMMITMENT_BYTES = 32
_TEXT = "text/plain; charset=utf-8"
_MAX_ENTRIES = 1_000

Start = Annotated[int, QueryParameter(ge=0, le=2**62)]
Count = Annotated[int, QueryParameter(ge=1, le=_MAX_ENTRIES)]


def api_router(alliance: Alliance, limits: Limits, door: Guard, log: structlog.typing.WrappedLogger) -> Router:
    """Everything below ``/api``.

    Args:
        alliance: The wired services.
        limits: Of bodies.
        door: Lets accounts in.
        log: For what goes wrong after the work is done.
    """
    handlers = [*_panel(alliance), *_member(alliance), *_ledger(alliance), *_operator(alliance, log)]
    return Router("/api", route_handlers=handlers, guards=[door], request_max_body_size=limits.form)


def _panel(alliance: Alliance) -> list[ControllerRouterHandler]:
    @get("/panel/cases", sync_to_thread=True)
    def panel_cases(request: Caller) -> list[shapes.PanelCase]:
        """Open cases in which the caller holds a seat."""
        alliance.review.advance()
        return [
            shapes.PanelCase(
                case=assignment.case.id,
                status=assignment.case.status.value,
                round=assignment.seat.round,
                due_at=assignment.case.due_at,
                reveal_from=assignment.case.reveal_from,
                committed=assignment.seat.commitment is not None,
                revealed=assignment.seat.ballot is not None,
            )
            for assignment in alliance.review.assignments(request.user)
        ]

    @get("/panel/cases/{case:str}", sync_to_thread=True)
    def dossier(request: Caller, case: FromPath[str]) -> Response[bytes]:
        """The mediated STIX objects of a case, for those who sit on it."""
        objects = b",".join(alliance.review.dossier(request.user, case))
        return Response(b'{"objects":[' + objects + b"]}", media_type="application/json")

    @post("/panel/cases/{case:str}/commitment", sync_to_thread=True, status_code=204)
    def commit(request: Caller, case: FromPath[str], data: JSONBody[shapes.CommitmentBody]) -> None:
        """Cast a sealed ballot."""
        sealed = shapes.from_hex("commitment", data.commitment, _COMMITMENT_BYTES)
        alliance.review.commit(request.user, case, sealed)

    @post("/panel/cases/{case:str}/ballot", sync_to_thread=True, status_code=204)
    def reveal(request: Caller, case: FromPath[str], data: JSONBody[shapes.BallotBody]) -> None:
        """Open a sealed ballot."""
        ballot = parse_ballot(data.valid, data.severity, data.root)
        nonce = shapes.from_hex("nonce", data.nonce, NONCE_BYTES)
        alliance.review.reveal(request.user, case, ballot, nonce)

    return [panel_cases, dossier, commit, reveal]


def _member(alliance: Alliance) -> list[ControllerRouterHandler]:
    @get("/me", sync_to_thread=False)
    def me(request: Caller) -> shapes.Me:
        """The caller's own account."""
        return shapes.me(request.user)

    @get("/contributions", sync_to_thread=True)
    def contributions(request: Caller) -> list[shapes.OwnContribution]:
        """What the caller has contributed."""
        return [
            shapes.OwnContribution(item.id, item.accepted_at, item.root_type, item.case, item.entry)
            for item in alliance.receipts.of(request.user)
        ]

    @get("/contributions/{contribution:str}/receipt", sync_to_thread=True)
    def receipt(request: Caller, contribution: FromPath[str]) -> Response[bytes]:
        """The receipt of an own contribution: a C2SP tlog-proof that verifies offline."""
        return Response(alliance.receipts.issue(request.user, contribution), media_type=_TEXT)

    @get("/balance", sync_to_thread=True)
    def balance(request: Caller) -> shapes.Credits:
        """The caller's credits on the chain."""
        require(request.user, Role.MEMBER)
        return shapes.credits_of(alliance.settlement.balance(request.user))

    @post("/withdrawals", sync_to_thread=True, status_code=201)
    def withdraw(request: Caller, data: JSONBody[shapes.WithdrawalBody]) -> shapes.Credits:
        """Withdraw credits; the answer is the balance that is left."""
        require(request.user, Role.MEMBER)
        alliance.settlement.withdraw(request.user, parse_credits("amount", data.amount))
        return shapes.credits_of(alliance.settlement.balance(request.user))

    return [me, contributions, receipt, balance, withdraw]


def _ledger(alliance: Alliance) -> list[ControllerRouterHandler]:
    @get("/ledger/checkpoint", sync_to_thread=True)
    def checkpoint(request: Caller) -> Response[bytes]:
        """The newest signed checkpoint (C2SP tlog-checkpoint)."""
        return Response(alliance.overview.summary().checkpoint, media_type=_TEXT)

    @get("/ledger/entries", sync_to_thread=True)
    def entries(request: Caller, start: Start = 0, limit: Count = 100) -> list[shapes.LedgerEntry]:
        """Entries from ``start`` on."""
        return [shapes.LedgerEntry(index, entry.decode()) for index, entry in alliance.overview.entries(start, limit)]

    @get("/ledger/proof/{index:int}", sync_to_thread=True)
    def proof(request: Caller, index: FromPath[int]) -> shapes.LedgerProof:
        """Proof that an entry is in the ledger."""
        found = alliance.overview.prove(index)
        return shapes.LedgerProof(
            index=found.index,
            size=found.size,
            entry=found.entry.decode(),
            path=[node.hex() for node in found.path],
            root=found.root.hex(),
            checkpoint=found.checkpoint.decode(),
        )

    @get("/ledger/consistency/{old:int}", sync_to_thread=True)
    def consistency(request: Caller, old: FromPath[int]) -> shapes.LedgerExtension:
        """Proof that the ledger of the newest checkpoint extends the one of ``old`` entries."""
        found = alliance.overview.extend(old)
        path = [node.hex() for node in found.path]
        return shapes.LedgerExtension(found.old, found.size, path, found.checkpoint.decode())

    return [checkpoint, entries, proof, consistency]


def _operator(alliance: Alliance, log: structlog.typing.WrappedLogger) -> list[ControllerRouterHandler]:
    @post("/epochs/close", sync_to_thread=True, status_code=201)
    def close(request: Caller) -> shapes.ClosedEpoch:
        """Close the current epoch: value, price, pay."""
        require(request.user, Role.OPERATOR)
        alliance.review.advance()
        epoch = alliance.epochs.close()
        try:
            alliance.settlement.dispatch()
        except SettlementError as error:
            # The epoch is closed and waits in the outbox; an error here would invite a second close.
            log.error("settlement waits", epoch=epoch.number, exc_info=error)
            return shapes.closed_epoch(epoch, settled=False)
        return shapes.closed_epoch(epoch, settled=True)

    return [close]
