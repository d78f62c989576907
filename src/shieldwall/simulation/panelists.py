"""Seven simulated panelists: a documented stand-in where no recorded opinions exist.

Their opinion is a fixed function of what intake kept of a case. Nothing here says how people would have judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from shieldwall.domain.cases import Ballot, CaseStatus, Seat
from shieldwall.domain.contributions import Filed
from shieldwall.domain.members import Member, Role
from shieldwall.panel.ballot import commitment
from shieldwall.services.alliance import Alliance
from shieldwall.services.deliberation import Opened, Sealed

PANELISTS = 7
STAND_IN = (
    f"{PANELISTS} simulated panelists vote: valid if an observable is left after the stop list; severity is the impact "
    "scale of mechanism 2.1, up to 1.0 higher or lower by a hash; root cause if the reports name one CVE or campaign"
)
"""Said wherever results are shown."""

_NOISE_TENTHS = 10


def enrol_panelists(alliance: Alliance) -> dict[str, Member]:
    """Open the panelists' accounts, each with an organisation of its own; returns them by id."""
    enrolled = [
        alliance.accounts.enrol(f"simulated panelist {number}", Role.PANELIST)[0] for number in range(1, PANELISTS + 1)
    ]
    return {member.id: member for member in enrolled}


def hold_panel(alliance: Alliance, panelists: dict[str, Member]) -> None:
    """Bring every filed case to its verdict: automatic criteria and the draw, then ballots, then reveals."""
    alliance.review.advance()
    seated: list[tuple[Seat, Ballot]] = []
    with alliance.store.read() as uow:
        for case in uow.cases.with_status(CaseStatus.REVIEW):
            filed = uow.contributions.of_case(case.id)
            seats = [seat for seat in uow.cases.seats(case.id) if not seat.vacated]
            seated += [(seat, opinion(seat.panelist, filed)) for seat in seats]
    sealed, opened = [], []
    for seat, ballot in seated:
        panelist, nonce = panelists[seat.panelist], _nonce(seat)
        committed = commitment(seat.case, seat.panelist, seat.round, ballot, nonce)
        sealed.append(Sealed(panelist, seat.case, committed))
        opened.append(Opened(panelist, seat.case, ballot, nonce))
    alliance.review.commit_many(sealed)
    alliance.review.reveal_many(opened)
    alliance.review.advance()


def opinion(panelist: str, filed: Sequence[Filed]) -> Ballot:
    """What one panelist thinks of a case.

    Args:
        panelist: Id of the panelist.
        filed: The case's contributions, at least one.
    """
    found = [item.contribution.features for item in filed]
    drawn = sha256(f"{panelist}/{filed[0].case}".encode()).digest()[0]
    noise = drawn % (2 * _NOISE_TENTHS + 1) - _NOISE_TENTHS
    impact = max(features.impact for features in found)
    return Ballot(
        valid=any(features.observables for features in found),
        severity=min(max(impact + noise, 0), 100),
        root=any(features.root_key is not None for features in found),
    )


def _nonce(seat: Seat) -> bytes:
    return sha256(f"simulated ballot {seat.case}/{seat.panelist}/{seat.round}".encode()).digest()
