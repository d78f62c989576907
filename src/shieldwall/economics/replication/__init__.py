"""Published claims as programs: each is tried anew at every run, and its verdict is never stored."""

from shieldwall.economics.replication.claim import Claim as Claim
from shieldwall.economics.replication.claim import Finding as Finding
from shieldwall.economics.replication.claim import Verdict as Verdict
from shieldwall.economics.replication.papers import PAPERS as PAPERS
from shieldwall.economics.replication.papers import claims_of as claims_of
