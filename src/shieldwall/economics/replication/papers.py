"""The papers whose claims are tried, by the word the command line uses."""

from __future__ import annotations

from importlib import import_module

from shieldwall.economics.replication.claim import Claim
from shieldwall.errors import NotFound

PAPERS = {
    "simmons": "Simmons 2024, Mechanism Design for Cooperation in Cybersecurity",
    "sharing": "Gal-Or & Ghose 2005, The Economic Incentives for Sharing Security Information",
    "outsourcing": "Hui, Hui & Yue 2012, Information Security Outsourcing with System Interdependency and "
    "Mandatory Security Requirement",
}
"""Authors, year and title of each."""


def claims_of(paper: str, claim_id: str | None = None) -> tuple[Claim, ...]:
    """The claims of one paper, or of every one, in the order of the pages.

    Args:
        paper: A key of ``PAPERS``, or ``all``.
        claim_id: Keep this one only.

    Raises:
        NotFound: If there is no claim of that id.
    """
    papers = tuple(PAPERS) if paper == "all" else (paper,)
    found = tuple(claim for name in papers for claim in import_module(f"{__package__}.{name}").CLAIMS)
    if claim_id is None:
        return found
    named = tuple(claim for claim in found if claim.id == claim_id)
    if not named:
        raise NotFound(f"no claim {claim_id} in {paper}. There are: {', '.join(claim.id for claim in found)}")
    return named
